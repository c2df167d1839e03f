"""Reading purchases and products for a measurement: CSV, also gzipped, with one header row."""

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from clienteling.catalogue.imports.applying import guess_format, read_rows
from clienteling.catalogue.imports.files import read_file
from clienteling.catalogue.product import Product, split_category
from clienteling.catalogue.suggestions.history import Bought
from clienteling.errors import UsageError

#: The names under which files have a column; the first that a file has is taken.
_CUSTOMER = ("customer_id", "customer", "member_number")
_PRODUCT = ("product_id", "product", "stock_code", "sku", "item")
_DAY = ("date", "bought_at", "invoice_datetime", "day")
_NAME = ("name", "description", "product_name")


@dataclass(frozen=True, slots=True)
class Purchases:
    """A file of purchases.

    Attributes:
        histories: What each customer bought, in the order of the file.
        lines: How many rows it had.
    """

    histories: Mapping[str, tuple[Bought, ...]]
    lines: int

    def tenth(self) -> date:
        """Return the day after which the last tenth of the shopping days lies.

        Raises:
            UsageError: there are no purchases.
        """
        days = sorted(
            day for several in self.histories.values() for day in {each.on for each in several}
        )
        if not days:
            raise UsageError("The file has no purchases.")
        return days[len(days) * 9 // 10]


def read_purchases(file: Path) -> Purchases:
    """Read a file with a customer, a product and a day in each row.

    Raises:
        UsageError: the file or a column is missing, or a row has no day; the message says where.
    """
    histories: dict[str, list[Bought]] = {}
    lines = 0
    for lines, row in enumerate(_rows(file, _CUSTOMER, _PRODUCT, _DAY), start=1):
        who, product, day = row
        try:
            on = date.fromisoformat(day[:10])
        except ValueError as error:
            raise UsageError(
                f"{file}, line {lines + 1}: {day[:20]!r} is no day like 2026-11-24."
            ) from error
        histories.setdefault(who, []).append(Bought(product, on))
    return Purchases({who: tuple(several) for who, several in histories.items()}, lines)


def read_products(file: Path) -> tuple[Product, ...]:
    """Read a file with a product's code and name in each row; "category" is read where it is there.

    Raises:
        UsageError: the file or a column is missing.
    """
    with _open(file) as text:
        has_category = "category" in (csv.DictReader(text).fieldnames or ())
    wanted = (_PRODUCT, _NAME, ("category",)) if has_category else (_PRODUCT, _NAME)
    return tuple(
        Product(
            id=code, name=name or code, category=split_category(category[0] if category else "")
        )
        for code, name, *category in _rows(file, *wanted)
    )


def read_declared(file: Path) -> tuple[Product, ...]:
    """Read products with their allergens, in any form that `import products` takes.

    Raises:
        UsageError: the file cannot be read.
    """
    text = read_file(file)
    rows = read_rows(text, guess_format(text))
    return tuple(
        Product(id=str(row.line), **row.facts)
        for row in rows
        if row.is_good and row.facts.get("name")
    )


def _rows(file: Path, *wanted: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    with _open(file) as text:
        reader = csv.DictReader(text)
        columns = [_column(file, reader.fieldnames or (), names) for names in wanted]
        for row in reader:
            yield tuple((row[column] or "").strip() for column in columns)


def _column(file: Path, present: Sequence[str], names: tuple[str, ...]) -> str:
    found = next((name for name in names if name in present), None)
    if found is None:
        raise UsageError(f"{file} has no column {' or '.join(names)}. Name one of them so.")
    return found


def _open(file: Path) -> TextIO:
    try:
        if file.suffix == ".gz":
            return gzip.open(file, "rt", encoding="utf-8", newline="")
        return file.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
