"""Taking purchases over from a file: customer by customer, and only of who wants that.

The file is read once to count whose lines there are, and then again for as many customers at a
time as have `HELD` lines: so memory does not grow with the file, nothing of it is written down
elsewhere, and each customer's sales are written once. Running it again keeps nothing twice: a
sale's number decides. What is of nobody who is known, or of customers without the purpose
`purchases`, is counted and not kept.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select

from clienteling.catalogue.shelf import Catalogue, shelf_of
from clienteling.customers.contact import ContactKind, card_number, contact_digest, phone_number
from clienteling.customers.many_sales import granting, keep_sales
from clienteling.customers.models import LookupRow
from clienteling.customers.purchases import MOST_LINES, Line, Sale, Source
from clienteling.errors import UsageError
from clienteling.exchange.purchases_file import LineRow, Problem, Who, read_lines
from consent.office import Office

#: Customers, and lines, that are written in one transaction: about a third of a second.
BATCH: Final = 100
_BATCH_LINES: Final = 2_000
#: Lines that are in memory at a time, each about half a kilobyte.
HELD: Final = 200_000
_ASKED: Final = 500
_UNKNOWN: Final = "The catalogue has no such product. Import it first, or fill in the name."


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
    path: Path,
    *,
    actor: str,
    dry: bool = False,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> Imported:
    """Keep what a file says; a dry run says what would be kept.

    Args:
        office: The shop.
        path: As `purchases_file` describes it; it is read several times.
        actor: As the log names who imports.
        dry: Keep nothing.
        tell: Told how many lines are dealt with, of how many.

    Raises:
        UsageError: the file cannot be read, or was changed meanwhile. StorageError: a database is
            away or full. In both cases the customers before it are kept, and the next run goes on.
    """
    result = Imported(dry=dry)
    before = _version(path)
    lines = _counted(path, result)
    theirs: dict[str, list[Who]] = {}
    for who, subject_id in _subjects(office, lines).items():
        theirs.setdefault(subject_id, []).append(who)
    several = {each: sum(lines[who] for who in theirs[each]) for each in sorted(theirs)}
    result.nobody += lines.total() - sum(several.values())
    del lines
    tell(_dealt_with(result), result.lines)
    catalogue = shelf_of(office).catalogue()
    for some in _portions(several, HELD):
        whose = {who: each for each in some for who in theirs.pop(each)}
        held = _held(path, whose)
        if _version(path) != before:
            raise UsageError(f"{path} was changed while it was read. Import it again.")
        for batch in _portions({each: len(held[each]) for each in some}, _BATCH_LINES, BATCH):
            _batch(office, {each: held.pop(each) for each in batch}, catalogue, actor, result)
            tell(_dealt_with(result), result.lines)
    result.problems.sort(key=lambda problem: problem.line)
    return result


def _dealt_with(result: Imported) -> int:
    return result.nobody + result.without + result.kept + len(result.problems)


def _version(path: Path) -> tuple[int, int]:
    """Return what changes when a file does."""
    try:
        held = path.stat()
    except OSError:
        return 0, 0  # reading it says why
    return held.st_size, held.st_mtime_ns


def _counted(path: Path, result: Imported) -> Counter[Who]:
    """Read the whole file: count each customer's lines, and note what is nobody's or wrong."""
    found: Counter[Who] = Counter()
    for row in read_lines(path):
        result.lines += 1
        if isinstance(row, Problem):
            result.problems.append(row)
        elif row.who is None:
            result.nobody += 1
        else:
            found[row.who] += 1
    return found


def _held(path: Path, whose: Mapping[Who, str]) -> dict[str, list[LineRow]]:
    """Return the lines of these customers, by subject, in the order of the file."""
    found: dict[str, list[LineRow]] = {each: [] for each in whose.values()}
    for row in read_lines(path, of=whose):
        if isinstance(row, LineRow) and row.who is not None:
            found[whose[row.who]].append(row)
    return found


def _portions(
    weights: Mapping[str, int], weight: int, number: int | None = None
) -> Iterator[list[str]]:
    """Divide into portions of at most `weight` in all, and `number`; what weighs more is alone."""
    some, load = list[str](), 0
    for each, its in weights.items():
        if some and (load + its > weight or len(some) == number):
            yield some
            some, load = [], 0
        some.append(each)
        load += its
    if some:
        yield some


def _subjects(office: Office, several: Iterable[Who]) -> dict[Who, str]:
    """Return whose these contacts are; who is not known here is left out."""
    digests: dict[str, list[Who]] = {}  # one contact may be written in several ways
    found: dict[Who, str] = {}
    for who in several:
        column, value = who
        if column == "customer":
            found[who] = value.casefold()
        elif (digest := _digest(office, column, value)) is not None:
            digests.setdefault(digest, []).append(who)
    asked = list(digests)
    with office.databases.identity.read() as identity:
        for start in range(0, len(asked), _ASKED):
            some = asked[start : start + _ASKED]
            for row in identity.scalars(select(LookupRow).where(LookupRow.digest.in_(some))):
                found |= dict.fromkeys(digests[row.digest], row.subject_id)
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
