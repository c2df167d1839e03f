"""What every act of the consent package is given: the shop, its keys, databases and erasers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from consent.keystore.keys import KeyRing
from consent.notices import Notices
from consent.purposes import CHOICES, Purpose
from consent.records import Grant
from consent.region.policy import CapturePolicy, RegionProfile
from consent.sealing import AssociatedData
from consent.storage import Databases


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the data (GDPR 4(7)), as receipts and notices name it.

    Attributes:
        tenant: Id of the chain.
        store_id: Id of the shop.
        name: Legal name.
        address: Postal address.
        contact: Where customers write or call.
        dpo: The data protection officer's contact.
        demo: Invented; every receipt says so.
        country: Two letters: where a phone number is that names no country.
    """

    tenant: str
    store_id: str
    name: str
    address: str
    contact: str
    dpo: str
    demo: bool
    country: str = "NL"


@dataclass(frozen=True, slots=True)
class Processing:
    """How and where this shop processes, as its consent records say it.

    Attributes:
        storage: Where data is stored, in words.
        places: Where it is processed, in words.
        recipients: Names of processors that receive any of it; nobody, if empty.
        policy: How cameras recognise here; None: not at all.
        address: The hub's public address (https://…) under which notices and receipts can be
            checked; empty: there is none beyond the shop.
        till: The till can ask who somebody is (`[till] identify`); else nobody is asked for it.
    """

    storage: tuple[str, ...] = ("the shop's own server",)
    places: tuple[str, ...] = ("the shop",)
    recipients: tuple[str, ...] = ()
    policy: CapturePolicy | None = None
    address: str = ""
    till: bool = False


def _no_aliases(
    _identity: Session, _subject_id: str, _purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Eraser:
    """Deletes one kind of data of a subject, in its own transactions. Idempotent.

    Attributes:
        name: Unique and stable: an open flow remembers which erasers have run.
        erase: Given the subject and the purposes that ended (with ACCOUNT among them: everything).
            Returns the template aliases that it removed.
        aliases: The template aliases that `erase` would remove, read in the transaction that
            records the withdrawal; so that edges hear of them even if the process dies halfway.
    """

    name: str
    erase: Callable[[Databases, str, frozenset[Purpose]], tuple[str, ...]]
    aliases: Callable[[Session, str, frozenset[Purpose]], tuple[str, ...]] = _no_aliases


class EdgeAnswer(StrEnum):
    """Where one camera stands with what was withdrawn."""

    REMOVED = "removed"  # it acknowledged a gallery without it
    LEASE_OUT = "lease out"  # it may not match any more, whatever it holds
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Ended:
    """What an older copy of the databases must not undo, as it is kept outside them.

    Attributes:
        flow_id: Of the flow that carries it out; of a restriction a random number; of a request
            its own.
        kind: "withdraw" or "erase"; "restrict" or "lift" (GDPR 18); "request" or "answer".
        subject_id: Whose; a random number. Empty: of somebody who is no customer.
        purposes: Names of the purposes; of a restriction its ground; of a request its kind and
            channel, of an answer its outcome and channel.
        at: When, as `clock.stamp` writes it.
    """

    flow_id: str
    kind: str
    subject_id: str
    purposes: tuple[str, ...]
    at: str


def _carry_on(_step: str) -> None:
    pass


def _keep_nowhere(_ended: Ended) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Office:
    """Built once at the root, and given to every act.

    Attributes:
        databases: Identity, templates, keys.
        ring: The opened keys.
        controller: Who answers.
        profile: The region's rules.
        erasers: Run in this order when data must go.
        now: The clock.
        edges: Given a reading session and an entry's index: for each camera's id, whether it can
            still match with what that entry removed.
        note_ending: Keeps, outside the databases, that consent ended; before any key is destroyed.
        dpia_id: Named in records as `impact_assessment`.
        processing: How and where, for the records.
        after_step: Called with the name of each completed step of a flow; tests stop there.
        home: The data folder, where the shop's own texts lie; None: it has none.
        zone: Of the shop's clock on the wall: where its days and months begin.
    """

    databases: Databases
    ring: KeyRing
    controller: Controller
    profile: RegionProfile
    erasers: tuple[Eraser, ...]
    now: Callable[[], datetime]
    edges: Callable[[Session, int], Mapping[str, EdgeAnswer]]
    note_ending: Callable[[Ended], None] = _keep_nowhere
    dpia_id: str | None = None
    processing: Processing = field(default_factory=Processing)
    after_step: Callable[[str], None] = _carry_on
    home: Path | None = None
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        """Let every session judge consents by the texts that hold here (`consent.records`)."""
        self.databases.identity.session_info["notices"] = self.notices

    def wall(self, moment: datetime) -> datetime:
        """Return a moment as the shop's clock on the wall says it."""
        return moment.astimezone(self.zone)

    def wall_now(self) -> datetime:
        """Return the present, in the shop's zone."""
        return self.wall(self.now())

    def today(self) -> date:
        """Return the shop's day."""
        return self.wall_now().date()

    @property
    def notices(self) -> Notices:
        """The texts that people consent to here."""
        by_pass = self.processing.policy is CapturePolicy.PASS
        return Notices(self.profile.region, by_pass, self.home)

    @property
    def choices(self) -> tuple[Purpose, ...]:
        """What a person is asked for here, in this order."""
        return tuple(p for p in CHOICES if p is not Purpose.TILL or self.processing.till)

    def binding(self, grant: Grant, model: str = "", item: str = "") -> AssociatedData:
        """Return what data under this grant is sealed to.

        `model` for what an encoder made; `item` for one of several, so that none takes another's
        place.
        """
        return AssociatedData(
            tenant=self.controller.tenant,
            store=self.controller.store_id,
            subject=grant.subject_id,
            purpose=grant.purpose.value,
            model=model,
            consent_id=grant.consent_id,
            item=item,
        )
