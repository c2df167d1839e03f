"""The acts: joining, changing, withdrawing, erasing, and carrying on what was interrupted.

Each act opens and closes its own transactions, one database at a time, and returns what came of it.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent import erasure, keys, ledger, notices, receipts, records
from consent.canonical import JSON
from consent.clock import parse, stamp
from consent.errors import ConsentError, ConsentMissingError, NoticeError, SubjectUnknownError
from consent.events import EventKind
from consent.models import ConsentRow, FlowRow, SubjectRow
from consent.purposes import CHOICES, WITHDRAWABLE, Purpose
from consent.recording import Act, record
from consent.records import Grant, State
from consent.setting import Controller, Eraser, Office

__all__ = [
    "Changed",
    "Closed",
    "Controller",
    "Eraser",
    "Joined",
    "Office",
    "Statement",
    "TemplateMade",
    "Withdrawal",
    "change",
    "close_enrolment",
    "erase",
    "open_enrolment",
    "resume",
    "withdraw",
]

ENROL = "enrol"
#: An enrolment in which no template was made by then is closed; recognition counts as withdrawn.
ABANDONED_AFTER = timedelta(minutes=15)
_CLOCK = "clienteling"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person declared, and how it was collected.

    Attributes:
        language: "nl" or "en".
        notice_version: The version of the texts that were shown.
        method: "kiosk", "paper", ...
        collected_by: Who collected it: a device, a user, a command.
        attestation: For consent given elsewhere: where the signed form is, for example "paper form 17".
        confirmed: The second act after the statement (R10).
        age_confirmed: The person declared to be of age (R15).
    """

    language: str
    notice_version: str
    method: str
    collected_by: str
    attestation: str | None
    confirmed: bool
    age_confirmed: bool


