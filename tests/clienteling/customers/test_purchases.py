"""Purchases: kept only with their purpose, once for each sale, and read as "the usual"."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clienteling.customers.purchases import (
    REPEATS,
    Line,
    Sale,
    Source,
    Usual,
    keep_sale,
    remove_sale,
    sale_id,
    sales_of,
    usual,
)
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.purposes import Purpose
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged

WITH_PURCHASES = EVERYTHING | {Purpose.PURCHASES}
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TODAY = NOON.date()
BAR = Line(name="Hazelnut bar", quantity=2, price_cents=395, sku="HZ-1")


def sale(number: str = "R-1", at: datetime = NOON, *lines: Line) -> Sale:
    return Sale(number=number, at=at, lines=lines or (BAR,))


def on(*days_ago: int, line: Line = BAR) -> list[Sale]:
    return [sale(f"{line.what} {ago}", NOON - timedelta(days=ago), line) for ago in days_ago]


def test_a_sale_is_kept_and_read_back_newest_first(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop, purposes=WITH_PURCHASES).subject_id
    later = replace(sale("R-2", NOON + timedelta(hours=1)), source=Source.IMPORT)
    for one in (sale(), later):
        keep_sale(shop.office, subject_id, one, actor="device:till")

    assert sales_of(shop.office, grant_of(subject_id, Purpose.PURCHASES)) == (later, sale())
    entries = logged(shop.office, EventKind.RECORD_KEPT)
    assert [(one.about, one.detail) for one in entries] == [(subject_id, {"kind": "sale"})] * 2
    assert "Hazelnut" not in repr(later)


def test_the_same_number_is_the_same_sale(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop, purposes=WITH_PURCHASES).subject_id
    corrected = sale("R-1", NOON, replace(BAR, quantity=1))
    for one in (sale(), sale(), corrected):
        keep_sale(shop.office, subject_id, one, actor="device:till")

    assert sales_of(shop.office, grant_of(subject_id, Purpose.PURCHASES)) == (corrected,)


def test_a_sale_is_one_customers(shop: Home, grant_of: GrantOf) -> None:
    first, other = (join(shop, purposes=WITH_PURCHASES).subject_id for _ in range(2))
    keep_sale(shop.office, first, sale(), actor="device:till")

    with pytest.raises(UsageError):
        keep_sale(shop.office, other, sale(), actor="device:till")
    assert sales_of(shop.office, grant_of(other, Purpose.PURCHASES)) == ()


def test_without_the_purpose_nothing_is_kept(shop: Home) -> None:
    subject_id = join(shop).subject_id
    with pytest.raises(ConsentMissingError):
        keep_sale(shop.office, subject_id, sale(), actor="device:till")
    assert logged(shop.office, EventKind.RECORD_KEPT) == ()


def test_the_time_is_kept_in_utc(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop, purposes=WITH_PURCHASES).subject_id
    in_delft = NOON.astimezone(timezone(timedelta(hours=1)))
    keep_sale(shop.office, subject_id, sale("R-1", in_delft), actor="device:till")

    [kept] = sales_of(shop.office, grant_of(subject_id, Purpose.PURCHASES))
    assert (kept.at, kept.at.utcoffset()) == (NOON, timedelta(0))


def test_a_sale_can_be_taken_out(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop, purposes=WITH_PURCHASES).subject_id
    keep_sale(shop.office, subject_id, sale(), actor="device:till")
    grant = grant_of(subject_id, Purpose.PURCHASES)

    assert remove_sale(shop.office, grant, "R-1", actor="user:1")
    assert not remove_sale(shop.office, grant, "R-1", actor="user:1")
    assert sales_of(shop.office, grant) == ()


def test_no_receipt_leads_to_the_record(shop: Home) -> None:
    """The number of a row is a keyed hash, in which the till's number cannot be looked up."""
    assert sale_id(shop.office, "R-1") == sale_id(shop.office, " R-1 ")
    assert sale_id(shop.office, "R-1") != sale_id(shop.office, "R-2")
    assert "R-1" not in sale_id(shop.office, "R-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"at": datetime(2026, 11, 20, 12, 0)},  # noqa: DTZ001  (that is what is wrong)
        {"lines": ()},
        {"lines": ({"name": ""},)},
        {"lines": ({"name": "bar", "price_cents": -1},)},
    ],
)
def test_what_is_no_sale_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sale(**{"number": "R-1", "at": NOON, "lines": (BAR,)} | wrong)  # type: ignore[arg-type]


def test_the_usual_is_bought_again_and_again() -> None:
    once = Line(name="Easter egg", sku="EE")
    sales = [*on(1, 8, 15), *on(3, line=once)]
    assert usual(sales, TODAY) == (Usual(BAR, 3, TODAY - timedelta(days=1)),)


def test_twice_on_one_day_is_one_day() -> None:
    assert usual([*on(1, 8), sale("again", NOON - timedelta(days=8))], TODAY) == ()


def test_an_old_habit_is_none() -> None:
    assert usual(on(200, 207, 214), TODAY) == ()


def test_what_was_brought_back_was_not_bought() -> None:
    back = replace(BAR, quantity=-1)
    assert usual([*on(1, 8), *on(15, line=back)], TODAY) == ()


def test_lately_comes_before_long_ago() -> None:
    cake = Line(name="Cake", sku="CK")
    sales = [*on(100, 107, 114), *on(1, 8, 15, line=cake)]
    assert [each.line.name for each in usual(sales, TODAY)] == ["Cake", "Hazelnut bar"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400)), max_size=40))
def test_the_usual_never_names_what_was_not_repeated(bought: list[tuple[str, int]]) -> None:
    sales = [
        sale(str(number), NOON - timedelta(days=ago), Line(name=name))
        for number, (name, ago) in enumerate(bought)
    ]
    days: dict[str, set[date]] = {}
    for one in sales:
        days.setdefault(one.lines[0].name, set()).add(one.at.date())
    for habit in usual(sales, TODAY):
        assert habit.days == len(days[habit.line.name]) >= REPEATS
        assert habit.last_on == max(days[habit.line.name])
