"""A file of purchases, as a till wrote it: CSV in UTF-8, one line of a receipt a row.

sale      needed: the receipt's number; rows with the same one are one sale
at        needed: 2026-11-24 or 2026-11-24 15:04, also with a zone; without one: UTC
email     one of these four says whose it is; none: sold to nobody in particular
phone
card
customer  our own number of the customer
gtin      one of these two says which product
sku
name      as the receipt has it; else the catalogue's name
quantity  whole pieces, 1 where it is empty; less than 0: brought back
price     of one piece: 3.95
"""

import csv
import gzip
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TextIO

from clienteling.catalogue.gtin import normal_gtin
from clienteling.errors import UsageError

CUSTOMER: Final = ("email", "phone", "card", "customer")
COLUMNS: Final = ("sale", "at", *CUSTOMER, "gtin", "sku", "name", "quantity", "price")
TEMPLATE: Final = ",".join(COLUMNS) + "\n"
_MOST_CENTS: Final = 10_000_000
_MOST_PIECES: Final = 100_000

#: The column that names a customer, and what it says.
Who = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a receipt. `who`: None: sold to nobody in particular."""

    line: int
    sale: str
    at: datetime
    who: Who | None = field(repr=False)
    gtin: str
    sku: str
    name: str
    quantity: int
    price_cents: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that is left out, and why; it names no customer."""

    line: int
    column: str
    what: str


def read_lines(path: Path, *, of: Container[Who] | None = None) -> Iterator[LineRow | Problem]:
    """Read a file row by row; gzip is unpacked.

    `of`: only the rows of these customers, the others are not looked at.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or lacks a column; the message says which.
    """
    try:
        with _open(path) as text:
            first = text.readline()
            delimiter = max(",;\t", key=first.count)
            columns = [name.strip().casefold() for name in first.strip().split(delimiter)]
            _check(columns)
            reader = csv.reader(text, delimiter=delimiter, strict=True)
            places = [(name, columns.index(name)) for name in CUSTOMER if name in columns]
            for values in reader:
                who = _who(places, values)
                if any(values) and (of is None or who in of):
                    yield _row(reader.line_num + 1, columns, values, who)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8. Save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise UsageError(f"{path} is not CSV ({error}). Mend the quotes.") from error
    except (OSError, EOFError) as error:
        raise UsageError(
            f"{path} cannot be read. Is the name right, and the file whole?"
        ) from error


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _check(columns: Sequence[str]) -> None:
    missing = {"sale", "at"} - set(columns)
    if missing or not {"gtin", "sku", "name"} & set(columns):
        raise UsageError(
            "The first line must name the columns sale, at and one of gtin, sku, name. "
            "`--template` writes such a line."
        )
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise UsageError(f"These columns are not known: {', '.join(unknown)}. Leave them out.")


def _row(
    line: int, columns: Sequence[str], values: Sequence[str], who: Who | None
) -> LineRow | Problem:
    if len(values) != len(columns):
        return Problem(line, "", f"It has {len(values)} values, the first line {len(columns)}.")
    told = {name: value.strip() for name, value in zip(columns, values, strict=True)}
    try:
        return LineRow(
            line=line,
            sale=_sale(told),
            at=_at(told["at"]),
            who=who,
            gtin=_gtin(told.get("gtin", "")),
            sku=told.get("sku", ""),
            name=told.get("name", "")[:200],
            quantity=_quantity(told.get("quantity", "")),
            price_cents=_cents(told.get("price", "")),
        )
    except _WrongError as error:
        return Problem(line, error.column, error.what)


def _who(places: Sequence[tuple[str, int]], values: Sequence[str]) -> Who | None:
    """Return whose a row is, by the first of the columns for it that says something."""
    for name, place in places:
        if place < len(values) and (value := values[place].strip()):
            return name, value
    return None


class _WrongError(Exception):
    def __init__(self, column: str, what: str) -> None:
        super().__init__(what)
        self.column, self.what = column, what


def _sale(told: Mapping[str, str]) -> str:
    if not told["sale"] or len(told["sale"]) > 64:  # noqa: PLR2004  (as `purchases.Sale`)
        raise _WrongError("sale", "The receipt's number is missing, or has over 64 characters.")
    if not (told.get("gtin") or told.get("sku") or told.get("name")):
        raise _WrongError("", "There is no product. Fill in gtin, sku or name.")
    return told["sale"]


def _at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        what = "Write the day as 2026-11-24, or with the time as 2026-11-24 15:04."
        raise _WrongError("at", what) from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _gtin(text: str) -> str:
    try:
        return normal_gtin(text) if text else ""
    except ValueError as error:
        raise _WrongError("gtin", str(error)) from error


def _quantity(text: str) -> int:
    try:
        quantity = int(text or "1")
    except ValueError as error:
        raise _WrongError("quantity", "Write whole pieces, as 2.") from error
    if not 0 < abs(quantity) <= _MOST_PIECES:
        raise _WrongError("quantity", "A quantity is from 1 to 100,000, or less than 0.")
    return quantity


def _cents(text: str) -> int | None:
    if not text:
        return None
    try:
        cents = int(Decimal(text.replace(",", ".")) * 100)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise _WrongError("price", "Write the price of one piece as 3.95.") from error
    if not 0 <= cents <= _MOST_CENTS:
        raise _WrongError("price", "A price is from 0 to 100,000.00.")
    return cents
