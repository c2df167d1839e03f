"""Searching the log, and taking its newest checkpoint and its key away."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from clienteling.oversight.actors import known_actors
from clienteling.oversight.groups import Group, kinds_of
from clienteling.oversight.search import LogPage, LogQuery, search_log
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import origin_of, verifier_key
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
        groups={group: kinds_of(group) for group in Group},
        chosen=request.args.getlist("kind"),
        actors=actors,
        older=older,
        paged="before" in request.args,
        newest=_again(),
        shown=_again(before=request.args.get("before", "")),
    ), 400 if problem else 200


def _again(**changes: str) -> dict[str, str | list[str]]:
    """Return the address fields of the same search, on another page."""
    fields = ("about", "actor", "since", "until", "entry", "unlinked")
    kept: dict[str, str | list[str]] = {
        name: request.args[name] for name in fields if request.args.get(name)
    }
    if request.args.getlist("kind"):
        kept["kind"] = request.args.getlist("kind")
    return {**kept, **changes}


def _query(args: MultiDict[str, str]) -> LogQuery:
    until = _day(args.get("until", ""))
    return LogQuery(
        kinds=tuple(kind for name in args.getlist("kind") if name for kind in _kinds(name)),
        about=_text(args, "about"),
        actor=_text(args, "actor"),
        since=_day(args.get("since", "")),
        until=None if until is None else until + timedelta(days=1),  # that day included
        before=_number(args.get("before", "")),
        index=_number(args.get("entry", "").strip()),
        unlinked=bool(args.get("unlinked")),
    )


def _kinds(name: str) -> tuple[EventKind, ...]:
    """Return one kind, or those of a group: `group:consent`."""
    try:
        if name.startswith("group:"):
            return kinds_of(Group(name.removeprefix("group:")))
        return (EventKind(name),)
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
        raise _FormError(gettext("Write the number of an entry or page in digits."))
    return int(text)


@blueprint.get("/log/page.<any(csv, json):form>")
def taken(form: str) -> ResponseReturnValue:
    """Return the page that is shown as a file: numbers and codes, as on the page, and no name.

    One person may take it: it holds nothing that the page does not show (docs/decisions/0176).
    """
    try:
        query = _query(request.args)
    except _FormError as error:
        return str(error), 400
    page = search_log(current_hub().office, query, actor=this_staff().id, taken_as=form)
    text = _as_csv(page) if form == "csv" else _as_json(page)
    kind = "text/csv" if form == "csv" else "application/json"
    return _file(text, f"log-{page.size}.{form}", kind)


_FIELDS = ("entry", "at", "kind", "actor", "customer", "detail")


def _rows(page: LogPage) -> list[tuple[object, ...]]:
    return [
        (one.leaf_index, one.at, one.kind.value, one.actor, one.about, one.detail)
        for one in page.entries
    ]


def _as_csv(page: LogPage) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_FIELDS)
    for *plain, detail in _rows(page):
        written = "" if detail is None else json.dumps(detail, sort_keys=True)
        writer.writerow([*("" if value is None else value for value in plain), written])
    return text.getvalue()


def _as_json(page: LogPage) -> str:
    rows = [dict(zip(_FIELDS, row, strict=True)) for row in _rows(page)]
    return json.dumps({"size": page.size, "entries": rows}, ensure_ascii=False, indent=1) + "\n"


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


def _file(text: str, name: str, kind: str = "text/plain") -> Response:
    response = Response(text, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
