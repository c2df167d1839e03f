"""What staff do with an arrival: open its card, claim, release, confirm, "not this person".

One begins here too: with a customer who told their name and whom no camera recognised.
Each act changes the board, leaves an entry in the log, and tells every tablet that there is
something to fetch. What was not written into the log did not happen: the board is put back.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from clienteling.bus import Bus
from clienteling.customers.card import Card, build_card
from clienteling.customers.templates import note_use
from clienteling.customers.tightening import tighten
from clienteling.customers.visits import days_of_visits, note_visit
from clienteling.service.arrivals import (
    SOON,
    Arrival,
    ArrivalBoard,
    ArrivalGoneError,
    CardUnreadableError,
    Staff,
)
from clienteling.service.figures import Figure, count
from clienteling.service.sightings import TABLETS
from consent.clock import stamp
from consent.errors import ConsentMissingError, KeyDamagedError, KeyUnavailableError, SealError
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for


@dataclass(frozen=True, slots=True)
class OpenedCard:
    """An arrival and its card as one member of staff may see it now.

    Attributes:
        mine: This member of staff has claimed the arrival.
    """

    arrival: Arrival
    card: Card
    mine: bool

    @property
    def with_colleague(self) -> bool:
        """Whether somebody else is with this customer."""
        return self.arrival.claimed_by is not None and not self.mine


@dataclass(frozen=True, slots=True)
class GreetingDesk:
    """The acts on one shop's board. Holds nothing of its own, so that it can be made per call."""

    office: Office
    board: ArrivalBoard
    bus: Bus

    def ask_for(self, subject_id: str, staff: Staff) -> Arrival:
        """Put a customer on the board who told `staff` their name; `staff` greets (R6).

        Nothing is counted: the figures are about recognition.

        Raises:
            ArrivalGoneError: the customer has no account here (any more).
            ArrivalClaimedError: a colleague is with this customer.
        """
        arrival, new = self.board.ask_for(subject_id, staff)
        # Asked once the arrival is there: an account that ends from now on, the watcher takes off.
        with self.office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, Purpose.ACCOUNT, self.office.now())
        if grant is None:
            self.board.drop_subject(subject_id)
            raise ArrivalGoneError("This customer has no account here.")
        if not new:
            self._note_or_undo(EventKind.ARRIVAL_CLAIMED, arrival, staff)
            self._tell("changed", arrival)
            return arrival
        try:
            self._note(EventKind.ARRIVAL_ANNOUNCED, arrival, staff)
        except BaseException:
            self.board.drop_subject(subject_id)
            raise
        self._tell("asked", arrival)
        return arrival

    def open(self, arrival_id: str, staff: Staff) -> OpenedCard:
        """Read an arrival's card; the read is logged.

        Allergies open only for the member of staff who confirmed the person: a colleague's tablet
        needs them for nothing (R32, R35).

        Raises:
            ArrivalGoneError: it has ended, or the customer withdrew this very moment.
            CardUnreadableError: a key or what it sealed is damaged.
        """
        arrival = self.board.get(arrival_id)
        mine = arrival.claimed_by is not None and arrival.claimed_by.id == staff.id
        try:
            card = build_card(
                self.office,
                arrival.subject_id,
                reader=staff.id,
                confirmed=arrival.confirmed and mine,
                asked_by_name=arrival.asked_by_name,
            )
        except (KeyDamagedError, SealError) as error:
            raise CardUnreadableError from error
        except (ConsentMissingError, KeyUnavailableError) as error:
            for gone in self.board.drop_subject(arrival.subject_id):
                self._tell("gone", gone)
            raise ArrivalGoneError("The customer is no longer recognised here.") from error
        return OpenedCard(arrival, card, mine)

    def claim(self, arrival_id: str, staff: Staff) -> None:
        """Say "I am going to this customer".

        Raises:
            ArrivalGoneError: it has ended. ArrivalClaimedError: a colleague was first.
        """
        arrival = self.board.claim(arrival_id, staff)
        self._note_or_undo(EventKind.ARRIVAL_CLAIMED, arrival, staff)
        self._tell("changed", arrival)

    def greeted(self, arrival_id: str, staff: Staff) -> None:
        """Say "I greeted this customer"; counted once, and whether it was within a minute.

        Of staff nothing is counted, and how long anything took is not kept.

        Raises:
            ArrivalGoneError: it has ended. ArrivalClaimedError: a colleague holds it.
        """
        arrival, first = self.board.greet(arrival_id, staff)
        if first:
            with self.office.databases.identity.write() as identity:
                self._write(identity, EventKind.ARRIVAL_GREETED, arrival, staff, None)
                if not arrival.asked_by_name:
                    now = self.office.now()
                    count(identity, Figure.GREETED, now)
                    if now - arrival.at <= SOON:
                        count(identity, Figure.GREETED_SOON, now)
        self._tell("changed", arrival)

    def release(self, arrival_id: str, staff: Staff) -> None:
        """Give the arrival back to the colleagues; allergies close again.

        Raises:
            ArrivalGoneError: it has ended. ArrivalClaimedError: a colleague holds it.
        """
        arrival = self.board.release(arrival_id, staff)
        self._note(EventKind.ARRIVAL_RELEASED, arrival, staff)
        self._tell("changed", arrival)

    def confirm(self, arrival_id: str, staff: Staff) -> None:
        """Say "the customer says that this is them": allergies may open, the visit may be kept.

        Raises:
            ArrivalGoneError: it has ended. ArrivalClaimedError: a colleague holds it.
        """
        arrival, first = self.board.confirm(arrival_id, staff)
        if first:
            figure = None if arrival.asked_by_name else Figure.ARRIVAL_CONFIRMED
            self._note_or_undo(EventKind.ARRIVAL_CONFIRMED, arrival, staff, figure)
        self._tell("changed", arrival)
        kept = note_visit(self.office, arrival.subject_id, arrival.camera, arrival_id=arrival.id)
        if first and kept:
            self._count_visit(arrival.subject_id)

    def not_this_person(self, arrival_id: str, staff: Staff) -> None:
        """Take the card off every tablet; if a camera was wrong, count it and be stricter with it.

        The customer whose card it was keeps their name from the next stranger more easily; of this
        one nothing is kept.

        Raises:
            ArrivalGoneError: it has ended. ArrivalClaimedError: a colleague holds it.
        """
        arrival = self.board.dismiss(arrival_id, staff)
        self._tell("gone", arrival)
        figure = None if arrival.asked_by_name else Figure.ARRIVAL_DISMISSED
        with self.office.databases.identity.write() as identity:
            self._write(identity, EventKind.ARRIVAL_DISMISSED, arrival, staff, figure)
            if not arrival.asked_by_name:
                tighten(identity, self.office, arrival.subject_id, actor=staff.id)

    def _count_visit(self, subject_id: str) -> None:
        """Count a customer's first visit of the day, and whether there was one on another day."""
        now = self.office.now()
        with self.office.databases.identity.write() as identity:
            days = days_of_visits(identity, subject_id)
            if days.count(stamp(now)[:10]) == 1:
                count(identity, Figure.VISIT_KEPT, now)
                if len(days) > 1:
                    count(identity, Figure.CAME_BACK, now)

    def _note_or_undo(
        self, kind: EventKind, arrival: Arrival, staff: Staff, figure: Figure | None = None
    ) -> None:
        try:
            self._note(kind, arrival, staff, figure)
        except BaseException:
            self.board.release(arrival.id, staff)
            raise

    def _note(
        self, kind: EventKind, arrival: Arrival, staff: Staff, figure: Figure | None = None
    ) -> None:
        with self.office.databases.identity.write() as identity:
            self._write(identity, kind, arrival, staff, figure)

    def _write(
        self,
        identity: Session,
        kind: EventKind,
        arrival: Arrival,
        staff: Staff,
        figure: Figure | None,
    ) -> None:
        now = self.office.now()
        if figure is not None:
            count(identity, figure, now)
        if figure is Figure.ARRIVAL_CONFIRMED:
            note_use(identity, arrival.subject_id, now)
        ledger.append(
            identity,
            self.office.ring,
            kind,
            actor=staff.id,
            about=arrival.subject_id,
            detail={"by": "name"} if arrival.asked_by_name else {"camera": arrival.camera},
            now=now,
        )

    def _tell(self, event: str, arrival: Arrival) -> None:
        self.bus.publish(TABLETS, event, {"arrival_id": arrival.id})
