"""What a customer bought here, under `purchases`: one sealed record for each sale."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass as plain_dataclass
from dataclasses import field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.dataclasses import dataclass

from clienteling.customers import records
from clienteling.customers.records import NewRecord, RecordKind
from consent.clock import stamp
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, require_grant

#: A sale has at most so many lines, and a line so many pieces.
MOST_LINES = 500
MOST_PIECES = 100_000
#: "The usual" was bought on at least so many days, the last time within so many.
REPEATS = 3
STILL = timedelta(days=180)
#: After so many days a purchase counts half.
_HALVES = 90.0

_STRICT = ConfigDict(extra="forbid")
_Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Source(StrEnum):
    """Who said that it was bought."""

    TILL = "till"
    IMPORT = "import"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, config=_STRICT)
class Line:
    """One line of a receipt.

    Attributes:
        name: As the receipt has it.
        quantity: Pieces; less than 0: brought back.
        price_cents: Of one piece, in hundredths of the shop's currency; None: not told.
        product_id: Of the catalogue; None: the product is not in it.
        sku: The code by which the till knows it.
    """

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    quantity: Annotated[int, Field(ge=-MOST_PIECES, le=MOST_PIECES)] = 1
    price_cents: Annotated[int, Field(ge=0)] | None = None
    product_id: Annotated[str, StringConstraints(max_length=36)] | None = None
    sku: _Code | None = None

    @property
    def what(self) -> str:
        """By what two lines are of the same product."""
        return self.product_id or self.sku or self.name.casefold()


@dataclass(frozen=True, slots=True, config=_STRICT)
class Sale:
    """A sale.

    Attributes:
        number: The till's own number of it; the same number again is the same sale.
        at: When, with its time zone; kept in UTC.
    """

    number: _Code
    at: AwareDatetime
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_LINES)] = field(
        repr=False
    )
    source: Source = Source.TILL


@plain_dataclass(frozen=True, slots=True)
class Usual:
    """What a customer usually takes.

    Attributes:
        line: As it was last bought.
        days: On how many days it was bought.
        last_on: The last of them, in UTC.
    """

    line: Line = field(repr=False)
    days: int
    last_on: date


_ADAPTER = TypeAdapter(Sale)


def keep_sale(office: Office, subject_id: str, sale: Sale, *, actor: str) -> str:
    """Keep a sale and log that; returns the record's id. The same number again replaces it.

    Raises:
        ConsentMissingError: the customer does not want purchases remembered: nothing is kept.
        UsageError: this sale is kept as another customer's.
    """
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.PURCHASES, office.now())
    log_kept(office, subject_id, actor)
    return records.keep(office, grant, record_of(office, sale))


def sales_of(office: Office, grant: Grant) -> tuple[Sale, ...]:
    """Return what a customer bought, the newest first. The caller logs that it was shown.

    Raises:
        As `records.records_of`.
    """
    kept = records.records_of(office, grant, RecordKind.SALE)
    return tuple(sorted(map(opened, kept), key=lambda sale: sale.at, reverse=True))


def remove_sale(office: Office, grant: Grant, number: str, *, actor: str) -> bool:
    """Remove the sale of this number; logged. Returns whether it was this customer's."""
    id_ = sale_id(office, number)
    if records.record(office, grant, id_) is None:
        return False
    log_kept(office, grant.subject_id, actor, EventKind.RECORD_REMOVED)
    return records.remove(office, grant, id_)


def usual(sales: Iterable[Sale], today: date, *, most: int = 3) -> tuple[Usual, ...]:
    """Return what is bought again and again, first what is bought most often and lately.

    Bought on fewer than three days, or not for half a year, is no habit; brought back is not
    bought.
    """
    bought: dict[str, dict[date, Line]] = {}
    for sale in sales:
        for line in sale.lines:
            if line.quantity > 0:
                bought.setdefault(line.what, {})[sale.at.date()] = line
    habits = [
        (_weight(days, today), Usual(days[max(days)], len(days), max(days)))
        for days in bought.values()
        if len(days) >= REPEATS and today - max(days) <= STILL
    ]
    habits.sort(key=lambda each: (-each[0], each[1].line.name))
    return tuple(habit for _, habit in habits[:most])


def record_of(office: Office, sale: Sale) -> NewRecord:
    """Return a sale as it is kept."""
    in_utc = replace(sale, at=_utc(sale.at))
    return NewRecord(
        RecordKind.SALE,
        _ADAPTER.dump_json(in_utc, exclude_none=True),
        day=stamp(sale.at)[:10],
        id=sale_id(office, sale.number),
    )


def opened(record: records.Record) -> Sale:
    """Return the sale in an opened record."""
    return _ADAPTER.validate_json(record.content)


def sale_id(office: Office, number: str) -> str:
    """Return the id under which a sale is kept: a keyed hash, so that no receipt leads to it."""
    said = f"sale\0{office.controller.store_id}\0{number.strip()}".encode()
    return str(uuid.UUID(bytes=hmac.digest(office.ring.lookup, said, hashlib.sha256)[:16]))


def log_kept(
    office: Office, subject_id: str, actor: str, kind: EventKind = EventKind.RECORD_KEPT
) -> None:
    """Log that a sale was kept or removed."""
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            kind,
            actor=actor,
            about=subject_id,
            detail={"kind": RecordKind.SALE.value},
            now=office.now(),
        )


def _weight(days: Iterable[date], today: date) -> float:
    return float(sum(0.5 ** (max(0, (today - day).days) / _HALVES) for day in days))


def _utc(at: datetime) -> datetime:
    return datetime.fromisoformat(stamp(at))
