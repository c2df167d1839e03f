"""The dashboard's measures: what each counts, what is not told, and that none is of a person."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from clienteling.bus import Bus
from clienteling.home import Home
from clienteling.service.arrivals import ArrivalBoard, Staff
from clienteling.service.dashboard import (
    FEWEST,
    Measure,
    Period,
    Span,
    Value,
    outcomes,
    periods,
)
from clienteling.service.figures import Figure, count
from clienteling.service.greeting import GreetingDesk
from clienteling.service.helpbar.acts import close, move, open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpStatus, NewHelp
from clienteling.service.joining import count_enrolled, count_joined
from clienteling.service.models import FigureRow
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, join
from tests.support.web import ShopClock


def today(shop: Home) -> dict[Measure, Value]:
    over = periods(Span.DAY, shop.office.now().date())
    with shop.databases.identity.read() as identity:
        return {one.measure: one.values[-1] for one in outcomes(identity, over)}


def counted(shop: Home, figure: Figure, by: int) -> None:
    with shop.databases.identity.write() as identity:
        count(identity, figure, shop.office.now(), by)


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.sampled_from(Span))
def test_periods_lie_side_by_side_up_to_today(day: date, span: Span) -> None:
    found = periods(span, day)
    assert found[-1].last == day
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
    assert all(period.days >= 1 for period in found)


@pytest.mark.parametrize(
    ("measure", "part", "of"),
    [
        (Measure.GREETED, Figure.GREETED_SOON, Figure.ARRIVAL),
        (Measure.CAME_BACK, Figure.CAME_BACK, Figure.VISIT_KEPT),
        (Measure.OPT_IN, Figure.JOINED_RECOGNISED, Figure.JOINED),
    ],
)
def test_a_share_of_fewer_than_five_is_not_told(
    shop: Home, measure: Measure, part: Figure, of: Figure
) -> None:
    assert today(shop)[measure] == Value(None)
    counted(shop, part, 1)
    counted(shop, of, FEWEST - 1)
    assert today(shop)[measure] == Value(None, few=True)
    counted(shop, of, 1)
    assert today(shop)[measure] == Value(100 / FEWEST)


def test_what_is_taken_up_again_was_not_solved(shop: Home) -> None:
    office = shop.office
    one, other = (
        open_request(office, NewHelp(HelpKind.COMPLAINT, Asked("x")), actor="user:1") for _ in "ab"
    )
    close(office, one, "broke", actor="user:1")
    close(office, other, "broke", actor="user:1")
    move(office, one, HelpStatus.OPEN, actor="user:1")
    found = today(shop)
    assert (found[Measure.HELPED], found[Measure.SOLVED]) == (Value(2), Value(1))


def test_a_customer_comes_back_on_another_day_and_counts_once_a_day(
    shop: Home, shop_clock: ShopClock
) -> None:
    customer = join(shop, purposes=EVERYTHING | {Purpose.VISITS})
    silent = join(shop, purposes=EVERYTHING - {Purpose.VISITS})

    def visit(subject_id: str) -> None:
        desk = GreetingDesk(shop.office, ArrivalBoard(shop.office.now), Bus())
        arrival, _ = desk.board.announce(subject_id, "entrance")
        desk.confirm(arrival.id, Staff("user:1", "Anna"))

    def counts() -> tuple[int, int]:
        day = shop.office.now().date().isoformat()
        with shop.databases.identity.read() as identity:
            rows = [identity.get(FigureRow, (day, name)) for name in ("visit_kept", "came_back")]
        first, again = (0 if row is None else row.count for row in rows)
        return first, again

    visit(customer.subject_id)
    visit(customer.subject_id)
    visit(silent.subject_id)
    assert counts() == (1, 0)
    shop_clock.forward(timedelta(days=1).total_seconds())
    visit(customer.subject_id)
    assert counts() == (1, 1)


def test_joining_is_counted_and_its_seconds_only_together(
    shop: Home, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    for place in range(FEWEST):
        count_joined(shop.office, {Purpose.RECOGNISE} if place else set())
        count_enrolled(shop.office, shop.office.now() - timedelta(seconds=60 + place))
    found = today(shop)
    assert found[Measure.OPT_IN] == Value(80)
    assert found[Measure.ENROLMENT] == Value(62)


def test_withdrawals_are_told_as_a_mean(shop: Home) -> None:
    for _ in range(FEWEST - 1):
        withdraw(shop.office, join(shop).subject_id, None, actor="x", method="kiosk")
    assert today(shop)[Measure.WITHDRAWAL] == Value(None, few=True)
    withdraw(shop.office, join(shop).subject_id, None, actor="x", method="kiosk")
    took = today(shop)[Measure.WITHDRAWAL].number
    assert took is not None
    assert took >= 0


def test_false_greetings_are_told_for_each_day_of_the_period(shop: Home) -> None:
    counted(shop, Figure.ARRIVAL_DISMISSED, 6)
    last = shop.office.now().date()
    over = [Period(last - timedelta(days=2), last)]
    with shop.databases.identity.read() as identity:
        found = {one.measure: one.values for one in outcomes(identity, over)}
    assert found[Measure.FALSE_GREETINGS] == (Value(2),)


def test_nothing_is_read_or_kept_by_person(shop: Home) -> None:
    assert set(FigureRow.__table__.columns.keys()) == {"day", "name", "count"}
    said: list[str] = []

    def hear(*call: object) -> None:
        said.append(str(call[2]))

    engine = shop.databases.identity.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        today(shop)
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    assert said
    for column in ("by_id", "actor", "author", "owner", "user", "subject_id", "about", "what"):
        assert not any(column in statement for statement in said), column
