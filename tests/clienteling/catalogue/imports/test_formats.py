"""Files of each format: what they say, and what is wrong with a line and where."""

import gzip
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus, Declaration
from clienteling.catalogue.imports import own
from clienteling.catalogue.imports.applying import Format, guess_format, read_rows
from clienteling.catalogue.imports.files import text_of
from clienteling.catalogue.imports.rows import Row, Trouble
from clienteling.catalogue.product import Product
from clienteling.errors import UsageError
from tests.clienteling.catalogue.test_products import BAR

GTIN = "8700000000018"


def rows(text: str) -> list[Row]:
    return read_rows(text, guess_format(text))


def facts(text: str) -> dict[str, object]:
    [row] = rows(text)
    assert row.problems == ()
    return dict(row.facts)


def test_the_template_is_a_file_that_can_be_imported() -> None:
    [row] = rows(own.template())

    assert row.problems == ()
    assert row.facts["price_cents"] == 349
    assert row.facts["season"] == {10, 11, 12, 1, 2}
    assert row.facts["category"] == ("Chocolate", "Bars")
    assert row.facts["declaration"] == Declaration.complete(
        {Allergen.MILK, Allergen.SOYBEANS}, {Allergen.NUTS}
    )
    assert row.stock == {"stock": 24}


def test_a_column_that_a_file_does_not_have_says_nothing() -> None:
    assert facts(f"gtin,price\n{GTIN},2") == {"gtin": GTIN, "price_cents": 200}
    assert facts(f"gtin,price\n{GTIN},") == {"gtin": GTIN, "price_cents": None}


def test_without_rest_only_what_is_named_is_known() -> None:
    told = facts(f"gtin;contains;may_contain;free_from\n{GTIN};melk;noten, melk;ei")["declaration"]

    assert told == Declaration(
        frozenset({Allergen.MILK}), frozenset({Allergen.NUTS}), frozenset({Allergen.EGGS})
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(line) for line in (("gtin", "name"), (GTIN, "A bar")))

    assert facts(text) == {"gtin": GTIN, "name": "A bar"}


@pytest.mark.parametrize(
    ("column", "value", "advice"),
    [
        ("gtin", "8700000000019", "last digit"),
        ("gtin", "12", "8, 12, 13 or 14"),
        ("name", "", "Fill it in"),
        ("name", "x" * 201, "Shorten"),
        ("price", "cheap", "3.49"),
        ("price", "-1", "3.49"),
        ("launched", "2-11-2026", "2026-11-22"),
        ("season", "13", "1 to 12"),
        ("season", "winter", "numbers"),
        ("tastes", "x" * 41, "20 words"),
        ("contains", "mlik", "none of the fourteen"),
        ("free_from", "milk", "two columns"),
        ("stock", "-3", "whole number"),
        ("stock", "99999999", "whole number"),
        ("active", "perhaps", "yes or no"),
    ],
)
def test_what_is_wrong_is_said_with_line_column_and_advice(
    column: str, value: str, advice: str
) -> None:
    cells = {"gtin": GTIN, "sku": "S", "name": "Bar", "contains": "milk"} | {column: value}
    header, line = ",".join(cells), ",".join(f'"{cell}"' for cell in cells.values())

    _, row = rows(f'{header}\n\n"{GTIN}"{"," * (len(cells) - 1)}\n{line}')

    assert not row.is_good
    [problem] = row.problems
    assert (problem.line, problem.column, problem.trouble) == (4, column, Trouble.INVALID)
    assert advice in problem.advice
    assert len(problem.value) <= 60


def test_a_line_needs_a_barcode_or_a_code() -> None:
    [row] = rows("gtin,sku,name\n,,Bar")

    assert "barcode or a code" in row.problems[0].advice


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("gtin,colour\n1,red", "no column colour"),
        ("name\nBar", "gtin or sku"),
        ("gtin,gtin\n1,2", "same name"),
        (f'gtin,name\n{GTIN},"Bar', "quote"),
        ('{"code": "1"}\n{"code": ', "Line 2 is no JSON"),
        ("[1]", "Product 1 is no JSON object"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(text: str, advice: str) -> None:
    with pytest.raises(UsageError, match=advice):
        rows(text)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        ("prijs €".encode("cp1252"), "Line 1 is not UTF-8"),
        ("gtin".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\x00\x00", "no text file"),
        (b"", "empty"),
        (b" \n", "empty"),
        (gzip.compress(b"gtin", mtime=0)[:-4], "gzip file is damaged"),
    ],
)
def test_what_is_no_utf_8_text_is_refused(content: bytes, advice: str) -> None:
    with pytest.raises(UsageError, match=advice):
        text_of(content)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    with pytest.raises(UsageError, match="100 MB"):
        text_of(gzip.compress(bytes(100_000_001), compresslevel=1))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    for form in Format:
        with suppress(UsageError):
            assert all(row.problems or row.facts for row in read_rows(text_of(content), form))


