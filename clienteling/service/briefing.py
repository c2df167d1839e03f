"""What the member of staff who confirmed a customer is told, by basics first.

A complaint that is open comes before every suggestion. Each part is read with its own consent, and
what the customer does not share is simply not there.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clienteling.customers import intents, notes
from clienteling.customers.intents import Intent
from clienteling.customers.kept import Kept
from clienteling.customers.notes import Note
from clienteling.customers.purchases import Sale, Usual, sales_of, usual
from clienteling.customers.visits import last_visits
from clienteling.service.arrivals import Arrival, ArrivalGoneError, CardUnreadableError, Staff
from clienteling.service.helpbar.kinds import HelpRequest
from clienteling.service.helpbar.lists import OpenHelp, open_for
from clienteling.service.suggesting import Suggested, SuggestionDesk
from consent.errors import ConsentMissingError, KeyDamagedError, KeyUnavailableError, SealError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, standing

_LAST_SALES, _NOTES = 2, 3


class Part(StrEnum):
    """What the card says, in this order."""

    COMPLAINT = "complaint"
    REQUEST = "request"
    READY = "ready"
    ALLERGIES = "allergies"
    INTENT = "intent"
    USUAL = "usual"
    TASTES = "tastes"
    SUGGESTIONS = "suggestions"
    LAST = "last"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything beside name, tastes and allergies.

    Attributes:
        last_visit: The last day before today on which the customer came; None: not kept, or never.
        preferences: Whether notes, an intent and opinions can be kept.
    """

    complaints: tuple[HelpRequest, ...] = field(default=(), repr=False)
    requests: tuple[HelpRequest, ...] = field(default=(), repr=False)
    ready: tuple[HelpRequest, ...] = field(default=(), repr=False)
    intents: tuple[Kept[Intent], ...] = ()
    usual: tuple[Usual, ...] = ()
    suggested: Suggested = field(default_factory=lambda: Suggested((), {}), repr=False)
    last_sales: tuple[Sale, ...] = ()
    last_visit: date | None = None
    notes: tuple[Kept[Note], ...] = ()
    preferences: bool = False


def brief(office: Office, desk: SuggestionDesk, arrival: Arrival, staff: Staff) -> Briefing:
    """Read the briefing for who confirmed the person; the read is logged.

    Raises:
        NotConfirmedError: this member of staff did not (R32).
        ArrivalGoneError: the customer withdrew or was erased meanwhile.
        CardUnreadableError: a key or what it sealed is damaged.
        LedgerError: it cannot be logged, so nothing is shown.
    """
    suggested = desk.suggest_for(arrival, staff)  # refuses who did not confirm
    subject_id = arrival.subject_id
    with office.databases.identity.write() as identity:
        grants = standing(identity, subject_id, office.now())
        append(
            identity,
            office.ring,
            EventKind.PROFILE_READ,
            actor=staff.id,
            about=subject_id,
            detail={"part": "briefing"},
            now=office.now(),
        )
    today = office.today()
    preferences, bought = grants.get(Purpose.PREFERENCES), grants.get(Purpose.PURCHASES)
    visits = grants.get(Purpose.VISITS)
    try:
        sales = () if bought is None else sales_of(office, bought)
        open_help = open_for(office, subject_id) if Purpose.ACCOUNT in grants else OpenHelp()
        return Briefing(
            complaints=open_help.complaints,
            requests=open_help.others,
            ready=open_help.ready,
            intents=() if preferences is None else intents.read(office, preferences),
            usual=usual(sales, today),
            suggested=suggested,
            last_sales=sales[:_LAST_SALES],
            last_visit=None if visits is None else _before_today(office, visits),
            notes=() if preferences is None else notes.read(office, preferences)[:_NOTES],
            preferences=preferences is not None,
        )
    except (KeyDamagedError, SealError) as error:
        raise CardUnreadableError from error
    except (ConsentMissingError, KeyUnavailableError) as error:
        raise ArrivalGoneError("The customer is no longer recognised here.") from error


def _before_today(office: Office, grant: Grant) -> date | None:
    today = office.today()
    days = (office.wall(visit.at).date() for visit in last_visits(office, grant))
    return next((day for day in days if day < today), None)
