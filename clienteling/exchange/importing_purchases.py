"""Taking purchases over from a file: customer by customer, and only of who wants that.

Running it again keeps nothing twice: a sale's number decides. What is of nobody who is known, or of
customers without the purpose `purchases`, is counted and not kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select

from clienteling.catalogue.shelf import Catalogue, shelf_of
from clienteling.customers.contact import ContactKind, card_number, contact_digest, phone_number
from clienteling.customers.many_sales import granting, keep_sales
from clienteling.customers.models import LookupRow
from clienteling.customers.purchases import MOST_LINES, Line, Sale, Source
from clienteling.errors import UsageError
from clienteling.exchange.purchases_file import LineRow, Problem
from consent.office import Office

#: Customers whose sales are written in one transaction: about a third of a second.
BATCH: Final = 100
_ASKED: Final = 500
_UNKNOWN: Final = "The catalogue has no such product. Import it first, or fill in the name."

Who = tuple[str, str]


@dataclass(slots=True)
class Imported:
    """What became of a file's lines.

    Attributes:
        lines: Rows of the file.
        kept: Of customers who want purchases remembered.
        sales: How many sales those are.
        customers: Of how many customers.
        without: Lines of customers who do not want it: not kept.
        nobody: Lines without a customer, or of somebody who is not known here: not kept.
    """

    lines: int = 0
    kept: int = 0
    sales: int = 0
    customers: int = 0
    without: int = 0
    nobody: int = 0
    problems: list[Problem] = field(default_factory=list)
    dry: bool = False


def import_purchases(
    office: Office,
    rows: Iterable[LineRow | Problem],
    *,
    actor: str,
    dry: bool = False,
    tell: Callable[[int], None] = lambda _done: None,
) -> Imported:
    """Keep what the rows say; a dry run says what would be kept.

    Args:
        office: The shop.
        rows: Of `purchases_file.read_lines`.
        actor: As the log names who imports.
        dry: Keep nothing.
        tell: Told how many lines are dealt with.

    Raises:
        UsageError: the file cannot be read on. StorageError: a database is away or full; the
            customers before it are kept, and the next run goes on.
    """
    result = Imported(dry=dry)
    by_who = _by_customer(rows, result)
    subjects = _subjects(office, by_who)
    theirs: dict[str, list[LineRow]] = {}
    for who in list(by_who):
        lines = by_who.pop(who)
        if who in subjects:
            theirs.setdefault(subjects[who], []).extend(lines)
        else:
            result.nobody += len(lines)
    catalogue = shelf_of(office).catalogue()
    tell(result.nobody + len(result.problems))
    ids = sorted(theirs)
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        _batch(office, {each: theirs.pop(each) for each in some}, catalogue, actor, result)
        tell(result.nobody + result.without + result.kept + len(result.problems))
    return result


def _by_customer(rows: Iterable[LineRow | Problem], result: Imported) -> dict[Who, list[LineRow]]:
    found: dict[Who, list[LineRow]] = {}
    for row in rows:
        result.lines += 1
        if isinstance(row, Problem):
            result.problems.append(row)
        elif row.who is None:
            result.nobody += 1
        else:
            found.setdefault(row.who, []).append(row)
    return found


def _subjects(office: Office, several: Iterable[Who]) -> dict[Who, str]:
    """Return whose these contacts are; who is not known here is left out."""
    digests: dict[str, Who] = {}
    found: dict[Who, str] = {}
    for who in several:
        column, value = who
        if column == "customer":
            found[who] = value.casefold()
        elif (digest := _digest(office, column, value)) is not None:
            digests[digest] = who
    asked = list(digests)
    with office.databases.identity.read() as identity:
        for start in range(0, len(asked), _ASKED):
            some = asked[start : start + _ASKED]
            for row in identity.scalars(select(LookupRow).where(LookupRow.digest.in_(some))):
                found[digests[row.digest]] = row.subject_id
    return found


def _digest(office: Office, column: str, value: str) -> str | None:
    kind = ContactKind(column)
    try:
        if kind is ContactKind.PHONE:
            return contact_digest(office, kind, phone_number(office, value))
        if kind is ContactKind.CARD:
            return contact_digest(office, kind, card_number(value))
    except UsageError:
        return None
    return contact_digest(office, kind, value)


def _batch(
    office: Office,
    theirs: Mapping[str, Sequence[LineRow]],
    catalogue: Catalogue,
    actor: str,
    result: Imported,
) -> None:
    wanting = granting(office, list(theirs))
    result.without += sum(len(rows) for who, rows in theirs.items() if who not in wanting)
    sales = {
        who: tuple(_sales(rows, catalogue, result))
        for who, rows in theirs.items()
        if who in wanting
    }
    sales = {who: several for who, several in sales.items() if several}
    given = [sale for several in sales.values() for sale in several]
    clashing: frozenset[str] = frozenset()
    if not result.dry:
        clashing = keep_sales(office, sales, actor=actor).clashing
    for sale in given:
        if sale.number in clashing:
            what = "A sale of this number is kept as another customer's. Correct the number."
            first = min(row.line for of in theirs.values() for row in of if row.sale == sale.number)
            result.problems += [Problem(first, "sale", what)] * len(sale.lines)
        else:
            result.sales += 1
            result.kept += len(sale.lines)
    result.customers += len(sales)


def _sales(rows: Sequence[LineRow], catalogue: Catalogue, result: Imported) -> Iterator[Sale]:
    by_number: dict[str, list[tuple[LineRow, Line]]] = {}
    for row in rows:
        line = _line(row, catalogue)
        if line is None:
            result.problems.append(Problem(row.line, "gtin" if row.gtin else "sku", _UNKNOWN))
        else:
            by_number.setdefault(row.sale, []).append((row, line))
    for number, several in by_number.items():
        lines = tuple(line for _, line in several)
        if len(lines) > MOST_LINES:
            what = f"This sale has more than {MOST_LINES} lines. Divide it."
            result.problems += [Problem(row.line, "sale", what) for row, _ in several]
            continue
        at = max(row.at for row, _ in several)
        yield Sale(number=number, at=at, lines=lines, source=Source.IMPORT)


def _line(row: LineRow, catalogue: Catalogue) -> Line | None:
    codes = catalogue.index.codes
    product_id = codes.get(row.gtin) or codes.get(row.sku.casefold())
    product = catalogue.products.get(product_id or "")
    name = row.name or (product.name if product is not None else "")
    if not name:
        return None
    return Line(
        name=name,
        quantity=row.quantity,
        price_cents=row.price_cents,
        product_id=product_id,
        sku=row.sku or None,
    )