def test_an_export_can_be_imported_again() -> None:
    product = Product(
        id="1",
        name="=1+1",
        sku="S",
        declaration=Declaration(frozenset({Allergen.MILK}), free=frozenset({Allergen.EGGS})),
    )

    first, second = rows(own.exported([BAR, product], {}))

    assert first.facts["declaration"] == BAR.declaration
    assert first.facts["tastes"] == BAR.tastes
    assert first.facts["season"] == BAR.season
    assert second.facts["name"] == "=1+1"
    assert second.facts["declaration"] == product.declaration
    assert "\n'=1+1" not in own.exported([product], {})


def off(**cells: str) -> Declaration:
    [row] = rows(json.dumps({"code": GTIN, "product_name": "Bar"} | cells))
    assert row.is_good
    declaration = row.facts["declaration"]
    assert isinstance(declaration, Declaration)
    return declaration


def test_open_food_facts_silence_is_never_free_from() -> None:
    assert off() == off(allergens_tags="", traces_tags="") == Declaration()
    one_list = off(allergens_tags="en:milk")
    assert one_list == Declaration(contained=frozenset({Allergen.MILK}))
    traces_only = off(traces_tags="en:nuts")
    assert traces_only == Declaration(traces=frozenset({Allergen.NUTS}))


def test_open_food_facts_with_both_lists_declares_the_rest_absent() -> None:
    declared = off(allergens_tags="en:milk,en:oats", traces_tags="en:tree-nuts,en:milk")

    assert declared == Declaration.complete({Allergen.MILK, Allergen.GLUTEN}, {Allergen.NUTS})
    assert off(allergens_tags="en:none", traces_tags="en:none").is_complete


def test_open_food_facts_an_unknown_tag_leaves_the_rest_not_known() -> None:
    [row] = rows(
        json.dumps(
            {"code": GTIN, "product_name": "B", "allergens_tags": ["en:milk", "xx:gold"]}
            | {"traces_tags": "en:nuts"}
        )
    )

    assert row.facts["declaration"].free == set()
    assert row.facts["declaration"].status(Allergen.MILK) is AllergenStatus.CONTAINED
    assert [(each.trouble, each.value) for each in row.problems] == [
        (Trouble.UNKNOWN_ALLERGEN, "xx:gold")
    ]


def test_open_food_facts_ingredients_that_contradict_the_lists_are_a_conflict() -> None:
    text = "sugar, hazelnoten, cacaoboter, milk"
    cells = {"allergens_tags": "en:milk", "traces_tags": "en:soybeans", "ingredients_text": text}
    [row] = rows(json.dumps({"code": GTIN, "product_name": "B"} | cells))

    declared = row.facts["declaration"]
    assert declared.not_known == {Allergen.NUTS}
    assert [(each.trouble, each.value) for each in row.problems] == [(Trouble.CONFLICT, "nuts")]


def test_open_food_facts_as_a_table_with_a_number_that_is_no_barcode() -> None:
    header = "code\tproduct_name\tallergens\ttraces_tags\tcategories_tags"
    [row] = rows(f"{header}\n123\tBar\ten:milk\t\ten:a,en:b-c")

    assert row.is_good
    assert row.facts["sku"] == "off-123"
    assert row.facts["category"] == ("A", "B c")
    assert [each.trouble for each in row.problems] == [Trouble.NO_BARCODE]


SHOPIFY = """Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Value,Variant SKU,Variant Price,\
Variant Barcode,Variant Inventory Qty,Image Src,Status
bar,Sea-salt bar,"<p>Thin <b>crisp</b></p><script>alert(1)</script>",Zoetelief,Bars,\
"salt, caramel",100 g,BAR-1,3.49,'8700000000018,12,https://x/1.jpg,active
bar,,,,,,200 g,,5,,-2,,
bar,,,,,,,,,,,https://x/2.jpg,
box,Gift box,,Zoetelief,Boxes,,Default Title,BOX,25.00,nonsense,,,draft
"""


def test_shopify_each_variant_is_a_product() -> None:
    small, large, box = rows(SHOPIFY)

    assert small.facts["name"] == "Sea-salt bar – 100 g"
    assert small.facts["description"] == "Thin crisp"
    assert (small.facts["gtin"], small.facts["sku"]) == (GTIN, "BAR-1")
    assert small.facts["tastes"] == ("salt", "caramel")
    assert (large.facts["sku"], large.facts["price_cents"]) == ("bar-200 g", 500)
    assert (small.stock, large.stock, box.stock) == ({"stock": 12}, {"stock": 0}, {"stock": None})
    assert (box.facts["name"], box.facts["active"]) == ("Gift box", False)
    assert [each.trouble for each in box.problems] == [Trouble.NO_BARCODE]
    assert all("declaration" not in row.facts for row in (small, large, box))


def test_the_format_is_guessed_by_the_first_line() -> None:
    assert guess_format(SHOPIFY) is Format.SHOPIFY
    assert guess_format('{"code": "1"}') is Format.OPENFOODFACTS
    assert guess_format("code,allergens_tags\n") is Format.OPENFOODFACTS
    assert guess_format(own.template()) is Format.CSV
