"""The morning huddle: what the team looks at together before the doors open; nothing measured."""

from dataclasses import dataclass

from clienteling.customers.dates import Remembered, on_day
from clienteling.service.helpbar.lists import pickups_today
from clienteling.team.compliments import Compliment
from clienteling.team.compliments import lately as compliments_lately
from clienteling.team.moments import Moment, best_lately
from clienteling.team.rotation import Case, Value, case_of_day, value_of_week
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office


@dataclass(frozen=True, slots=True)
class Huddle:
    """A morning's page; None or empty: there is none.

    Attributes:
        dates: Whose important day it is, of customers who told it and share their preferences.
        pickups: How many things are ready, or promised for today, to be picked up.
    """

    value: Value | None
    moment: Moment | None
    case: Case | None
    compliments: tuple[Compliment, ...]
    dates: tuple[Remembered, ...]
    pickups: int


def open_huddle(office: Office, *, reader: str) -> Huddle:
    """Return this morning's page. That `reader` opened it is logged, and each date that it shows.

    Raises:
        SealError: stored bytes of a customer's date were altered.
        LedgerError: it cannot be logged, so nothing is shown.
    """
    now, today = office.now(), office.today()
    with office.databases.identity.write() as identity:
        ledger.append(
            identity,
            office.ring,
            EventKind.HUDDLE_READ,
            actor=reader,
            about=None,
            detail={},
            now=now,
        )
    dates = on_day(office, today.month, today.day, reader=reader)
    pickups = len(pickups_today(office))
    with office.databases.identity.read() as identity:
        return Huddle(
            value=value_of_week(identity, today),
            moment=best_lately(identity, today, reader),
            case=case_of_day(identity, today),
            compliments=compliments_lately(identity, today, office.zone),
            dates=dates,
            pickups=pickups,
        )