@dataclass(frozen=True, slots=True)
class TemplateMade:
    """What the log says about a template: its random alias, the model, and from how many images."""

    alias: str
    model_id: str
    images: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A customer joined. With `recognise` among the grants, the flow stays open for the template."""

    subject_id: str
    flow_id: str
    grants: dict[Purpose, Grant]
    receipt: dict[str, Any]
    code: str
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What ended. `purposes` is empty, and the rest None, if nothing stood.

    `closed` is False while an edge has yet to acknowledge; the worker closes the flow then.
    """

    flow_id: str | None
    purposes: tuple[Purpose, ...]
    receipt: dict[str, Any] | None
    leaf_index: int | None
    closed: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """How an enrolment ended: whether recognition stands, and what was withdrawn if it does not."""

    recognise: bool
    withdrawal: Withdrawal | None


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed. `flow_id` is that of an enrolment to close, if recognition was granted."""

    receipt: dict[str, Any] | None
    grants: dict[Purpose, Grant]
    flow_id: str | None
    withdrawal: Withdrawal | None


def open_enrolment(office: Office, statement: Statement, choices: Mapping[Purpose, bool]) -> Joined:
    """Record a new customer's choices, then make the keys of what was granted.

    Every purpose on offer is recorded, as given or as refused. If the process dies halfway the worker
    makes the keys, and later closes what was abandoned.

    Raises:
        ConsentMissingError: not confirmed, not of age, or a purpose that is not offered.
        NoticeError: the notice is not the current one.
    """
    now = office.now()
    _check(statement, choices)
    subject_id = str(uuid.uuid4())
    granted = [Purpose.ACCOUNT, *(p for p in CHOICES if choices.get(p, False))]
    refused = [p for p in CHOICES if p not in granted]
    with office.databases.identity.write() as session:
        session.add(SubjectRow(id=subject_id, created_at=stamp(now)))
        session.flush()
        flow = _open_enrolment_flow(session, office, subject_id, granted, statement, now)
        rows = _declare(session, office, subject_id, statement, granted, refused, now)
        issued = receipts.issue(
            session, office.ring, office.controller, subject_id, rows, now, code=True
        )
        checkpoint = ledger.latest_checkpoint(session).note
    assert issued.code is not None
    office.after_step("recorded")
    grants = _make_keys(office, flow.id)
    if Purpose.RECOGNISE not in granted:
        close_enrolment(office, flow.id, template=None, reason="no face asked for")
    return Joined(subject_id, flow.id, grants, issued.receipt, issued.code, checkpoint)


def _check(statement: Statement, choices: Mapping[Purpose, bool]) -> None:
    # 1 of age, 2 a second act, 3 the current text, 4 only what can be carried out
    if not statement.age_confirmed:
        raise ConsentMissingError(
            "The person has not confirmed to be of age. Nothing was recorded."
        )
    if not statement.confirmed:
        raise ConsentMissingError(
            "The choices were not confirmed by a second act. Show them again and ask to confirm."
        )
    if statement.method == "paper" and not (statement.attestation or "").strip():
        raise ConsentMissingError(
            "Consent on paper needs an attestation that says where the form is."
        )
    if statement.notice_version != notices.current_version():
        raise NoticeError(
            f"The notice {statement.notice_version!r} is not the current one "
            f"({notices.current_version()!r}). Show the current texts and ask again."
        )
    for purpose, given in choices.items():
        if given and purpose not in CHOICES:
            raise ConsentMissingError(
                f"The purpose {purpose.value!r} is not offered in this version."
            )


def _open_enrolment_flow(
    session: Session,
    office: Office,
    subject_id: str,
    granted: Iterable[Purpose],
    statement: Statement,
    now: datetime,
) -> FlowRow:
    flow_id = str(uuid.uuid4())
    entry = ledger.append(
        session,
        office.ring,
        EventKind.ENROLMENT_OPENED,
        actor=statement.collected_by,
        about=subject_id,
        detail={"flow": flow_id, "method": statement.method},
        now=now,
    )
    flow = FlowRow(
        id=flow_id,
        kind=ENROL,
        subject_id=subject_id,
        purposes=[purpose.value for purpose in granted],
        step=1,
        opened_at=stamp(now),
        closed_at=None,
        leaf_index=entry.leaf_index,
        data={"actor": statement.collected_by},
    )
    session.add(flow)
    return flow


def _declare(
    session: Session,
    office: Office,
    subject_id: str,
    statement: Statement,
    granted: Iterable[Purpose],
    refused: Iterable[Purpose],
    now: datetime,
) -> list[ConsentRow]:
    rows = []
    for state, purposes in ((State.GIVEN, granted), (State.REFUSED, refused)):
        for purpose in purposes:
            notice = notices.get(statement.notice_version, statement.language, purpose)
            shown: dict[str, JSON] = {
                "version": notice.version,
                "language": notice.language,
                "sha256": notice.sha256,
            }
            act = Act(
                actor=statement.collected_by,
                method=statement.method,
                notice=shown,
                attestation=statement.attestation,
                confirmed=statement.confirmed,
                age_confirmed=statement.age_confirmed,
            )
            rows.append(record(session, office, subject_id, purpose, state, act, now))
    return rows


def _make_keys(office: Office, flow_id: str) -> dict[Purpose, Grant]:
    """Make the keys of what still stands of a flow's purposes (step 2 of joining)."""
    with office.databases.identity.read() as session:
        flow = session.get_one(FlowRow, flow_id)
        grants = records.standing(session, flow.subject_id, office.now())
    asked = {p: grant for p, grant in grants.items() if p.value in flow.purposes}
    with office.databases.keys.write() as session:
        for grant in asked.values():
            keys.create_data_key(session, office.ring, grant, office.now())
    with office.databases.identity.write() as session:
        session.get_one(FlowRow, flow_id).step = 2
    office.after_step("keys made")
    return asked


