"""Requests in the file that outlives the databases, and putting them back from it (GDPR 12(3)).

A line when a request comes in and one when it is answered: numbers, kinds, channels and times, no
words. A backup that is put back then knows that the request was made, and when its month ends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent.clock import parse
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import RequestRow, SubjectRow
from consent.rights.deadlines import due_on
from consent.rights.requests import Channel, Outcome, RequestKind
from consent.setting import Ended, Office

#: How it is kept outside the databases (`consent.endings`).
RECEIVED, ANSWERED = "request", "answer"


@dataclass(frozen=True, slots=True)
class Noted:
    """A request as that file has it; `answer` None: no answer is noted."""

    received: Ended
    answer: Ended | None


def note_received(office: Office, row: RequestRow) -> None:
    """Note outside the databases that a request came in."""
    wrong = ("wrong_person",) if row.wrong_person else ()
    facts = (row.kind, row.channel, *wrong)
    office.note_ending(Ended(row.id, RECEIVED, row.subject_id or "", facts, row.received_at))


def note_answered(office: Office, row: RequestRow, outcome: Outcome, by: Channel, at: str) -> None:
    """Note outside the databases that a request is answered."""
    facts = (outcome.value, by.value)
    number = f"{row.id}:{ANSWERED}"
    office.note_ending(Ended(number, ANSWERED, row.subject_id or "", facts, at))


def owed_requests(identity: Session, endings: Iterable[Ended]) -> tuple[Noted, ...]:
    """Return what came in or was answered after these databases were copied.

    Of a customer whom they do not hold nothing is put back: whoever joined since is not in them.
    """
    lines = {one.flow_id: one for one in endings if one.kind in {RECEIVED, ANSWERED}}
    found = (
        Noted(one, lines.get(f"{one.flow_id}:{ANSWERED}"))
        for one in lines.values()
        if one.kind == RECEIVED
    )
    return tuple(_owed(identity, found))


def _owed(identity: Session, noted: Iterable[Noted]) -> Iterator[Noted]:
    for one in noted:
        row = identity.get(RequestRow, one.received.flow_id)
        subject_id = one.received.subject_id
        if row is None:
            if not subject_id or identity.get(SubjectRow, subject_id) is not None:
                yield one
        elif row.closed_at is None and one.answer is not None:
            yield one


def put_back(office: Office, noted: Noted, *, actor: str) -> None:
    """Put a request back as it was noted: without its words, which were only in the databases."""
    received, answer = noted.received, noted.answer
    kind, channel, *wrong = received.purposes
    with office.databases.identity.write() as identity:
        row = identity.get(RequestRow, received.flow_id)
        if row is None:
            row = RequestRow(
                id=received.flow_id,
                subject_id=received.subject_id or None,
                kind=RequestKind(kind).value,
                wrong_person=bool(wrong),
                channel=Channel(channel).value,
                received_at=received.at,
                received_by=actor,
                due_on=due_on(parse(received.at)).isoformat(),
            )
            identity.add(row)
        if answer is not None:
            outcome, reply_by = answer.purposes
            row.outcome, row.reply_by = Outcome(outcome).value, Channel(reply_by).value
            row.closed_at, row.owner = answer.at, row.owner or actor
        ledger.append(
            identity,
            office.ring,
            EventKind.REQUEST_CHANGED,
            actor=actor,
            about=row.subject_id,
            detail={"request": row.id, "what": "put_back", "answered": answer is not None},
            now=office.now(),
        )
