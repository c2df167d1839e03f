"""The notices: each version in both languages side by side, as the kiosk shows them."""

from flask import render_template
from flask.typing import ResponseReturnValue

from clienteling.oversight.notice_versions import notice_versions
from web.context import current_hub
from web.kiosk.markdown import blocks
from web.privacy.pages import blueprint


@blueprint.get("/notices")
def notices() -> ResponseReturnValue:
    """Show the versions, their texts and hashes, and how many consents rest on each."""
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        versions = notice_versions(identity, hub.office)
    return render_template("privacy/notices.html", versions=versions, blocks=blocks)