def close_enrolment(
    office: Office, flow_id: str, *, template: TemplateMade | None, reason: str = ""
) -> Closed:
    """End an enrolment. Without a template, recognition counts as withdrawn ("no template made").

    A template that comes too late (recognition was withdrawn meanwhile, or the enrolment was closed as
    abandoned) is erased again. Closing twice does nothing.

    Raises:
        SubjectUnknownError: no such enrolment.
    """
    now = office.now()
    with office.databases.identity.write() as session:
        flow = session.get(FlowRow, flow_id)
        if flow is None or flow.kind != ENROL:
            raise SubjectUnknownError("There is no such enrolment. Start again.")
        stands = records.grant_for(session, flow.subject_id, Purpose.RECOGNISE, now) is not None
        if flow.closed_at is not None and (stands or template is None):
            return Closed(stands, None)
        made = template is not None and stands
        if flow.closed_at is None:
            _log_closing(session, office, flow, template if made else None, reason, now)
        if made or (template is None and Purpose.RECOGNISE not in flow.purposes):
            return Closed(made, None)
        ending = _end(
            session,
            office,
            flow.subject_id,
            frozenset({Purpose.RECOGNISE}),
            actor=flow.data.get("actor", _CLOCK),
            method="no template made",
            leftovers=template is not None,
        )
    return Closed(recognise=False, withdrawal=_carry_out(office, ending))


def _log_closing(
    session: Session,
    office: Office,
    flow: FlowRow,
    template: TemplateMade | None,
    reason: str,
    now: datetime,
) -> None:
    actor = flow.data["actor"]
    if template is not None:
        ledger.append(
            session,
            office.ring,
            EventKind.TEMPLATE_MADE,
            actor=actor,
            about=flow.subject_id,
            detail={
                "alias": template.alias,
                "model": template.model_id,
                "images": template.images,
            },
            now=now,
        )
    ledger.append(
        session,
        office.ring,
        EventKind.ENROLMENT_CLOSED,
        actor=actor,
        about=flow.subject_id,
        detail={"flow": flow.id, "template": template is not None, "reason": reason},
        now=now,
    )
    flow.closed_at = stamp(now)


def change(
    office: Office, subject_id: str, statement: Statement, choices: Mapping[Purpose, bool]
) -> Changed:
    """Grant or withdraw single purposes of a customer; what already stands so is left alone.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError, NoticeError: as `open_enrolment`.
    """
    _check(statement, choices)
    _finish_erasing(office, subject_id)
    now = office.now()
    ending: _Ending | None = None
    with office.databases.identity.write() as session:
        _require_subject(session, subject_id)
        stands = records.standing(session, subject_id, now)
        granted = [p for p in CHOICES if choices.get(p, False) and p not in stands]
        ended = frozenset(p for p in CHOICES if not choices.get(p, True) and p in stands)
        rows = _declare(session, office, subject_id, statement, granted, (), now)
        flow = (
            _open_enrolment_flow(session, office, subject_id, granted, statement, now)
            if granted
            else None
        )
        if ended:
            actor, method = statement.collected_by, statement.method
            ending = _end(session, office, subject_id, ended, actor=actor, method=method, also=rows)
        issued = (
            receipts.issue(
                session, office.ring, office.controller, subject_id, rows, now, code=False
            )
            if rows and ending is None
            else None
        )
    office.after_step("recorded")
    withdrawal = _carry_out(office, ending) if ending else None
    grants = _make_keys(office, flow.id) if flow else {}
    if flow and Purpose.RECOGNISE not in granted:
        close_enrolment(office, flow.id, template=None, reason="no face asked for")
    receipt = issued.receipt if issued else withdrawal.receipt if withdrawal else None
    return Changed(receipt, grants, flow.id if flow else None, withdrawal)


def withdraw(
    office: Office,
    subject_id: str,
    purposes: Iterable[Purpose] | None,
    *,
    actor: str,
    method: str,
) -> Withdrawal:
    """Withdraw consent for these purposes, or for all but the account. Works without a reason.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError: the account can only be ended by erasing.
    """
    asked = frozenset(WITHDRAWABLE if purposes is None else purposes)
    if Purpose.ACCOUNT in asked:
        raise ConsentMissingError("The account ends with erasing everything. Ask for that instead.")
    with office.databases.identity.write() as session:
        _require_subject(session, subject_id)
        ending = _end(session, office, subject_id, asked, actor=actor, method=method)
    return _carry_out(office, ending)


def erase(office: Office, subject_id: str, *, actor: str, method: str) -> Withdrawal:
    """Withdraw everything, and destroy everything about the customer but the proof of consent.

    Raises:
        SubjectUnknownError: never joined, or already erased.
    """
    with office.databases.identity.write() as session:
        _require_subject(session, subject_id)
        ending = _end(
            session,
            office,
            subject_id,
            frozenset(Purpose),
            actor=actor,
            method=method,
            kind=erasure.ERASE,
        )
    return _carry_out(office, ending)


