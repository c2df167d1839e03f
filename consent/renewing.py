"""When consents lapse, renewing them before or shortly after they do (R14), what can be added.

A consent stands for the profile's `consent_days`. A later version of a text that only words it anew
is a reason to invite to renew, and no more; one that changes what is done for the purpose covers no
earlier consent: from its publication on nothing is done with the data, and what is not renewed
within the grace goes (docs/decisions/0167).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from consent import records
from consent.clock import parse, stamp
from consent.declaring import Statement, check_statement, declare
from consent.errors import ConsentMissingError
from consent.joining import make_keys, open_flow
from consent.keeping import GRACE, RENEWABLE, grace
from consent.leaving import Withdrawal, carry_out, end, finish_erasing, lapse, require_subject
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import ConsentRow, RestrictionRow
from consent.proof import receipts
from consent.purposes import CHOICES, Purpose
from consent.recording import Act
from consent.records import State
from consent.region.policy import RegionProfile
from consent.setting import Office


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of renewing.

    Attributes:
        receipt: Signed, over everything that was decided; None: nothing was.
        renewed: What stands longer now, with the data that it covers.
        begun: What stands anew, without data: the earlier consent was over.
        flow_id: The enrolment that waits for a template, if recognition was begun anew.
        withdrawal: What the customer did not renew, and ended by that.
    """

    receipt: dict[str, Any] | None
    renewed: tuple[Purpose, ...]
    begun: tuple[Purpose, ...]
    flow_id: str | None
    withdrawal: Withdrawal | None


def renewable(
    identity: Session, office: Office, subject_id: str, now: datetime
) -> dict[Purpose, datetime | None]:
    """Return what a customer may renew, and until when it stands (None: not at all any more).

    That is what ends within a month or has lapsed already, and whatever rests on a text that is
    worded otherwise now.
    """
    found: dict[Purpose, datetime | None] = {}
    for purpose, row in records.newest(identity, subject_id, office.choices).items():
        if row.state == State.EXPIRED:
            found[purpose] = None
        ends = parse(row.expires_at) if row.expires_at else None
        if row.state != State.GIVEN or ends is None:
            continue
        alike = _version(row) in office.notices.worded_alike(purpose)
        if ends - now <= RENEWABLE or not alike:
            stands = ends > now and office.notices.covers(_version(row), purpose)
            found[purpose] = ends if stands else None
    return found


def addable(identity: Session, office: Office, subject_id: str) -> tuple[Purpose, ...]:
    """Return what a customer may agree to in addition: refused, withdrawn, or never asked for.

    A purpose that came after the customer joined is one of these. What lapsed is `renewable`; what
    is chosen of these, `consent.office.change` grants.
    """
    given = records.newest(identity, subject_id, office.choices)
    ended = {State.REFUSED, State.WITHDRAWN}
    return tuple(p for p in office.choices if p not in given or given[p].state in ended)


def renew(
    office: Office, subject_id: str, statement: Statement, choices: Mapping[Purpose, bool]
) -> Renewed:
    """Renew what is chosen, from what `renewable` offers; a "no" withdraws it. The rest stays.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError: not confirmed, restricted, or a purpose that is not to be renewed.
        NoticeError: the texts shown are not the current ones.
        PolicyRefusedError: no release is signed where the region asks for one.
    """
    check_statement(office, statement, choices)
    finish_erasing(office, subject_id)
    now = office.now()
    # What is over goes first, so that nothing of it is revived.
    lapse(office, subject_id, lambda s: over_of(s, office, subject_id, now), method="lapsed")
    with office.databases.identity.write() as session:
        require_subject(session, subject_id)
        if records.is_restricted(session, subject_id):
            raise ConsentMissingError(
                "This customer's data is restricted: nothing can be renewed until that is lifted."
            )
        given = records.newest(session, subject_id, CHOICES)
        offered = renewable(session, office, subject_id, now)
        if not choices.keys() <= offered.keys():
            raise ConsentMissingError("One of these consents does not end soon. Start again.")
        chosen = tuple(p for p in CHOICES if choices.get(p, False))
        renewed = tuple(p for p in chosen if given[p].state == State.GIVEN)
        begun = tuple(p for p in chosen if given[p].state != State.GIVEN)
        refused = frozenset(p for p in offered if not choices.get(p, True))
        flow = open_flow(session, office, subject_id, begun, statement) if begun else None
        rows = declare(session, office, subject_id, statement, State.GIVEN, chosen, now)
        act = Act(actor=statement.collected_by, method=statement.method, notice=None)
        ending = end(session, office, subject_id, refused, act, also=rows) if refused else None
        receipt = ending.receipt if ending else None
        if rows and ending is None:
            receipt = receipts.issue(
                session, office.ring, office.controller, subject_id, rows, now, code=False
            ).receipt
    office.after_step("recorded")
    withdrawal = carry_out(office, ending) if ending else None
    if flow:
        make_keys(office, flow.id)
    return Renewed(receipt, renewed, begun, flow.id if flow else None, withdrawal)


