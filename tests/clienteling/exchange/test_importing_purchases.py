"""Purchases from a file: only of who wants them remembered, once each, row by row."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers.models import RecordRow
from clienteling.customers.profile import Account, stated, write
from clienteling.customers.purchases import Sale, Source, sales_of
from clienteling.errors import UsageError
from clienteling.exchange import importing_purchases
from clienteling.exchange.importing_purchases import Imported, import_purchases
from clienteling.exchange.purchases_file import TEMPLATE, LineRow, Problem, read_lines
from clienteling.home import Home
from consent.log.events import EventKind
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged

WITH_PURCHASES = EVERYTHING | {Purpose.PURCHASES}
BAR = Product(id=new_id(), name="Hazelnut bar", gtin="8710400280507", sku="HZ-1")


@pytest.fixture
def robin(shop: Home) -> str:
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, [BAR], actor="c", now=shop.office.now())
    return customer(shop, "robin@example.test")


def customer(
    shop: Home, email: str, purposes: frozenset[Purpose] = WITH_PURCHASES, card: str | None = None
) -> str:
    subject_id = join(shop, purposes=purposes).subject_id
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.ACCOUNT, shop.office.now())
    write(shop.office, grant, stated(Account, name="Robin", email=email, card=card))
    return subject_id


def take(shop: Home, tmp_path: Path, *lines: str, dry: bool = False) -> Imported:
    file = tmp_path / "sales.csv"
    file.write_text(TEMPLATE + "\n".join(lines) + "\n", encoding="utf-8")
    return import_purchases(shop.office, file, actor="command", dry=dry)


def sales(shop: Home, subject_id: str) -> tuple[Sale, ...]:
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.PURCHASES, shop.office.now())
    return sales_of(shop.office, grant)


def kept(shop: Home) -> int:
    with shop.databases.identity.read() as identity:
        return identity.scalar(select(func.count()).select_from(RecordRow)) or 0


def line(
    sale: str = "R-1", at: str = "2026-11-20 12:00", who: str = "robin@example.test", **more: str
) -> str:
    cells = {"sale": sale, "at": at, "email": who, "sku": "HZ-1", "quantity": "2", "price": "3,95"}
    told = cells | more
    return ",".join(f'"{told.get(name, "")}"' for name in TEMPLATE.strip().split(","))


def test_lines_of_one_receipt_are_one_sale(shop: Home, tmp_path: Path, robin: str) -> None:
    other = line(sku="", gtin="", name="Paper bag", quantity="", price="")
    result = take(shop, tmp_path, line(), other, line("R-2", sku="", gtin="8710400280507"))

    assert (result.lines, result.kept, result.sales, result.customers) == (3, 3, 2, 1)
    assert (result.without, result.nobody, result.problems) == (0, 0, [])
    first = next(sale for sale in sales(shop, robin) if sale.number == "R-1")
    assert first.source is Source.IMPORT
    assert [(each.name, each.quantity, each.price_cents) for each in first.lines] == [
        ("Hazelnut bar", 2, 395),
        ("Paper bag", 1, None),
    ]
    assert first.lines[0].product_id == BAR.id


def test_the_same_file_again_keeps_nothing_twice(shop: Home, tmp_path: Path, robin: str) -> None:
    for _ in range(2):
        assert take(shop, tmp_path, line(), line("R-2")).sales == 2
    assert kept(shop) == 2


def test_who_does_not_want_it_is_counted_and_nothing_is_kept(
    shop: Home, tmp_path: Path, robin: str
) -> None:
    customer(shop, "sam@example.test", EVERYTHING)
    unknown, nobody = line("R-3", who="who@example.test"), line("R-4", who="")
    result = take(shop, tmp_path, line("R-2", who="sam@example.test"), unknown, nobody)

    assert (result.kept, result.without, result.nobody, result.problems) == (0, 1, 2, [])
    assert kept(shop) == 0
    assert logged(shop.office, EventKind.RECORD_KEPT) == ()


def test_a_customer_is_found_by_card_and_by_our_number(
    shop: Home, tmp_path: Path, robin: str
) -> None:
    alex = customer(shop, "alex@example.test", card="CARD1234")
    by_card, by_id = line("R-5", who="", card="card 1234"), line("R-6", who="", customer=robin)
    assert take(shop, tmp_path, by_card, by_id).kept == 2
    assert [sale.number for sale in sales(shop, alex)] == ["R-5"]
    assert [sale.number for sale in sales(shop, robin)] == ["R-6"]


def test_a_dry_run_says_the_same_and_keeps_nothing(shop: Home, tmp_path: Path, robin: str) -> None:
    dry = take(shop, tmp_path, line(), line("R-2"), dry=True)
    assert kept(shop) == 0
    wet = take(shop, tmp_path, line(), line("R-2"))
    assert (dry.kept, dry.sales, dry.customers) == (wet.kept, wet.sales, wet.customers)


def test_each_customer_is_logged_without_content(shop: Home, tmp_path: Path, robin: str) -> None:
    take(shop, tmp_path, line(), line("R-2"))
    [entry] = logged(shop.office, EventKind.RECORD_KEPT)
    assert (entry.about, entry.detail) == (robin, {"kind": "sale", "sales": 2})


def test_a_sale_of_another_customer_is_refused(shop: Home, tmp_path: Path, robin: str) -> None:
    customer(shop, "alex@example.test")
    take(shop, tmp_path, line())
    result = take(shop, tmp_path, line(who="alex@example.test"), line("R-9"))
    assert (result.kept, [each.column for each in result.problems]) == (1, ["sale"])
    assert {sale.number for sale in sales(shop, robin)} == {"R-1", "R-9"}


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"sale": ""}, "sale"),
        ({"at": "yesterday"}, "at"),
        ({"gtin": "8710400280508"}, "gtin"),
        ({"quantity": "two"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"price": "free"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"sku": ""}, ""),
        ({"sku": "unknown"}, "sku"),
    ],
)
def test_a_bad_row_says_where_and_the_others_are_kept(
    shop: Home, tmp_path: Path, robin: str, wrong: dict[str, str], column: str
) -> None:
    result = take(shop, tmp_path, line(**wrong), line("R-2"))
    [problem] = result.problems
    assert (problem.line, problem.column) == (2, column)
    assert problem.what.endswith(".")
    assert "robin" not in problem.what
    assert result.kept == 1


@pytest.mark.parametrize(
    "content", ["", "a,b\n1,2\n", "sale,at,sku,shoe_size\n", "sale,at,sku\n\xff"]
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "sales.csv"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError):
        list(read_lines(file))
    with pytest.raises(UsageError):
        list(read_lines(tmp_path / "missing.csv"))


def test_a_time_without_a_zone_is_utc(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("at;sale;sku\n2026-11-20;R-1;A\n2026-11-20 12:00+01:00;R-2;A\n")
    first, second = read_lines(file)
    assert isinstance(first, LineRow)
    assert not isinstance(second, Problem)
    assert first.at.isoformat() == "2026-11-20T00:00:00+00:00"
    assert second.at.isoformat() == "2026-11-20T12:00:00+01:00"


def test_only_some_lines_are_in_memory_at_a_time(
    shop: Home, tmp_path: Path, robin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = ["robin@example.test", *(f"c{n}@example.test" for n in range(4))]
    several = [robin, *(customer(shop, email) for email in people[1:])]
    # Receipts of everybody, as a till writes them: by time, not by customer.
    rows = [
        line(f"R-{who}-{n}", who=email) for n in range(3) for who, email in enumerate(people)
    ]  # fmt: skip
    read = list[int]()

    def counting(path: Path, **of: Any) -> list[LineRow | Problem]:
        read.append(len(found := list(read_lines(path, **of))))
        return found

    monkeypatch.setattr(importing_purchases, "HELD", 6)
    monkeypatch.setattr(importing_purchases, "read_lines", counting)
    result = take(shop, tmp_path, *rows)

    assert (result.lines, result.kept, result.sales, result.customers) == (15, 15, 15, 5)
    assert read == [15, 6, 6, 3]
    for who, subject_id in enumerate(several):
        assert {each.number for each in sales(shop, subject_id)} == {
            f"R-{who}-{n}" for n in range(3)
        }  # fmt: skip


def test_what_died_in_between_goes_on_and_keeps_nothing_twice(
    shop: Home, tmp_path: Path, robin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer(shop, "sam@example.test")
    file = tmp_path / "sales.csv"
    rows = [line("R-1"), line("R-2", who="sam@example.test"), line("R-3")]
    file.write_text(TEMPLATE + "\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(importing_purchases, "BATCH", 1)

    def die(done: int, _of: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_purchases(shop.office, file, actor="command", tell=die)
    assert kept(shop) in {1, 2}  # one customer, whole

    result = import_purchases(shop.office, file, actor="command")
    assert (result.sales, kept(shop)) == (3, 3)


def test_a_file_that_changes_meanwhile_is_refused(
    shop: Home, tmp_path: Path, robin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changing(path: Path, **of: Any) -> list[LineRow | Problem]:
        found = list(read_lines(path, **of))
        path.write_text(TEMPLATE + line("R-9") + line("R-10"), encoding="utf-8")
        return found

    monkeypatch.setattr(importing_purchases, "read_lines", changing)
    with pytest.raises(UsageError, match="was changed"):
        take(shop, tmp_path, line())
    assert kept(shop) == 0


def test_a_contact_written_in_two_ways_is_one_customer(
    shop: Home, tmp_path: Path, robin: str
) -> None:
    result = take(shop, tmp_path, line("R-1"), line("R-2", who="Robin@Example.test"))
    assert (result.sales, result.customers, result.nobody) == (2, 1, 0)


def test_problems_come_in_the_order_of_the_file(shop: Home, tmp_path: Path, robin: str) -> None:
    result = take(shop, tmp_path, line(sku="gone"), line(at="yesterday"), line("R-3"))
    assert [each.line for each in result.problems] == [2, 3]
