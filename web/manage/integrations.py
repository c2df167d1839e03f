"""The shop's other systems, and what they are told: webhooks (docs/integrators/webhooks.md)."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, gettext

from clienteling.egress import Place
from clienteling.webhooks import hooks, outbox
from clienteling.webhooks.addresses import LONGEST, AddressError
from clienteling.webhooks.events import OFFERED
from clienteling.webhooks.forgetting import KEPT
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.manage.integration_words import ADDRESSES, EVENTS, OFF, result_word

blueprint = Blueprint("integrations", __name__, url_prefix="/manage/integrations")

#: What a configuration says that names a receiver.
_EXAMPLE = 'to = ["https://erp.example"]'

#: So many deliveries of each webhook are shown.
SHOWN = 8

#: What a page says after an act.
_DONE = frozenset({"test", "again", "on", "off", "removed"})


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show every webhook, and what was told last."""
    done = request.args.get("done", "")
    return _page(done=done if done in _DONE else "")


@blueprint.post("")
@limited("20 per minute")
def add() -> ResponseReturnValue:
    """Add a webhook. Its secret is shown in this answer and nowhere again."""
    try:
        made = hooks.add(
            current_hub().office,
            request.form.get("url", ""),
            request.form.getlist("event"),
            _places(),
            actor=this_staff().id,
        )
    except AddressError as error:
        return _page(problem=str(ADDRESSES[error.wrong]), line=error.line), HTTPStatus.BAD_REQUEST
    except hooks.NoEventError:
        return _page(problem=gettext("Choose what is told.")), HTTPStatus.BAD_REQUEST
    except hooks.TooManyError:
        problem = gettext("There are %(most)s already. Remove one first.", most=hooks.MOST)
        return _page(problem=problem), HTTPStatus.BAD_REQUEST
    return render_template("manage/secret.html", secret=made.secret, new=True)


@blueprint.post("/<uuid:webhook>/secret")
@limited("20 per minute")
def rotate(webhook: UUID) -> ResponseReturnValue:
    """Make a new secret. It is shown in this answer and nowhere again."""
    made = hooks.rotate(current_hub().office, str(webhook), actor=this_staff().id)
    return render_template("manage/secret.html", secret=made.secret, new=False)


@blueprint.post("/<uuid:webhook>/test")
@limited("20 per minute")
def test(webhook: UUID) -> ResponseReturnValue:
    """Have a webhook told that it is tried."""
    outbox.send_test(current_hub().office, str(webhook), actor=this_staff().id)
    return _done("test")


@blueprint.post("/<uuid:webhook>/again")
@limited("20 per minute")
def again(webhook: UUID) -> ResponseReturnValue:
    """Send again what failed."""
    office = current_hub().office
    since = office.now() - KEPT
    outbox.again(office, str(webhook), since, actor=this_staff().id, only_failed=True)
    return _done("again")


@blueprint.post("/<uuid:webhook>/off")
def off(webhook: UUID) -> ResponseReturnValue:
    """Switch a webhook off."""
    hub = current_hub()
    with hub.databases.identity.write() as identity:
        actor = this_staff().id
        hooks.switch_off(identity, hub.office, str(webhook), hooks.Off.BY_HAND, actor=actor)
    return _done("off")


@blueprint.post("/<uuid:webhook>/on")
def on(webhook: UUID) -> ResponseReturnValue:
    """Switch a webhook on."""
    try:
        hooks.switch_on(current_hub().office, str(webhook), _places(), actor=this_staff().id)
    except AddressError as error:
        return _page(problem=str(ADDRESSES[error.wrong]), line=error.line), HTTPStatus.CONFLICT
    return _done("on")


@blueprint.post("/<uuid:webhook>/remove")
def remove(webhook: UUID) -> ResponseReturnValue:
    """Remove a webhook, and what waits for it."""
    hooks.remove(current_hub().office, str(webhook), actor=this_staff().id)
    return _done("removed")


def _places() -> tuple[Place, ...]:
    return current_hub().home.config.webhooks.places()


def _done(what: str) -> ResponseReturnValue:
    return redirect(url_for("integrations.overview", done=what), HTTPStatus.SEE_OTHER)


def _page(*, problem: str = "", line: str = "", done: str = "") -> str:
    hub = current_hub()
    with hub.databases.identity.read() as identity:
        known = [(one, outbox.latest(identity, one.id, SHOWN)) for one in hooks.webhooks(identity)]
    given: Mapping[str, object] = {
        "url": request.form.get("url", ""),
        "events": request.form.getlist("event") if problem else [],
    }
    return render_template(
        "manage/integrations.html",
        webhooks=known,
        allowed=hub.home.config.webhooks.to,
        example=_EXAMPLE,
        offered=OFFERED,
        events=EVENTS,
        off=OFF,
        result_word=result_word,
        time_word=_time_word,
        now=hub.now(),
        most=hooks.MOST,
        longest=LONGEST,
        problem=problem,
        line=line,
        done=done,
        given=given,
    )


def _time_word(at: datetime) -> str:
    return str(format_datetime(current_hub().office.wall(at), "d MMM, HH:mm:ss", rebase=False))
