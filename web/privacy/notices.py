"""The notices: each version in both languages, and publishing the shop's own, in two acts."""

from pathlib import Path

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from clienteling.oversight.notice_drafts import previews
from clienteling.oversight.notice_versions import notice_versions
from consent.drafts import Draft, drafts_in, read_draft
from consent.publishing import publish, renewals
from web.context import current_hub
from web.errors import answer
from web.guards import this_staff
from web.kiosk.markdown import blocks
from web.limits import limited
from web.privacy import notice_words
from web.privacy.pages import blueprint


@blueprint.get("/notices")
def notices() -> ResponseReturnValue:
    """Show the versions, their texts and hashes, and how many consents rest on each."""
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        versions = notice_versions(identity, hub.office)
    return render_template(
        "privacy/notices.html",
        versions=versions,
        drafts=[folder.name for folder in drafts_in(hub.home.path)],
        published=request.args.get("published", "")[:40],
        blocks=blocks,
    )


@blueprint.get("/notices/drafts/<name>")
def notice_draft(name: str) -> ResponseReturnValue:
    """Show a draft beside what is shown now; `?confirm=1` shows the question before it holds."""
    folder = _folder(name)
    if folder is None:
        return _no_draft()
    return _draft_page(read_draft(current_hub().office, folder), asking="confirm" in request.args)


@blueprint.post("/notices/drafts/<name>/publish")
@limited("10 per minute")
def publish_draft(name: str) -> ResponseReturnValue:
    """Publish what was looked at, if it is still that, and still as many consents rest on it."""
    folder, office = _folder(name), current_hub().office
    if folder is None:
        return _no_draft()
    draft = read_draft(office, folder)
    agreed = request.form.get("renewals", type=int)
    if draft.flaws:
        return _draft_page(draft), 422
    if draft.sha256 != request.form.get("draft"):
        problem = gettext("The draft was changed since you looked. Look at it again.")
        return _draft_page(draft, problem=problem), 409
    if agreed != _renewals(draft):
        problem = gettext("The number of consents has changed since you looked. Look at it again.")
        return _draft_page(draft, problem=problem), 409
    made = publish(office, draft, actor=this_staff().id, agreed=agreed)
    return redirect(url_for("privacy.notices", published=made.version), 303)


def _draft_page(draft: Draft, *, asking: bool = False, problem: str = "") -> str:
    office = current_hub().office
    return render_template(
        "privacy/notice_draft.html",
        draft=draft,
        name=draft.folder.name,
        flaws=[notice_words.flaw(one) for one in draft.flaws],
        previews=previews(office.notices, draft),
        renewals=_renewals(draft),
        asking=asking and not draft.flaws,
        problem=problem,
        blocks=blocks,
    )


def _renewals(draft: Draft) -> int:
    office = current_hub().office
    with office.databases.identity.read() as identity:
        return renewals(identity, office, draft)


def _folder(name: str) -> Path | None:
    """Return the draft of that name: one of those that lie there, and no other path."""
    return next((one for one in drafts_in(current_hub().home.path) if one.name == name), None)


def _no_draft() -> ResponseReturnValue:
    sentence = gettext("There is no such draft. Go back to the notices to see which there are.")
    return answer(404, gettext("Nothing here"), sentence)
