"""Important dates of a customer, under `preferences`: day and month only, told by the customer."""

from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, model_validator
from pydantic.dataclasses import dataclass

from clienteling.customers.everybody import everybodys
from clienteling.customers.kept import Drawer, Kept, ToldBy, log_shown
from clienteling.customers.profile import Account
from clienteling.customers.profile import read as read_section
from clienteling.customers.records import RecordKind
from consent.errors import KeyUnavailableError
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for

LONGEST = 40
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class ImportantDate:
    """A day that comes back each year; no year, so that it tells no age."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    told_by: ToldBy = ToldBy.STAFF

    @model_validator(mode="after")
    def _exists(self) -> Self:
        try:
            date(_LEAP_YEAR, self.month, self.day)
        except ValueError as error:
            raise ValueError("there is no such day") from error
        return self

    def in_year(self, year: int) -> date:
        """Return it in a year; 29 February falls on the 28th where there is none."""
        missing = (self.month, self.day) == (2, 29) and not isleap(year)
        return date(year, self.month, 28 if missing else self.day)

    def next_on(self, today: date) -> date:
        """Return when it comes next: today or later."""
        this_year = self.in_year(today.year)
        return this_year if this_year >= today else self.in_year(today.year + 1)


@plain_dataclass(frozen=True, slots=True)
class Remembered:
    """Somebody who told of a day that is today."""

    subject_id: str
    name: str = field(repr=False)
    what: str = field(repr=False)


_DATES = Drawer(RecordKind.DATE, ImportantDate, most=20)
_ADAPTER = TypeAdapter(ImportantDate)


def read(office: Office, grant: Grant) -> tuple[Kept[ImportantDate], ...]:
    """Return the customer's dates, the next one first. The caller logs that they were shown.

    Raises:
        As `records.records_of`.
    """
    today = office.now().date()
    found = _DATES.read(office, grant)
    return tuple(sorted(found, key=lambda one: (one.content.next_on(today), one.content.what)))


def add(
    office: Office,
    subject_id: str,
    day: tuple[int, int],
    what: str,
    *,
    actor: str,
    told_by: ToldBy = ToldBy.STAFF,
) -> str:
    """Keep a date, (month, day); logged. Returns its id.

    Raises:
        UsageError: there is no such day, `what` is empty or over 40 characters, or 20 are kept.
        ConsentMissingError: the customer does not share preferences.
    """
    made = _DATES.made(month=day[0], day=day[1], what=what, told_by=told_by)
    return _DATES.add(office, subject_id, made, actor=actor)


def change(
    office: Office,
    subject_id: str,
    date_id: str,
    day: tuple[int, int],
    what: str,
    *,
    actor: str,
    told_by: ToldBy = ToldBy.STAFF,
) -> bool:
    """Change a date; logged. Returns whether it was there.

    Raises:
        UsageError, ConsentMissingError: as `add`.
    """
    made = _DATES.made(month=day[0], day=day[1], what=what, told_by=told_by)
    return _DATES.change(office, subject_id, date_id, made, actor=actor)


def remove(office: Office, subject_id: str, date_id: str, *, actor: str) -> bool:
    """Remove a date; logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `add`.
    """
    return _DATES.remove(office, subject_id, date_id, actor=actor)


def on_day(office: Office, month: int, day: int, *, reader: str) -> tuple[Remembered, ...]:
    """Return whose date it is on a day of this year, by name; each that is shown is logged.

    Only of customers whose consent stands. Where this year has no 29 February, its dates are those
    of the 28th.

    Raises:
        SealError: stored bytes were altered.
        LedgerError: it cannot be logged, so nothing is returned.
    """
    wanted = (month, day)
    year = office.now().year
    found = []
    for one in everybodys(office, RecordKind.DATE):
        content = _ADAPTER.validate_json(one.content)
        falls = content.in_year(year)
        if (falls.month, falls.day) == wanted:
            found.append((one.subject_id, content.what))
    shown = tuple(sorted(_named(office, found), key=lambda each: each.name.casefold()))
    log_shown(office, (each.subject_id for each in shown), reader, "dates")
    return shown


def _named(office: Office, found: list[tuple[str, str]]) -> Iterator[Remembered]:
    for subject_id, what in found:
        with office.databases.identity.read() as identity:
            grant = grant_for(identity, subject_id, Purpose.ACCOUNT, office.now())
        try:
            account = None if grant is None else read_section(office, grant, Account)
        except KeyUnavailableError:
            continue  # erased this very moment
        if account is not None:
            yield Remembered(subject_id, account.name, what)
