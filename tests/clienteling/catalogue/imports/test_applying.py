"""Imports: idempotent, in batches, good rows kept and bad ones told."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from clienteling.catalogue.imports import own
from clienteling.catalogue.imports.allergen_words import named_in_text
from clienteling.catalogue.imports.applying import (
    Format,
    Result,
    guess_format,
    import_products,
    read_rows,
)
from clienteling.catalogue.imports.facts import COLUMNS
from clienteling.catalogue.imports.files import read_file
from clienteling.catalogue.imports.report import summary, table
from clienteling.catalogue.imports.rows import Trouble
from clienteling.catalogue.products import by_sku
from clienteling.catalogue.shelf import shelf_of
from clienteling.home import Home
from tests.clienteling.catalogue.test_products import BAR, declared, kept, put
from tests.support.shops import Command

MANY = "sku,name,contains,free_from,stock\n" + "".join(
    f"S{number},Product {number},milk,rest,{number}\n" for number in range(1200)
)


def run(shop: Home, text: str, *, dry_run: bool = False, replace_all: bool = False) -> Result:
    rows = read_rows(text, guess_format(text))
    return import_products(
        shop.office, rows, actor="command", dry_run=dry_run, replace_all=replace_all
    )


def test_an_import_twice_changes_nothing_the_second_time(shop: Home) -> None:
    first, second = run(shop, MANY), run(shop, MANY)

    assert (first.added, first.failed, second.added, second.unchanged) == (1200, 0, 0, 1200)
    catalogue = shelf_of(shop.office).catalogue()
    assert len(catalogue.active) == 1200
    with shop.databases.identity.read() as identity:
        product = by_sku(identity, "S7")
    assert product is not None
    assert product.declared
    assert catalogue.stock[product.id].quantity == 7
    assert catalogue.version == 3  # batches of 500
    assert len(declared(shop)) == 12  # a hundred in each


def test_an_import_that_was_cut_off_is_finished_by_another(shop: Home) -> None:
    class CutOffError(Exception):
        pass

    def cut(done: int) -> None:
        if done >= 500:
            raise CutOffError

    rows = read_rows(MANY, Format.CSV)
    with pytest.raises(CutOffError):
        import_products(shop.office, rows, actor="command", said=cut)
    assert len(kept(shop)) == 500

    assert run(shop, MANY).added == 700


def test_a_dry_run_says_the_same_and_keeps_nothing(shop: Home) -> None:
    put(shop, BAR)
    text = f"gtin,sku,name,price\n{BAR.gtin},BAR-1,Bar,1\n,NEW,New,2\n,NEW,Again,2\n,,None,1\n"

    dry = run(shop, text, dry_run=True)
    before = kept(shop)
    real = run(shop, text)

    assert [product.name for product in before] == [BAR.name]
    assert replace(dry, dry_run=False) == real
    assert (real.added, real.changed, real.failed) == (1, 1, 2)


def test_what_a_file_does_not_say_stays(shop: Home) -> None:
    put(shop, BAR)

    run(shop, f"gtin,price\n{BAR.gtin},2.00\n")

    [after] = kept(shop)
    assert replace(after, updated_at=None) == replace(BAR, price_cents=200)


def test_duplicates_clashes_and_nameless_products_are_left_out(shop: Home) -> None:
    put(shop, BAR, replace(BAR, id="2", gtin=None, sku="OTHER"))

    result = run(
        shop,
        f"gtin,sku,name\n{BAR.gtin},OTHER,Clash\n,BAR-1,First\n{BAR.gtin},,Second\n,NEW,\n",
    )

    assert {each.line: each.trouble for each in result.problems} == {
        2: Trouble.CLASH,
        4: Trouble.DUPLICATE,
        5: Trouble.INVALID,
    }
    assert {product.name for product in kept(shop)} == {"First", BAR.name}


def test_replace_archives_what_the_file_does_not_have(shop: Home) -> None:
    put(shop, BAR, replace(BAR, id="2", gtin=None, sku="OLD"))

    result = run(shop, "sku,price\nBAR-1,1\n", replace_all=True)

    assert (result.archived, result.not_replaced) == (1, False)
    assert {product.sku: product.active for product in kept(shop)} == {"BAR-1": True, "OLD": False}


def test_replace_archives_nothing_when_a_row_failed(shop: Home) -> None:
    put(shop, BAR)

    result = run(shop, "sku,name\nNEW,New\n,Nothing\n", replace_all=True)

    assert (result.archived, result.not_replaced) == (0, True)
    assert all(product.active for product in kept(shop))
    assert "Nothing was archived" in summary(result)


def test_the_report_names_line_column_and_what_to_do(shop: Home) -> None:
    result = run(shop, "sku,name,price\nA,One,=cheap\n")

    [header, line, end] = table(result.problems).split("\r\n")
    assert header.startswith("line,column,value")
    assert line.startswith("2,price,'=cheap,no,invalid,")
    assert end == ""
    assert "line 2, price: '=cheap': Write a price" in summary(result)


def test_the_command_imports_and_says_what_it_left_out(
    shop: Home, command: Command, tmp_path: Path
) -> None:
    file, report = tmp_path / "goods.csv", tmp_path / "report.csv"
    file.write_text("sku,name,contains\nA,Bar,milk\nB,Bar,mlik\n", encoding="utf-8")

    done = command("import", "products", str(file), "--report", str(report), "--json")

    assert done.code == 5
    assert done.json["added"] == done.json["failed"] == 1
    assert "B" not in {product.sku for product in kept(shop)}
    assert "mlik" in report.read_text(encoding="utf-8-sig")
    file.write_text("sku,name,contains\nA,Bar,milk\nB,Bar,milk\n", encoding="utf-8")
    again = command("import", "products", str(file), "--json")
    assert (again.code, again.json["added"], again.json["unchanged"]) == (0, 1, 1)


def test_the_command_prints_a_template_and_refuses_nonsense(
    shop: Home, command: Command, tmp_path: Path
) -> None:
    assert command("import", "products", "--template").out.startswith("gtin,sku,name")
    assert command("import", "products").code == 2
    assert command("import", "products", str(tmp_path / "none.csv")).code == 2


#: A folder with `off_products.csv.gz`, an extract of Open Food Facts; nothing else needs it.
OFF = Path(os.environ.get("CLIENTELING_EVALUATION_DATA", "evaluation")) / "off_products.csv.gz"


@pytest.mark.skipif(not OFF.exists(), reason="CLIENTELING_EVALUATION_DATA names no such folder")
def test_real_labels_never_claim_what_nobody_said() -> None:
    """Thousands of labels: none is declared free from what its own ingredients name."""
    complete = 0
    for row in read_rows(read_file(OFF), Format.OPENFOODFACTS):
        told = row.facts.get("declaration")
        if told is None:
            continue
        complete += told.is_complete
        assert not told.free & named_in_text(str(row.facts["ingredients"]))
    assert complete > 500


def test_own_columns_are_those_of_the_template() -> None:
    assert own.template().splitlines()[0].split(",") == list(COLUMNS)
