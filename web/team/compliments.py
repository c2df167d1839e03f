"""Compliments between colleagues, and the bonus that each may give once a month."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from clienteling.errors import UsageError
from clienteling.team import compliments
from clienteling.team.compliments import WORDS, BonusGivenError
from clienteling.team.people import colleagues, number_of
from clienteling.team.terms import COMPLIMENTS
from web.context import current_hub
from web.guards import this_staff
from web.limits import limited
from web.team.words import problem_word

blueprint = Blueprint("compliments", __name__, url_prefix="/staff/compliments")


@blueprint.get("")
def overview() -> ResponseReturnValue:
    """Show what one was given and gave, and a form."""
    return _page(done="given" in request.args)


@blueprint.post("")
@limited("10 per minute")
def give() -> ResponseReturnValue:
    """Give a compliment."""
    office, form = current_hub().office, request.form
    receiver = form.get("receiver", "")
    try:
        compliments.give(
            office,
            int(receiver) if receiver.isascii() and receiver.isdecimal() else 0,
            form.get("words", ""),
            giver=this_staff().id,
            bonus=form.get("bonus") == "yes",
            directory=current_hub().directory,
        )
    except BonusGivenError as error:
        return _page(problem_word(error)), HTTPStatus.CONFLICT
    except UsageError as error:
        return _page(problem_word(error)), HTTPStatus.BAD_REQUEST
    return redirect(url_for("compliments.overview", given=""), 303)


def _page(problem: str = "", *, done: bool = False) -> str:
    hub, me = current_hub(), this_staff().id
    with hub.databases.identity.read() as identity:
        others = [each for each in colleagues(identity) if each.id != number_of(me)]
        zone = hub.office.zone
        received = compliments.received(identity, me, zone)
        given = compliments.given(identity, me, zone)
        bonus = compliments.bonus_state(identity, me, hub.office.wall(hub.now()))
    return render_template(
        "team/compliments.html",
        others=others,
        received=received,
        gave=given,
        bonus=bonus,
        problem=problem,
        done=done,
        given=request.form,
        longest=WORDS,
        months_kept=COMPLIMENTS.days // 30,
    )
