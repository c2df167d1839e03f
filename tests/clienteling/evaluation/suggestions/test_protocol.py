"""Measuring suggestions: against what was really bought next, and simple ways of suggesting."""

import gzip
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import Bought
from clienteling.errors import UsageError
from clienteling.evaluation.suggestions import report
from clienteling.evaluation.suggestions.baselines import item_item, most_popular
from clienteling.evaluation.suggestions.bench import bench_suggestions
from clienteling.evaluation.suggestions.protocol import OURS, Measured, measure
from clienteling.evaluation.suggestions.reading import read_products, read_purchases
from clienteling.evaluation.suggestions.withheld import withheld
from tests.support.shops import Command

SPLIT = date(2026, 6, 1)
GROCERIES = Path(
    os.environ.get("CLIENTELING_EVALUATION_DATA", "evaluation"), "groceries_purchases.csv.gz"
)


def bought(product_id: str, days: int) -> Bought:
    return Bought(product_id, SPLIT + timedelta(days=days))


def pairs() -> dict[str, tuple[Bought, ...]]:
    """Whoever buys a0 buys b0 next, and so on; everybody buys "bag"."""
    found: dict[str, tuple[Bought, ...]] = {}
    for number in range(60):
        kind = number % 6
        first = (bought(f"a{kind}", -20), bought("bag", -20))
        second = bought(f"b{kind}", -10 if number < 42 else 3)
        found[f"c{number}"] = (*first, second)
    return found


def measured() -> Measured:
    return measure(
        pairs(),
        {},
        SPLIT,
        k=2,
        lines=180,
        say=lambda _: None,
        progress=lambda cases, _: iter(cases),
    )


def test_what_goes_together_is_foretold_better_than_by_what_is_popular() -> None:
    found = measured()
    new = next(task for task in found.tasks if not task.again)
    by_name = {score.name: score for score in new.scores}
    assert new.customers == 18
    assert by_name[OURS].hit_rate.mean == 1.0
    assert by_name["item-item"].hit_rate.mean == 1.0
    popular = by_name["most popular"]
    assert popular.hit_rate.mean < 0.5
    assert popular.hits_ahead is not None
    assert popular.hits_ahead.low > 0
    assert by_name[OURS].hits_ahead is None


def test_nothing_after_the_day_is_known() -> None:
    """A product that is first sold afterwards is neither asked for nor suggested."""
    later = pairs() | {"late": (bought("a0", -5), bought("unheard", 1))}
    found = measure(
        later, {}, SPLIT, k=2, lines=1, say=lambda _: None, progress=lambda cases, _: iter(cases)
    )
    assert found.products == 13
    assert [task.customers for task in found.tasks] == [18, 18]


def test_nobody_on_both_sides_is_refused() -> None:
    with pytest.raises(UsageError):
        measure(
            {"c": (bought("a", -1),)},
            {},
            SPLIT,
            k=5,
            lines=1,
            say=lambda _: None,
            progress=lambda cases, _: iter(cases),
        )


def test_the_tables_say_each_number() -> None:
    for shown in (report.text(measured()), report.markdown(measured())):
        assert "hit rate@2" in shown
        assert "100.0% (100.0% to 100.0%)" in shown
        assert "most popular" in shown


def test_baselines_leave_out_what_is_out() -> None:
    histories = list(pairs().values())
    assert most_popular(histories)([], frozenset({"bag"}), 1)[0] != "bag"
    assert item_item(histories)([bought("a0", -9)], frozenset({"bag", "a0"}), 1) == ["b0"]


def test_an_allergy_withholds_all_but_what_is_declared_free() -> None:
    products = [
        Product(id="1", name="milk", declaration=Declaration.complete([Allergen.MILK])),
        Product(id="2", name="traces", declaration=Declaration.complete((), [Allergen.MILK])),
        Product(id="3", name="free", declaration=Declaration.complete()),
        Product(id="4", name="silent"),
    ]
    milk = next(one for one in withheld(products) if one.allergen is Allergen.MILK)
    assert (milk.contained, milk.traces, milk.not_known, milk.offered) == (1, 1, 1, 1)
    assert milk.share == 0.75


def test_files_are_read_whatever_their_columns_are_called(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv.gz"
    rows = "member_number,date,item\n1,2026-01-02,milk\n1,2026-01-03,tea\n"
    file.write_bytes(gzip.compress(rows.encode()))
    found = read_purchases(file)
    assert (found.lines, len(found.histories["1"])) == (2, 2)
    names = tmp_path / "names.csv"
    names.write_text("stock_code,description\n1,RED MUG\n")
    assert [product.name for product in read_products(names)] == ["RED MUG"]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "customer,product,date\n1,2,3\n"])
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(text)
    with pytest.raises(UsageError):
        read_purchases(file)
    with pytest.raises(UsageError):
        read_purchases(tmp_path / "missing.csv")


def test_the_bench_measures_a_small_shop() -> None:
    took = bench_suggestions(60, 40, 400, say=lambda _: None)
    assert (took.products, took.customers, took.lines) == (60, 40, 400)
    assert took.model_mb > 0


def test_the_command_prints_one_object(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    rows = [f"{who},{b.product_id},{b.on}" for who, several in pairs().items() for b in several]
    file.write_text("customer,product,date\n" + "\n".join(rows) + "\n")
    done = command(
        "evaluate-suggestions", "--purchases", str(file), "--split", "2026-06-01", "--json"
    )
    assert done.code == 0
    assert json.loads(done.out.splitlines()[-1])["measured"]["customers"] == 60
    assert command("evaluate-suggestions").code == 2
    assert command("evaluate-suggestions", "--purchases", str(tmp_path / "none")).code == 2


@pytest.mark.skipif(
    not GROCERIES.exists(), reason="CLIENTELING_EVALUATION_DATA names no such folder"
)
def test_ours_beats_both_on_groceries_or_is_level() -> None:
    """Whose repeat signal is weak: nobody can do much better than the popular products."""
    purchases = read_purchases(GROCERIES)
    found = measure(
        purchases.histories,
        {},
        date(2015, 7, 1),
        k=5,
        lines=purchases.lines,
        say=lambda _: None,
        progress=lambda cases, _: iter(cases),
    )
    for task in found.tasks:
        for score in task.scores[1:]:
            assert score.ndcg_ahead is not None
            assert score.ndcg_ahead.high > 0
