"""The one switch that stops all recognition, and what each camera made of it."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clienteling.oversight.shop import shop_state
from clienteling.service.stop import resume_recognition, stop
from web.context import current_hub
from web.guards import this_staff
from web.privacy.pages import blueprint


@blueprint.get("/switch")
def switch() -> ResponseReturnValue:
    """Show the switch; `?confirm=1` shows the question that comes before it moves."""
    shop = shop_state(current_hub().home)
    return render_template("privacy/switch.html", shop=shop, asking="confirm" in request.args)


@blueprint.get("/switch/now")
def switch_now() -> ResponseReturnValue:
    """Return the moving part: the cameras."""
    return render_template("privacy/_switch.html", shop=shop_state(current_hub().home))


@blueprint.post("/switch/stop")
def stop_all() -> ResponseReturnValue:
    """Stop all recognition. Stopping twice is stopping."""
    stop(current_hub().office, actor=this_staff().id)
    return redirect(url_for("privacy.switch"), 303)


@blueprint.post("/switch/resume")
def resume_all() -> ResponseReturnValue:
    """Let recognition run again."""
    resume_recognition(current_hub().office, actor=this_staff().id)
    return redirect(url_for("privacy.switch"), 303)
