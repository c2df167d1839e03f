"""The checked facts of a line: one model for every format, in our own columns (docs/operators)."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as Invalid

from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.gtin import normal_gtin
from clienteling.catalogue.imports.allergen_words import named_in_list
from clienteling.catalogue.imports.rows import Cells, Row, Trouble, problem
from clienteling.catalogue.product import joined_category, split_category
from clienteling.catalogue.stock import MOST

#: In `free_from`: all fourteen are declared, so what the other two columns do not name is absent.
REST = frozenset({"rest", "all others", "overige", "alle overige"})

_YES = frozenset({"yes", "ja", "true", "1", "active", "actief"})
_NO = frozenset({"no", "nee", "false", "0", "archived", "draft", "gearchiveerd"})
_PRICE = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")
_ALLERGENS = ("contains", "may_contain", "free_from")
_KEYS = ("gtin", "sku")
_MONTHS = 12
_WHAT_TO_DO = {
    "string_too_long": "This is too long. Shorten it.",
    "string_too_short": "This is empty. Fill it in.",
    "missing": "This is empty. Fill it in.",
}
_ELSE = "This cannot be read. See the list of columns."


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,;]", text) if part.strip())


def _gtin(text: str) -> str | None:
    return normal_gtin(text) if text else None


def _price(text: str) -> int | None:
    bare = re.sub(r"[€$£\s]", "", text)
    if not bare:
        return None
    found = _PRICE.fullmatch(bare)
    if found is None:
        raise ValueError("Write a price like 3.49 or 3,49.")
    return 100 * int(found[1]) + int((found[2] or "").ljust(2, "0"))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError("Write a date like 2026-11-22.") from error


def _months(text: str) -> frozenset[int]:
    months: set[int] = set()
    for part in _listed(text):
        first, _, last = part.partition("-")
        if not all(end.strip().isdecimal() for end in (first, last or first)):
            raise ValueError("Write months as numbers, like 11,12 or 10-2.")
        begin, end = int(first), int(last or first)
        if not (1 <= begin <= _MONTHS and 1 <= end <= _MONTHS):
            raise ValueError("Write months as numbers from 1 to 12.")
        count = (end - begin) % _MONTHS + 1
        months |= {(begin + step - 1) % _MONTHS + 1 for step in range(count)}
    return frozenset(months)


def _active(text: str) -> bool:
    word = text.casefold()
    if word in _YES or not word:
        return True
    if word in _NO:
        return False
    raise ValueError("Write yes or no.")


def _stock(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text) > MOST:
        raise ValueError("Write a whole number from 0, or nothing where it is not known.")
    return int(text)


def _category(text: str) -> tuple[str, ...]:
    path = split_category(text)
    if len(joined_category(path)) > 300:  # noqa: PLR2004  # the column's length
        raise ValueError(_WHAT_TO_DO["string_too_long"])
    return path


def _tastes(text: str) -> tuple[str, ...]:
    tastes = tuple(dict.fromkeys(_listed(text)))
    if len(tastes) > 20 or any(len(taste) > 40 for taste in tastes):  # noqa: PLR2004
        raise ValueError("Write at most 20 words for the taste, each of at most 40 characters.")
    return tastes


class Facts(BaseModel):
    """What one line says; only the columns that the file has are set."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    gtin: Annotated[str | None, BeforeValidator(_gtin)] = None
    sku: Annotated[str, Field(max_length=64)] = ""
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)] = ""
    name_nl: Annotated[str, Field(max_length=200)] = ""
    name_en: Annotated[str, Field(max_length=200)] = ""
    brand: Annotated[str, Field(max_length=120)] = ""
    category: Annotated[tuple[str, ...], BeforeValidator(_category)] = ()
    price: Annotated[int | None, BeforeValidator(_price)] = None
    launched: Annotated[date | None, BeforeValidator(_date)] = None
    season: Annotated[frozenset[int], BeforeValidator(_months)] = frozenset()
    tastes: Annotated[tuple[str, ...], BeforeValidator(_tastes)] = ()
    description: Annotated[str, Field(max_length=2000)] = ""
    ingredients: Annotated[str, Field(max_length=4000)] = ""
    contains: str = ""
    may_contain: str = ""
    free_from: str = ""
    stock: Annotated[int | None, BeforeValidator(_stock)] = None
    active: Annotated[bool, BeforeValidator(_active)] = True


COLUMNS = tuple(Facts.model_fields)


def checked(cells: Cells) -> Row:
    """Check one line. What is wrong stands in `problems`, each with its column and what to do."""
    values = dict(cells.values)
    declaration = values.pop("declaration", None)
    problems = list(cells.problems)

    def wrong(column: str, value: object, advice: str) -> None:
        name = cells.names.get(column, column)
        problems.append(problem(cells.line, name, str(value), Trouble.INVALID, advice))

    try:
        facts = Facts.model_validate({key: text.strip() for key, text in values.items()})
    except Invalid as error:
        for each in error.errors():
            wrong(str(each["loc"][0]), each["input"], _advice(each))
        return Row(cells.line, {}, {}, tuple(problems))
    if not (facts.gtin or facts.sku):
        wrong("gtin", "", "Give a barcode or a code of the shop's own: it tells products apart.")
    try:
        declaration = declaration or _declaration(facts)
    except _ColumnError as error:
        wrong(error.column, error.value, error.advice)
    given = _given(facts) | ({} if declaration is None else {"declaration": declaration})
    stock = {"stock": facts.stock} if "stock" in facts.model_fields_set else {}
    return Row(cells.line, given, stock, tuple(problems))


def _given(facts: Facts) -> dict[str, Any]:
    """Return what the line says, by the product's attributes; without allergens and stock."""
    given = {
        key: getattr(facts, key)
        for key in facts.model_fields_set - {*_ALLERGENS, "stock", "price", *_KEYS}
    }
    # An empty cell empties its field, but never takes away what a product is known by.
    given |= {key: value for key in _KEYS if (value := getattr(facts, key))}
    if "price" in facts.model_fields_set:
        given["price_cents"] = facts.price
    return given


class _ColumnError(Exception):
    def __init__(self, column: str, value: str, advice: str) -> None:
        super().__init__(advice)
        self.column, self.value, self.advice = column, value, advice


def _declaration(facts: Facts) -> Declaration | None:
    """Return what the three columns declare together; None: the file has none of them.

    Raises:
        _ColumnError: a word that is no allergen, or one that is named in two columns.
    """
    if not facts.model_fields_set & set(_ALLERGENS):
        return None
    sets = {}
    for column in _ALLERGENS:
        text = getattr(facts, column)
        if column == "free_from" and text.casefold() in REST:
            continue
        named = named_in_list(_listed(text))
        if named.unknown:
            raise _ColumnError(
                column,
                ", ".join(named.unknown),
                "This is none of the fourteen allergens. Write them as in the list of columns.",
            )
        sets[column] = named.allergens
    contained, traces = sets["contains"], sets["may_contain"] - sets["contains"]
    if "free_from" not in sets:
        return Declaration.complete(contained, traces)
    if both := sets["free_from"] & (contained | traces):
        raise _ColumnError(
            "free_from",
            ", ".join(sorted(both)),
            "This allergen stands in two columns. Take it out of one.",
        )
    return Declaration(contained, traces, sets["free_from"])


def _advice(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _WHAT_TO_DO.get(error["type"], _ELSE)