@dataclass(frozen=True, slots=True)
class _Ending:
    flow_id: str | None
    purposes: tuple[Purpose, ...]
    receipt: dict[str, Any] | None
    leaf_index: int | None


def _end(
    session: Session,
    office: Office,
    subject_id: str,
    asked: frozenset[Purpose],
    *,
    actor: str,
    method: str,
    kind: str = erasure.WITHDRAW,
    also: Iterable[ConsentRow] = (),
    leftovers: bool = False,
) -> _Ending:
    """Record that consent ended and open the flow that carries it out (its step 1).

    `leftovers` opens the flow even where nothing stands: data came after the withdrawal.
    """
    now = office.now()
    given = {
        purpose
        for purpose, row in records.newest(session, subject_id, asked).items()
        if row.state == State.GIVEN  # a lapsed consent is withdrawn too
    }
    ended = tuple(purpose for purpose in Purpose if purpose in given)
    if not ended and not leftovers and kind == erasure.WITHDRAW:
        return _Ending(None, (), None, None)
    act = Act(actor=actor, method=method, notice=None)
    rows = [record(session, office, subject_id, p, State.WITHDRAWN, act, now) for p in ended]
    if kind == erasure.ERASE:
        ledger.append(
            session,
            office.ring,
            EventKind.ERASURE_OPENED,
            actor=actor,
            about=subject_id,
            detail={"method": method},
            now=now,
        )
    leaf_index = ledger.size(session) - 1
    flow = erasure.open_flow(
        session,
        office,
        subject_id,
        asked if kind == erasure.ERASE or leftovers else ended,
        kind=kind,
        actor=actor,
        leaf_index=leaf_index,
        now=now,
    )
    proven = [*also, *rows]
    issued = receipts.issue(
        session, office.ring, office.controller, subject_id, proven, now, code=False
    )
    return _Ending(flow.id, ended, issued.receipt, leaf_index)


def _carry_out(office: Office, ending: _Ending) -> Withdrawal:
    closed = True
    if ending.flow_id is not None:
        office.after_step("opened")
        closed = erasure.run(office, ending.flow_id)
    return Withdrawal(ending.flow_id, ending.purposes, ending.receipt, ending.leaf_index, closed)


def _require_subject(session: Session, subject_id: str) -> None:
    if session.get(SubjectRow, subject_id) is None:
        raise SubjectUnknownError("There is no such customer here: never joined, or erased.")


def _finish_erasing(office: Office, subject_id: str) -> None:
    """Let no earlier withdrawal of this customer erase what is granted anew."""
    with office.databases.identity.read() as session:
        flows = session.scalars(
            select(FlowRow.id).where(
                FlowRow.subject_id == subject_id,
                FlowRow.closed_at.is_(None),
                FlowRow.kind != ENROL,
            )
        ).all()
    for flow_id in flows:
        erasure.run(office, flow_id)


def resume(office: Office) -> tuple[str, ...]:
    """Carry on every open flow; the worker calls it at the start and every second.

    Enrolments that were abandoned for more than 15 minutes are closed. One flow that fails does not hold
    up the others; its error is raised when they are done. Returns the ids of the flows closed.
    """
    with office.databases.identity.read() as session:
        flows = session.scalars(
            select(FlowRow).where(FlowRow.closed_at.is_(None)).order_by(FlowRow.opened_at)
        ).all()
    closed, failure = [], None
    for flow in flows:
        try:
            if _carry_on(office, flow):
                closed.append(flow.id)
        except ConsentError as error:
            failure = failure or error
    if failure is not None:
        raise failure
    return tuple(closed)


def _carry_on(office: Office, flow: FlowRow) -> bool:
    if flow.kind != ENROL:
        return erasure.run(office, flow.id)
    if flow.step < 2:  # noqa: PLR2004  (step 2 is the keys)
        _make_keys(office, flow.id)
    if office.now() - parse(flow.opened_at) < ABANDONED_AFTER:
        return False
    close_enrolment(office, flow.id, template=None, reason="abandoned")
    return True