def ending_soon(identity: Session, office: Office, now: datetime) -> int:
    """Return of how many customers a consent can be renewed before it lapses."""
    reworded = not_(_rests_on(office.notices.worded_alike))
    soon = _given().where(
        ConsentRow.expires_at > stamp(now),
        (ConsentRow.expires_at <= stamp(now + RENEWABLE)) | reworded,
    )
    subjects = select(func.count(func.distinct(soon.subquery().c.subject_id)))
    return identity.scalar(subjects) or 0


def over(
    identity: Session,
    office: Office,
    now: datetime,
    *,
    subject_id: str | None = None,
    limit: int | None = None,
) -> dict[str, set[Purpose]]:
    """Return whose consent to what is over, its grace too; nobody's who is restricted.

    Its term ran out, a later text changed what is done, or the shop does not do it any more.

    `limit` customers at least, if there are as many.
    """
    found: dict[str, set[Purpose]] = defaultdict(set)
    until = stamp(now - grace(office.profile))
    rows = None if limit is None else limit * len(CHOICES)
    lapsed = _given(subject_id).where(ConsentRow.expires_at <= until)
    for row in identity.scalars(lapsed.order_by(ConsentRow.expires_at).limit(rows)):
        found[row.subject_id].add(Purpose(row.purpose))
    texts, since = office.notices, _published(identity)
    for row in identity.scalars(_given(subject_id).where(_rests_on(texts.ended))):
        version, purpose = _version(row), Purpose(row.purpose)
        # Nothing goes before the log said that the later text holds.
        at = since.get(texts.ended(purpose)[version])
        if at is not None and parse(at) + GRACE <= now:
            found[row.subject_id].add(purpose)
    ended = _till_ended(identity, office)
    if ended is not None and ended + GRACE <= now:
        till = _given(subject_id).where(ConsentRow.purpose == Purpose.TILL.value)
        for row in identity.scalars(till.limit(rows)):
            found[row.subject_id].add(Purpose.TILL)
    return found


def over_of(
    identity: Session, office: Office, subject_id: str, now: datetime
) -> frozenset[Purpose]:
    """As `over`, of one customer."""
    return frozenset(over(identity, office, now, subject_id=subject_id).get(subject_id, ()))


def next_over(identity: Session, profile: RegionProfile) -> date | None:
    """Return the day on which the next consent is over, if nobody renews it."""
    first = identity.scalar(select(func.min(_given().subquery().c.expires_at)))
    return (parse(first) + grace(profile)).date() if first else None


def note_texts(office: Office) -> bool:
    """Log which texts hold from this start on; False: they are those of the last start."""
    detail = {"version": office.notices.current_version}
    with office.databases.identity.write() as identity:
        last = ledger.search(identity, kinds=[EventKind.NOTICE_PUBLISHED], limit=1)
        if last and (last[0].detail or {}).get("version") == detail["version"]:
            return False
        ledger.append(
            identity,
            office.ring,
            EventKind.NOTICE_PUBLISHED,
            actor="command",
            about=None,
            detail=dict(detail),
            now=office.now(),
        )
    return True


def _published(identity: Session) -> dict[str, str]:
    """Return when the log last says of each version that its texts hold from then on."""
    entries = ledger.search(identity, kinds=[EventKind.NOTICE_PUBLISHED], limit=1000)
    return {str((e.detail or {}).get("version")): e.at for e in reversed(entries)}


def _till_ended(identity: Session, office: Office) -> datetime | None:
    """Return since when the log says that the till asks nobody; None: it does, or said nothing."""
    if office.processing.till:
        return None
    since = None
    for entry in ledger.search(identity, kinds=[EventKind.POLICY_CHANGED], limit=1000):
        if (entry.detail or {}).get("till") is not False:
            break
        since = parse(entry.at)
    return since


def _rests_on(versions: Callable[[Purpose], Iterable[str]]) -> ColumnElement[bool]:
    """Select the records whose text is of one of their purpose's versions."""
    version = ConsentRow.body["privacy_notice"]["version"].as_string()
    return or_(
        *(
            and_(ConsentRow.purpose == one.value, version.in_(tuple(versions(one))))
            for one in CHOICES
        )
    )


def _given(subject_id: str | None = None) -> Any:
    """Select the newest records that say `given`, lapsed or not, of who is not restricted."""
    last = select(func.max(ConsentRow.sequence)).group_by(ConsentRow.subject_id, ConsentRow.purpose)
    if subject_id is not None:
        last = last.where(ConsentRow.subject_id == subject_id)
    return select(ConsentRow).where(
        ConsentRow.sequence.in_(last),
        ConsentRow.state == State.GIVEN.value,
        ConsentRow.subject_id.not_in(select(RestrictionRow.subject_id)),
    )


def _version(row: ConsentRow) -> str:
    return str((row.body.get("privacy_notice") or {}).get("version", ""))
