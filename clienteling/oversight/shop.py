"""The officer's first look: what stands, what is on its way, what must be put right."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from clienteling.home import Home
from clienteling.oversight.edges import EdgeState, edge_states
from clienteling.oversight.flows import FlowState, open_flows
from clienteling.oversight.watching import Watch, Watched, watched, watches
from clienteling.service.signs import Sign, SignBook, cameras_of
from clienteling.service.stop import is_stopped
from consent.clock import stamp
from consent.errors import LedgerError
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import EntryView
from consent.log.notes import Checkpoint
from consent.models import ConsentRow
from consent.purposes import Purpose
from consent.records import State
from consent.region.policy import CounselSignature, Papers

_VERIFIED = EventKind.LOG_VERIFIED
_RESTORED = EventKind.LOG_RESTORED


@dataclass(frozen=True, slots=True)
class ShopState:
    """One shop at one moment.

    Attributes:
        entries: Entries in the log.
        checkpoint: The newest; None while the log is empty or cannot be read.
        watches: The witnesses of the log; `watched` says whether that is enough.
        restored: The newest entry that says that a backup was restored.
        verified: The newest entry that says that the log was verified.
        standing: How many customers stand for each purpose.
        edges: The cameras.
        flows: Withdrawals and erasures that are not finished.
        stopped: Whether recognition is stopped.
        papers: What the shop says it holds.
        counsel: Who changed the region's rules, if somebody did.
        profile: The hash of these rules.
        signs: Each camera with its sign, if anybody attested one.
        development_key: The root key lies in the clear: not for real customers.
    """

    entries: int
    checkpoint: Checkpoint | None
    watches: tuple[Watch, ...]
    restored: EntryView | None
    verified: EntryView | None
    standing: dict[Purpose, int]
    edges: tuple[EdgeState, ...]
    flows: tuple[FlowState, ...]
    stopped: bool
    region: str
    policy: str | None
    papers: Papers
    counsel: CounselSignature | None
    profile: str
    signs: tuple[tuple[str, Sign | None], ...]
    development_key: bool
    at: datetime

    @property
    def watched(self) -> Watched:
        """How well the log is watched from outside."""
        return watched(self.watches)


def shop_state(home: Home) -> ShopState:
    """Read the state of the shop; of single customers only the numbers in open flows."""
    now = home.office.now()
    papers = home.config.papers
    book = SignBook(home.office, home.config.region.policy, papers.sign_attested)
    with home.databases.identity.read() as identity:
        return ShopState(
            entries=ledger.size(identity),
            checkpoint=newest_checkpoint(identity),
            watches=watches(identity, now, timedelta(hours=home.config.log.witness_hours)),
            restored=next(iter(ledger.search(identity, kinds=[_RESTORED], limit=1)), None),
            verified=next(iter(ledger.search(identity, kinds=[_VERIFIED], limit=1)), None),
            standing=count_standing(identity, now),
            edges=edge_states(identity, now),
            flows=open_flows(identity, now),
            stopped=is_stopped(identity),
            region=home.profile.region,
            policy=home.config.region.policy,
            papers=Papers(papers.dpia_id, papers.dpo_signed, papers.sign_attested),
            counsel=home.profile.counsel,
            profile=home.profile.sha256,
            signs=tuple((name, book.sign_of(identity, name)) for name in cameras_of(identity)),
            development_key=home.development_key,
            at=now,
        )


def newest_checkpoint(identity: Session) -> Checkpoint | None:
    """Return the newest checkpoint, or None where there is none that can be read."""
    try:
        return ledger.latest_checkpoint(identity)
    except LedgerError:
        return None


def count_standing(identity: Session, now: datetime) -> dict[Purpose, int]:
    """Return for each purpose how many customers' newest record is `given` and has not lapsed."""
    newest = select(func.max(ConsentRow.sequence)).group_by(
        ConsentRow.subject_id, ConsentRow.purpose
    )
    rows = identity.execute(
        select(ConsentRow.purpose, func.count())
        .where(
            ConsentRow.sequence.in_(newest),
            ConsentRow.state == State.GIVEN.value,
            or_(ConsentRow.expires_at.is_(None), ConsentRow.expires_at > stamp(now)),
        )
        .group_by(ConsentRow.purpose)
    )
    found = {name: number for name, number in rows}  # noqa: C416 - Row is not a tuple type
    return {purpose: found.get(purpose.value, 0) for purpose in Purpose}
