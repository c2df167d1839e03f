"""Our own CSV: the columns of docs/operators/catalogue.md, in any order, most of them optional."""

import csv
import io
from collections.abc import Iterable, Mapping

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.imports.facts import COLUMNS
from clienteling.catalogue.imports.files import records
from clienteling.catalogue.imports.rows import Cells, FileError, Problem, Read, Trouble, problem
from clienteling.catalogue.product import Product, Stock, joined_category

_FORMULA = ("=", "+", "-", "@", "\t")

_EXAMPLE = {
    "gtin": "8700000000018",
    "sku": "BAR-1",
    "name": "Sea-salt caramel bar",
    "name_nl": "Reep karamel-zeezout",
    "brand": "Zoetelief",
    "category": "Chocolate > Bars",
    "price": "3.49",
    "launched": "2026-11-02",
    "season": "10-2",
    "tastes": "caramel, salt",
    "contains": "milk, soybeans",
    "may_contain": "nuts",
    "free_from": "rest",
    "stock": "24",
    "active": "yes",
}


def template() -> str:
    """Return a table with every column and one example."""
    return _table([_EXAMPLE])


def exported(products: Iterable[Product], stock: Mapping[str, Stock]) -> str:
    """Return products as a table that can be imported again."""
    return _table(cells_of(product, stock.get(product.id)) for product in products)


def read(text: str) -> Read:
    """Yield what a table in our own columns says.

    Raises:
        UsageError: it has a column that there is not, or no column for names or codes.
    """
    names, rows = records(text, COLUMNS)
    unknown = [name for name in names if name and name not in COLUMNS]
    if unknown:
        raise FileError(
            "There is no column {columns}. The template has every column that there is.",
            columns=", ".join(unknown[:3]),
        )
    if "gtin" not in names and "sku" not in names:
        raise FileError("The first line must name the columns, with gtin or sku among them.")
    for row in rows:
        values = {name: _plain(cell) for name, cell in row.cells.items() if name}
        problems: tuple[Problem, ...] = ()
        if row.surplus:
            advice = "There are more cells than columns. Put text with commas in quotes."
            problems = (problem(row.line, "", "", Trouble.INVALID, advice),)
        yield Cells(row.line, values, problems=problems)


def cells_of(product: Product, stock: Stock | None) -> dict[str, str]:
    """Return a product as the cells of its row."""
    declared = product.declaration
    price = product.price_cents

    def codes(allergens: frozenset[Allergen]) -> str:
        return ", ".join(allergen for allergen in Allergen if allergen in allergens)

    return {
        "gtin": product.gtin or "",
        "sku": product.sku or "",
        "name": product.name,
        "name_nl": product.name_nl,
        "name_en": product.name_en,
        "brand": product.brand,
        "category": joined_category(product.category),
        "price": "" if price is None else f"{price // 100}.{price % 100:02}",
        "launched": product.launched.isoformat() if product.launched else "",
        "season": ",".join(str(month) for month in sorted(product.season)),
        "tastes": ", ".join(product.tastes),
        "description": product.description,
        "ingredients": product.ingredients,
        "contains": codes(declared.contained),
        "may_contain": codes(declared.traces),
        "free_from": "rest" if declared.is_complete else codes(declared.free),
        "stock": "" if stock is None else str(stock.quantity),
        "active": "yes" if product.active else "no",
    }


def _table(rows: Iterable[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: _harmless(cell) for key, cell in row.items()} for row in rows)
    return out.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking text for a formula (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    """Return what `_harmless` was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
