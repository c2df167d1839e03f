"""Searching the log, and taking its newest checkpoint and its key away."""

from datetime import UTC, datetime, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from clienteling.oversight.actors import known_actors
from clienteling.oversight.search import LogQuery, search_log
from consent import ledger
from consent.events import EventKind
from consent.notes import origin_of, verifier_key
from web.context import current_hub
from web.guards import this_staff
from web.privacy.pages import blueprint

_LONGEST = 80


class _FormError(ValueError):
    """A field of the search form is wrong; the message says which."""


@blueprint.get("/log")
def log() -> ResponseReturnValue:
    """Show the entries that fit the form's fields; the search itself is logged."""
    hub = current_hub()
    problem, page = "", None
    try:
        query = _query(request.args)
    except _FormError as error:
        problem = str(error)
    else:
        page = search_log(hub.office, query, actor=this_staff().id)
    with hub.databases.identity.read() as identity:
        actors = known_actors(identity)
    older = {} if page is None or page.older is None else _again(before=str(page.older))
    return render_template(
        "privacy/log.html",
        page=page,
        problem=problem,
        given=request.args,
        kinds=tuple(EventKind),
        chosen=request.args.getlist("kind"),
        actors=actors,
        older=older,
        paged="before" in request.args,
        newest=_again(),
    ), 400 if problem else 200


def _again(**changes: str) -> dict[str, str | list[str]]:
    """Return the address fields of the same search, on another page."""
    fields = ("about", "actor", "since", "until")
    kept: dict[str, str | list[str]] = {
        name: request.args[name] for name in fields if request.args.get(name)
    }
    if request.args.getlist("kind"):
        kept["kind"] = request.args.getlist("kind")
    return {**kept, **changes}


def _query(args: MultiDict[str, str]) -> LogQuery:
    until = _day(args.get("until", ""))
    return LogQuery(
        kinds=tuple(_kind(name) for name in args.getlist("kind") if name),
        about=_text(args, "about"),
        actor=_text(args, "actor"),
        since=_day(args.get("since", "")),
        until=None if until is None else until + timedelta(days=1),  # that day included
        before=_number(args.get("before", "")),
    )


def _kind(name: str) -> EventKind:
    try:
        return EventKind(name)
    except ValueError as error:
        raise _FormError(gettext("There is no such kind of entry.")) from error


def _text(args: MultiDict[str, str], name: str) -> str | None:
    return args.get(name, "").strip()[:_LONGEST] or None


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise _FormError(gettext("Write a day as year-month-day, like 2026-11-22.")) from error


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15:  # noqa: PLR2004 - what the database holds
        raise _FormError(gettext("This page of the log does not exist. Search again."))
    return int(text)


@blueprint.get("/log/checkpoint.txt")
def checkpoint() -> ResponseReturnValue:
    """Return the newest checkpoint, to be kept where nobody of the shop can change it."""
    with current_hub().databases.identity.read() as identity:
        newest = ledger.latest_checkpoint(identity)
    return _file(newest.note, f"checkpoint-{newest.size}.txt")


@blueprint.get("/log/key.txt")
def log_key() -> ResponseReturnValue:
    """Return the public key that checkpoints are checked with."""
    public = current_hub().office.ring.log_public
    return _file(verifier_key(origin_of(public), public) + "\n", "log.vkey")


def _file(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
