"""Shopify's product export: one row per variant, the first of a product with what they share.

It knows no allergens, so those of a product that is known already are left as they are.
"""

from html.parser import HTMLParser

from clienteling.catalogue.gtin import normal_gtin
from clienteling.catalogue.imports.files import records
from clienteling.catalogue.imports.rows import Cells, FileError, Problem, Read, Trouble, problem

#: Ours → theirs, in the export as it is and as it was; the first that a file has is taken.
_COLUMNS = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "description": ("body (html)", "description"),
    "brand": ("vendor",),
    "type": ("type",),
    "tastes": ("tags",),
    "status": ("status",),
    "published": ("published", "published on online store"),
    "sku": ("variant sku", "sku"),
    "gtin": ("variant barcode", "barcode"),
    "price": ("variant price", "price"),
    "stock": ("variant inventory qty", "inventory quantity"),
    "option1": ("option1 value",),
    "option2": ("option2 value",),
    "option3": ("option3 value",),
}
COLUMNS = tuple(name for names in _COLUMNS.values() for name in names)
_OPTIONS = ("option1", "option2", "option3")
_SHARED = ("title", "description", "brand", "type", "tastes", "status")
_NO_OPTION = "default title"
_SOLD = frozenset({"", "active"})
_LONGEST, _MOST_TAGS, _LONGEST_TAG = 2000, 20, 40


def read(text: str) -> Read:
    """Yield what an export says, a product per variant.

    Raises:
        UsageError: it is none.
    """
    names, rows = records(text, COLUMNS)
    theirs = {
        ours: next((name for name in candidates if name in names), "")
        for ours, candidates in _COLUMNS.items()
    }
    if not (theirs["handle"] and theirs["title"]):
        raise FileError("This is no product export of Shopify: it has no columns Handle and Title.")
    shared: dict[str, str] = {}
    handle = ""
    for row in rows:
        cell = {ours: row.cells.get(name, "").strip() for ours, name in theirs.items()}
        if cell["title"] or cell["handle"] != handle:
            handle, shared = cell["handle"], {key: cell[key] for key in _SHARED}
        if any(cell[key] for key in ("sku", "gtin", "price", "option1")) or cell["title"]:
            yield _variant(row.line, handle, shared, cell, theirs)
        # Else: one more picture of the product.


def _variant(
    line: int, handle: str, shared: dict[str, str], cell: dict[str, str], theirs: dict[str, str]
) -> Cells:
    problems: list[Problem] = []
    options = [
        cell[option] for option in _OPTIONS if cell[option].casefold() not in {"", _NO_OPTION}
    ]
    values = {
        "name": " – ".join((shared["title"], *options))[:200],
        "sku": (cell["sku"] or "-".join((handle, *options)))[:64],
        "brand": shared["brand"][:120],
        "category": shared["type"],
        "description": _text_of(shared["description"])[:_LONGEST],
        "tastes": ",".join(_tags(shared["tastes"])),
        "active": "yes" if shared["status"].casefold() in _SOLD else "no",
    }
    if theirs["price"]:
        values["price"] = cell["price"]
    if theirs["stock"]:
        # Oversold: none are there.
        values["stock"] = "0" if cell["stock"].startswith("-") else cell["stock"]
    code = cell["gtin"].lstrip("'")
    if code:
        try:
            values["gtin"] = normal_gtin(code)
        except ValueError:
            advice = "This is no barcode. The product is kept without one: nothing can be scanned."
            problems.append(problem(line, theirs["gtin"], code, Trouble.NO_BARCODE, advice))
    return Cells(line, values, theirs, tuple(problems))


def _tags(text: str) -> list[str]:
    tags = [tag.strip()[:_LONGEST_TAG] for tag in text.split(",") if tag.strip()]
    return tags[:_MOST_TAGS]


class _Text(HTMLParser):
    """Keeps the text of a page, and nothing of what is not shown."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self._hidden += tag in {"script", "style"}
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.parts).split())
