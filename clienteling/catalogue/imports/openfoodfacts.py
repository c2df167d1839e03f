"""Open Food Facts: its CSV or tab-separated export, JSON lines, or the JSON of its search.

Volunteers type these labels off (database: ODbL). Two lists, of allergens and of traces, are filled
in or they are not; an empty one says nothing. So a product is declared free from an allergen only
where both lists were filled in, every entry is understood, and the ingredients do not name it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clienteling.catalogue.declarations import NOTHING_DECLARED, Declaration
from clienteling.catalogue.gtin import normal_gtin
from clienteling.catalogue.imports.allergen_words import Named, named_in_list, named_in_text
from clienteling.catalogue.imports.files import MOST_ROWS, records
from clienteling.catalogue.imports.rows import Cells, FileError, Problem, Read, Trouble, problem

#: Its columns that we read; `allergens` holds the tags in the large CSV export.
COLUMNS = (
    *("code", "product_name", "product_name_nl", "product_name_en", "brands", "quantity"),
    *("categories_tags", "ingredients_text", "allergens_tags", "allergens", "traces_tags"),
)
_LENGTHS = {"name": 200, "name_nl": 200, "name_en": 200, "brand": 120, "ingredients": 4000}
_LEVELS = 3
_NEARLY = 11


def read(text: str) -> Read:
    """Yield what an export says.

    Raises:
        UsageError: it is none, or its JSON is damaged.
    """
    lines = _json(text) if text.lstrip()[:1] in {"{", "["} else _table(text)
    return (_cells(line, product) for line, product in lines)


def _table(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    names, rows = records(text, COLUMNS)
    if "code" not in names or not {"allergens_tags", "allergens"} & set(names):
        raise FileError(
            "This is no export of Open Food Facts: it has no columns code and allergens_tags."
        )
    return ((row.line, row.cells) for row in rows)


def _json(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        yield from _json_lines(text)
        return
    products = whole.get("products", [whole]) if isinstance(whole, dict) else whole
    for number, product in enumerate(products, start=1):
        yield number, _object(product, number)


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if number > MOST_ROWS:
            raise FileError("There are more than 100,000 rows. Divide the file.")
        if line.strip():
            try:
                product = json.loads(line)
            except json.JSONDecodeError as error:
                raise FileError(
                    "Line {line} is no JSON. Nothing was imported.", line=number
                ) from error
            yield number, _object(product, number)


def _object(product: object, number: int) -> Mapping[str, Any]:
    if not isinstance(product, dict):
        raise FileError("Product {number} is no JSON object. Nothing was imported.", number=number)
    return product


def _cells(line: int, product: Mapping[str, Any]) -> Cells:
    problems: list[Problem] = []
    ingredients = _text(product, "ingredients_text")
    names = {key: _text(product, f"product_{key}") for key in ("name_nl", "name_en")}
    values: dict[str, Any] = {
        **names,
        **_codes(line, _text(product, "code"), problems),
        "name": _text(product, "product_name") or names["name_nl"] or names["name_en"],
        "brand": _text(product, "brands").partition(",")[0],
        "category": _category(_tags(product, "categories_tags")),
        "ingredients": ingredients,
    }
    for column, most in _LENGTHS.items():
        if len(values[column]) > most:
            advice = "This is longer than can be kept: the rest was cut off."
            problems.append(problem(line, column, values[column], Trouble.SHORTENED, advice))
            values[column] = values[column][:most]
    values["declaration"] = _declaration(line, product, ingredients, problems)
    return Cells(line, values, {"gtin": "code", "name": "product_name"}, tuple(problems))


def _codes(line: int, code: str, problems: list[Problem]) -> dict[str, str]:
    """Return the barcode; a number that is none still tells the product apart."""
    if not code:
        return {}
    # Spreadsheets drop leading zeros; of a shorter number nobody can tell.
    for digits in (code, code.zfill(13) if len(code) >= _NEARLY else code):
        try:
            return {"gtin": normal_gtin(digits)}
        except ValueError:
            continue
    advice = "This is no barcode. It is kept as the shop's own code: nothing can be scanned."
    problems.append(problem(line, "code", code, Trouble.NO_BARCODE, advice))
    return {"sku": f"off-{code}"[:64]}


def _declaration(
    line: int, product: Mapping[str, Any], ingredients: str, problems: list[Problem]
) -> Declaration:
    listed = _tags(product, "allergens_tags") or _tags(product, "allergens")
    traced = _tags(product, "traces_tags")
    contained, traces = named_in_list(listed), named_in_list(traced)
    for column, named in (("allergens_tags", contained), ("traces_tags", traces)):
        if named.unknown:
            advice = "Nobody here knows this allergen: what was not named is not known. Check it."
            tags = ", ".join(named.unknown)
            problems.append(problem(line, column, tags, Trouble.UNKNOWN_ALLERGEN, advice))
    declared = _declared(bool(listed and traced), contained, traces)
    doubted = named_in_text(ingredients) - contained.allergens - traces.allergens
    if doubted:
        advice = "The ingredients name this, the list of allergens does not: not known. Check it."
        named_only = ", ".join(sorted(doubted))
        problems.append(problem(line, "ingredients_text", named_only, Trouble.CONFLICT, advice))
    return declared.unless(doubted)


def _declared(both_lists: bool, contained: Named, traces: Named) -> Declaration:
    around = traces.allergens - contained.allergens
    if both_lists and not (contained.unknown or traces.unknown):
        return Declaration.complete(contained.allergens, around)
    if not (contained.allergens or around):
        return NOTHING_DECLARED
    return Declaration(contained.allergens, around)


def _category(tags: Iterable[str]) -> str:
    """Return the last levels of a path, in words, without their language."""
    words = [tag.partition(":")[2] or tag for tag in tags]
    return " > ".join(word.replace("-", " ").capitalize()[:90] for word in words[-_LEVELS:])


def _text(product: Mapping[str, Any], key: str) -> str:
    value = product.get(key)
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""


def _tags(product: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = product.get(key) or ()
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(str(part).strip() for part in parts if str(part).strip())
