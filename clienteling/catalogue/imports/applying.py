"""An import: reads a file, checks every row, and keeps the good ones, in batches.

Doing it again changes nothing, so an import that was cut off is finished by running it once more:
each batch is one transaction, and a product is known by its barcode or the shop's own code.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from clienteling.catalogue.imports import openfoodfacts, own, shopify
from clienteling.catalogue.imports.facts import checked
from clienteling.catalogue.imports.rows import Problem, Read, Row, Trouble, problem
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import all_products, new_id, put_products
from clienteling.catalogue.stock import set_stock, stock_of
from clienteling.webhooks.events import Event, ImportData, Told
from clienteling.webhooks.outbox import tell
from consent.office import Office

#: Rows in one transaction: a till that writes beside it waits for no longer than that.
_BATCH = 500


class Format(StrEnum):
    """What a file may be."""

    CSV = "csv"
    OPENFOODFACTS = "openfoodfacts"
    SHOPIFY = "shopify"


_READERS: Mapping[Format, Callable[[str], Read]] = {
    Format.CSV: own.read,
    Format.OPENFOODFACTS: openfoodfacts.read,
    Format.SHOPIFY: shopify.read,
}


@dataclass(slots=True)
class Result:
    """What came of it, or would have.

    Attributes:
        read: Rows of the file.
        archived: With `replace`: products that the file does not have.
        not_replaced: `replace` was asked for and left out, because some rows failed.
        undeclared: Products of the file of which some allergen is not known.
        problems: In the order of the file.
    """

    dry_run: bool = False
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    archived: int = 0
    not_replaced: bool = False
    undeclared: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Rows that were left out."""
        return len({each.line for each in self.problems if each.is_fatal})

    def count(self, trouble: Trouble) -> int:
        """Return in how many rows there is a problem of this kind."""
        return len({each.line for each in self.problems if each.trouble is trouble})


def guess_format(text: str) -> Format:
    """Return what a file seems to be, by its beginning."""
    first = text.lstrip().splitlines()[0].casefold()
    if first.startswith(("{", "[")) or ("code" in first and "allergens" in first):
        return Format.OPENFOODFACTS
    return Format.SHOPIFY if "handle" in first and "title" in first else Format.CSV


def read_rows(text: str, form: Format) -> list[Row]:
    """Return every row of a file, checked.

    Raises:
        UsageError: the file as a whole cannot be read; the message says what to do.
    """
    return [checked(cells) for cells in _READERS[form](text)]


def import_products(
    office: Office,
    rows: Iterable[Row],
    *,
    actor: str,
    dry_run: bool = False,
    replace_all: bool = False,
    said: Callable[[int], None] = lambda _done: None,
) -> Result:
    """Keep what the rows say; a dry run says what would come of it.

    Args:
        office: The shop.
        rows: Of `read_rows`.
        actor: As the log names who imports.
        dry_run: Keep nothing.
        replace_all: Archive what is sold and not in the file, unless a row failed.
        said: Hears how many rows are done.

    Raises:
        LedgerError, StorageError: the batch that failed is not kept; those before it are.
    """
    given = list(rows)
    result = Result(dry_run=dry_run, read=len(given))
    run = _Run(office, actor, dry_run, result)
    with office.databases.identity.read() as identity:
        run.known = _Known(all_products(identity))
        run.stock = {
            each: held.quantity
            for each, held in stock_of(identity, office.controller.store_id).items()
        }
    for start in range(0, len(given), _BATCH):
        batch = given[start : start + _BATCH]
        run.keep(batch)
        said(start + len(batch))
    if replace_all:
        result.not_replaced = result.failed > 0 or not given
        if not result.not_replaced:
            run.archive_others()
    run.tell()
    return result


class _Known:
    """The catalogue as it is while the import goes on, by what tells products apart."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.by_id = {product.id: product for product in products}
        self._ids: dict[str, dict[str, str]] = {"gtin": {}, "sku": {}}
        for product in self.by_id.values():
            self._note(product)

    def fitting(self, row: Row) -> set[str]:
        """Return the ids of the products that a row may be about."""
        found = (self._ids[key].get(row.facts.get(key) or "") for key in self._ids)
        return {each for each in found if each is not None}

    def put(self, product: Product) -> None:
        if before := self.by_id.get(product.id):
            for key, ids in self._ids.items():
                ids.pop(getattr(before, key) or "", None)
        self.by_id[product.id] = product
        self._note(product)

    def _note(self, product: Product) -> None:
        for key, ids in self._ids.items():
            if code := getattr(product, key):
                ids[code] = product.id


@dataclass(slots=True)
class _Run:
    office: Office
    actor: str
    dry_run: bool
    result: Result
    known: _Known = field(default_factory=lambda: _Known(()))
    stock: dict[str, int] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)

    def keep(self, batch: list[Row]) -> None:
        put: dict[str, Product] = {}
        stock: dict[str, int | None] = {}
        for row in batch:
            self.result.problems += row.problems
            product = self._product(row) if row.is_good else None
            if product is None:
                continue
            self.result.undeclared += not product.declared
            before = self.known.by_id.get(product.id)
            self.seen[product.id] = row.line
            if row.stock and row.stock["stock"] != self.stock.get(product.id):
                stock[product.id] = row.stock["stock"]
            if before == product:
                self.result.unchanged += 1
                continue
            self.result.added += before is None
            self.result.changed += before is not None
            self.known.put(product)
            put[product.id] = product
        self._write(put.values(), stock)

    def archive_others(self) -> None:
        others = [
            replace(product, active=False)
            for product in self.known.by_id.values()
            if product.active and product.id not in self.seen
        ]
        self.result.archived = len(others)
        for start in range(0, len(others), _BATCH):
            self._write(others[start : start + _BATCH], {})

    def tell(self) -> None:
        """Have webhooks told, if anything became another one."""
        made = self.result
        if self.dry_run or not (made.added or made.changed or made.archived):
            return
        data = ImportData(added=made.added, changed=made.changed, archived=made.archived)
        with self.office.databases.identity.write() as identity:
            tell(identity, self.office, Told(Event.CATALOGUE_IMPORTED, data))

    def _product(self, row: Row) -> Product | None:
        """Return what a row makes of its product; None: it is left out, and that was said."""
        fitting = self.known.fitting(row)
        if len(fitting) > 1:
            advice = "The barcode is one product's and the code another's. Correct one of them."
            self._refuse(row, Trouble.CLASH, advice)
            return None
        before = self.known.by_id[fitting.pop()] if fitting else None
        if before is None:
            if not row.facts.get("name"):
                self._refuse(row, Trouble.INVALID, "A new product needs a name.")
                return None
            return Product(id=new_id(), **row.facts)
        if before.id in self.seen:
            advice = "This product stands in the file already. Take one of the two lines out."
            self._refuse(row, Trouble.DUPLICATE, advice)
            return None
        return replace(before, **row.facts)

    def _refuse(self, row: Row, trouble: Trouble, advice: str) -> None:
        code = row.facts.get("gtin") or row.facts.get("sku") or ""
        self.result.problems.append(problem(row.line, "", str(code), trouble, advice))

    def _write(self, products: Iterable[Product], stock: Mapping[str, int | None]) -> None:
        if self.dry_run:
            return
        with self.office.databases.identity.write() as identity:
            self._put(identity, products, stock)

    def _put(
        self, identity: Session, products: Iterable[Product], stock: Mapping[str, int | None]
    ) -> None:
        now = self.office.now()
        put_products(identity, self.office.ring, products, actor=self.actor, now=now)
        set_stock(identity, self.office.controller.store_id, stock, now=now)
