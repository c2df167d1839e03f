"""What the officer has to look at: what is late, what is due soon, what is good to know.

Facts only, worst first; the page puts them in words and says where each is dealt with.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.access.approvals import proposals
from clienteling.config import OversightConfig
from clienteling.evaluation.fairness import beyond
from clienteling.home import Home
from clienteling.oversight.anomalies import anomalies
from clienteling.oversight.shop import ShopState
from clienteling.oversight.watching import Watched
from clienteling.papers.export import held_article30
from clienteling.retention.clock import doubt
from clienteling.service.accuracy import Accuracy, Age
from consent.clock import parse, stamp
from consent.keystore.key_status import KeyStatus
from consent.models import ConsentRow
from consent.office import Office
from consent.records import State
from consent.region.article30 import RecordState, record_state
from consent.region.policy import CapturePolicy, Paper
from consent.rights.requests import open_requests

#: A paper, a sign or a consent that ends within so long is named beforehand.
SOON = timedelta(days=30)
#: The log is verified at least so often.
VERIFY_EVERY = timedelta(days=30)
#: A camera's lease is 15 minutes: a copy that is open for longer waits for something else.
STUCK = timedelta(minutes=20)
#: So long a restored backup stays on the overview.
_RESTORED_SHOWN = timedelta(days=30)


#: So long an unusual number of looks stays on the overview.
_RECENT = timedelta(days=7)


class Urgency(IntEnum):
    """How bad it is; the lowest number is the worst."""

    LATE = 0  # something that must hold does not, or a term is over
    SOON = 1  # somebody should act in the coming days
    KNOW = 2  # nothing is wrong


class Concern(StrEnum):
    """What it is."""

    LOG_BROKEN = "log_broken"
    CLOCK_DOUBTED = "clock_doubted"
    STOPPED = "stopped"
    REQUESTS_LATE = "requests_late"
    COPIES_STUCK = "copies_stuck"
    WITNESS_STALE = "witness_stale"
    RULES_OVER = "rules_over"
    SIGN_MISSING = "sign_missing"
    PAPER_MISSING = "paper_missing"
    RECORD_LACKING = "record_lacking"
    RESTORED_UNSURE = "restored_unsure"
    DEVELOPMENT_KEY = "development_key"
    KEYS_LATE = "keys_late"
    REPORT_OVERDUE = "report_overdue"
    GROUPS_DIFFER = "groups_differ"
    REQUESTS_SOON = "requests_soon"
    LOOKS_UNUSUAL = "looks_unusual"
    APPROVALS = "approvals"
    COPIES_OPEN = "copies_open"
    WITNESS_NONE = "witness_none"
    RECORD_CHANGED = "record_changed"
    RECORD_OUTDATED = "record_outdated"
    RULES_ENDING = "rules_ending"
    SIGN_ENDING = "sign_ending"
    NOT_VERIFIED = "not_verified"
    NEVER_VERIFIED = "never_verified"
    REPORT_DUE = "report_due"
    REQUESTS_OPEN = "requests_open"
    CONSENTS_LAPSING = "consents_lapsing"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Open:
    """One matter.

    Attributes:
        number: How many, or how many days; 0 where neither says anything.
        name: Of the camera or the paper concerned; "" where there is none.
    """

    concern: Concern
    urgency: Urgency
    number: int = 0
    name: str = ""


def open_matters(
    home: Home, shop: ShopState, keys: KeyStatus, accuracy: Accuracy
) -> tuple[Open, ...]:
    """Return what is open in this shop, worst first; empty: nothing is."""
    now = home.office.now()
    with home.databases.identity.read() as identity:
        found = [
            *_clock(identity, now),
            *_requests(identity, now),
            *_copies(shop),
            *_approvals(identity, home.office),
            *_lapsing(identity, now),
            *_looks(identity, now, home.config.oversight),
        ]
    found += [*_log(shop, now), *_rules(shop), *_record(home, shop), *_signs(shop), *_keys(keys)]
    found += _accuracy(accuracy, home.config.recognition.group_ratio)
    order = list(Concern)
    return tuple(sorted(found, key=lambda one: (one.urgency, order.index(one.concern), one.name)))


def _clock(identity: Session, now: datetime) -> Iterator[Open]:
    found = doubt(identity, now)
    if found is not None:
        yield Open(Concern.CLOCK_DOUBTED, Urgency.LATE, found.days)


def _requests(identity: Session, now: datetime) -> Iterator[Open]:
    waiting = open_requests(identity, now)
    late = sum(one.late for one in waiting)
    soon = sum(one.soon and not one.late for one in waiting)
    if late:
        yield Open(Concern.REQUESTS_LATE, Urgency.LATE, late)
    if soon:
        yield Open(Concern.REQUESTS_SOON, Urgency.SOON, soon)
    if len(waiting) > late + soon:
        yield Open(Concern.REQUESTS_OPEN, Urgency.KNOW, len(waiting) - late - soon)


def _copies(shop: ShopState) -> Iterator[Open]:
    stuck = sum(flow.seconds > STUCK.total_seconds() for flow in shop.flows)
    if stuck:
        yield Open(Concern.COPIES_STUCK, Urgency.LATE, stuck)
    if len(shop.flows) > stuck:
        yield Open(Concern.COPIES_OPEN, Urgency.SOON, len(shop.flows) - stuck)


def _approvals(identity: Session, office: Office) -> Iterator[Open]:
    waiting = [one for one in proposals(identity, office) if one.approved is None and one.standing]
    if waiting:
        yield Open(Concern.APPROVALS, Urgency.SOON, len(waiting))


def _looks(identity: Session, now: datetime, hours: OversightConfig) -> Iterator[Open]:
    """What was unusual in the last week; the page itself looks back further."""
    recent = [one for one in anomalies(identity, now, hours) if now.date() - one.end <= _RECENT]
    if recent:
        yield Open(Concern.LOOKS_UNUSUAL, Urgency.SOON, len({one.actor for one in recent}))


def _lapsing(identity: Session, now: datetime) -> Iterator[Open]:
    """Customers with a consent that stands now and lapses soon."""
    newest = select(func.max(ConsentRow.sequence)).group_by(
        ConsentRow.subject_id, ConsentRow.purpose
    )
    number = identity.scalar(
        select(func.count(ConsentRow.subject_id.distinct())).where(
            ConsentRow.sequence.in_(newest),
            ConsentRow.state == State.GIVEN.value,
            ConsentRow.expires_at > stamp(now),
            ConsentRow.expires_at <= stamp(now + SOON),
        )
    )
    if number:
        yield Open(Concern.CONSENTS_LAPSING, Urgency.KNOW, number)


def _log(shop: ShopState, now: datetime) -> Iterator[Open]:
    verified = shop.verified
    if verified is not None and verified.detail and not verified.detail["ok"]:
        yield Open(Concern.LOG_BROKEN, Urgency.LATE)
    elif verified is None:
        yield Open(Concern.NEVER_VERIFIED, Urgency.SOON)
    elif (age := now - parse(verified.at)) > VERIFY_EVERY:
        yield Open(Concern.NOT_VERIFIED, Urgency.SOON, age.days)
    if shop.watched is Watched.STALE:
        yield Open(Concern.WITNESS_STALE, Urgency.LATE)
    elif shop.watched is Watched.NOBODY:
        yield Open(Concern.WITNESS_NONE, Urgency.SOON)
    back = shop.restored
    if back is not None and back.detail:
        if not back.detail["complete"] and shop.stopped:
            yield Open(Concern.RESTORED_UNSURE, Urgency.LATE)
        elif now - parse(back.at) <= _RESTORED_SHOWN:
            yield Open(Concern.RESTORED, Urgency.KNOW)
    if shop.stopped:
        yield Open(Concern.STOPPED, Urgency.LATE)


def _rules(shop: ShopState) -> Iterator[Open]:
    if shop.counsel is not None:
        left = (shop.counsel.expires - shop.at.date()).days
        if left < 0:
            yield Open(Concern.RULES_OVER, Urgency.LATE, -left)
        elif left <= SOON.days:
            yield Open(Concern.RULES_ENDING, Urgency.SOON, left)
    for name, paper in (("dpia", shop.papers.dpia_id), ("dpo", shop.papers.dpo_signed)):
        if not paper:
            yield Open(Concern.PAPER_MISSING, Urgency.LATE, name=name)


def _record(home: Home, shop: ShopState) -> Iterator[Open]:
    """The record of processing, where the region asks for it (R40)."""
    policy, profile = shop.policy or home.profile.default_policy, home.profile
    if policy is None or Paper.ARTICLE30 not in profile.papers.get(CapturePolicy(policy), ()):
        return
    held = held_article30(home)
    state = record_state(held, profile.article30_valid_days, shop.at.date())
    due = None if held is None else held.due(shop.at.date())
    if state is RecordState.DUE and due is not None:
        yield Open(Concern.RECORD_CHANGED, Urgency.SOON, (due - shop.at.date()).days)
    elif state is RecordState.CHANGED:
        yield Open(Concern.RECORD_OUTDATED, Urgency.LATE)
    elif state is not RecordState.HELD:
        yield Open(Concern.RECORD_LACKING, Urgency.LATE)


def _signs(shop: ShopState) -> Iterator[Open]:
    today = shop.at.date()
    for camera, sign in shop.signs:
        if sign is None or sign.until < today:
            yield Open(Concern.SIGN_MISSING, Urgency.LATE, name=camera)
        elif sign.until - today <= SOON:
            yield Open(Concern.SIGN_ENDING, Urgency.SOON, (sign.until - today).days, camera)


def _accuracy(accuracy: Accuracy, limit: float) -> Iterator[Open]:
    if accuracy.age is Age.OVERDUE or accuracy.problem:
        yield Open(Concern.REPORT_OVERDUE, Urgency.LATE)
    elif accuracy.age is Age.DUE:
        yield Open(Concern.REPORT_DUE, Urgency.SOON)
    if accuracy.published is not None and beyond(accuracy.published.report, limit):
        yield Open(Concern.GROUPS_DIFFER, Urgency.LATE)


def _keys(keys: KeyStatus) -> Iterator[Open]:
    if keys.development:
        yield Open(Concern.DEVELOPMENT_KEY, Urgency.LATE)
    if keys.due_in_days < 0 and not keys.rotating:
        yield Open(Concern.KEYS_LATE, Urgency.LATE, -keys.due_in_days)
