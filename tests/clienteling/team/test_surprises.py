"""The budget for surprises: spent without asking, never overspent, renewed each month."""

import json
import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from clienteling.customers.records import RecordKind, records_of
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.team import surprises
from clienteling.team.amounts import month_of, next_month, set_allowance, set_amounts
from clienteling.team.models import SurpriseRow
from clienteling.team.surprises import Budget, BudgetSpentError, note_surprise
from clienteling.team.telling import CustomerNamedError
from consent.log.events import EventKind
from consent.office import withdraw
from consent.purposes import Purpose
from consent.records import require_grant
from tests.clienteling.team.conftest import ANNA, BRAM, MANAGER
from tests.support.people import Customer
from tests.support.shops import logged
from tests.support.web import ShopClock


def budget(home: Home, person: str = ANNA) -> Budget:
    with home.databases.identity.read() as identity:
        return surprises.budget_of(identity, person, home.office.wall(home.office.now()))


def spent(home: Home) -> list[tuple[str, int]]:
    with home.databases.identity.read() as identity:
        found = surprises.spent_in(identity, month_of(home.office.wall(home.office.now())))
    return [(each.what, each.cents) for each in found]


def test_a_surprise_comes_off_ones_own_month_only(team: Home) -> None:
    note_surprise(team.office, "a box of fudge", 900, by=ANNA)
    assert (budget(team).spent, budget(team).left) == (900, 1600)
    assert budget(team, BRAM).left == 2500
    (entry,) = logged(team.office, EventKind.SURPRISE_SPENT)
    assert (entry.actor, entry.about, entry.detail) == (ANNA, None, {"cents": 900})


def test_more_than_is_left_is_refused_and_says_what_is(team: Home) -> None:
    note_surprise(team.office, "fudge", 2000, by=ANNA)
    with pytest.raises(BudgetSpentError, match=r"5\.00 euros") as refused:
        note_surprise(team.office, "more fudge", 501, by=ANNA)
    assert refused.value.left_cents == 500
    assert refused.value.renews_on == next_month(team.office.wall(team.office.now()))
    assert refused.value.renews_on.isoformat() in str(refused.value)
    note_surprise(team.office, "just right", 500, by=ANNA)
    assert budget(team).left == 0


def test_two_at_once_do_not_overspend(team: Home) -> None:
    """Eight threads want 10 euros each of 25: two get it."""
    start, refused = threading.Barrier(8), []

    def spend() -> None:
        start.wait()
        try:
            note_surprise(team.office, "fudge", 1000, by=ANNA)
        except BudgetSpentError as error:
            refused.append(error)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 6
    assert budget(team).spent == 2000
    assert len(spent(team)) == 2


def test_a_new_month_begins_anew(team: Home, shop_clock: ShopClock) -> None:
    note_surprise(team.office, "fudge", 2500, by=ANNA)
    shop_clock.forward(32 * 86_400.0)
    assert budget(team).left == 2500


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 1, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_when_the_next_month_begins(now: datetime, begins: date) -> None:
    assert next_month(now) == begins


def test_the_manager_gives_one_person_another_amount(team: Home) -> None:
    set_allowance(team.office, BRAM, 100, actor=MANAGER)
    assert (budget(team, BRAM).allowed, budget(team).allowed) == (100, 2500)
    note_surprise(team.office, "a lolly", 100, by=BRAM)
    set_allowance(team.office, BRAM, 50, actor=MANAGER)
    assert budget(team, BRAM).left == 0
    set_allowance(team.office, BRAM, None, actor=MANAGER)
    assert budget(team, BRAM).left == 2400


def test_a_shop_without_a_budget_spends_nothing(shop: Home) -> None:
    with pytest.raises(BudgetSpentError):
        note_surprise(shop.office, "fudge", 1, by=ANNA)


@pytest.mark.parametrize("cents", [-1, 1_000_001])
def test_an_amount_out_of_all_bounds_is_refused(team: Home, cents: int) -> None:
    with pytest.raises(UsageError, match=r"10,000"):
        set_amounts(team.office, cents, 0, actor=MANAGER)
    with pytest.raises(UsageError):
        set_allowance(team.office, BRAM, cents, actor=MANAGER)
    with pytest.raises(UsageError):
        set_allowance(team.office, "user:99", 100, actor=MANAGER)


@pytest.mark.parametrize(("what", "cents"), [("", 100), ("x" * 121, 100), ("fudge", 0)])
def test_a_surprise_has_words_and_a_price(team: Home, what: str, cents: int) -> None:
    with pytest.raises(UsageError):
        note_surprise(team.office, what, cents, by=ANNA)
    assert spent(team) == []


def test_the_database_itself_refuses_a_surprise_for_nothing(team: Home) -> None:
    row: dict[str, Any] = {"id": "a", "by_id": 1, "month": "2026-11", "spent_at": "", "what": "x"}
    with pytest.raises(IntegrityError), team.databases.identity.write() as identity:
        identity.add(SurpriseRow(**row, cents=-5))


def test_whom_it_was_for_stands_with_the_customer_only(team: Home, robin: Customer) -> None:
    with team.databases.identity.read() as identity:
        grant = require_grant(identity, robin.subject_id, Purpose.PREFERENCES, team.office.now())
    noted = note_surprise(team.office, "a birthday bonbon", 250, by=ANNA, customer=grant)
    assert noted.with_customer
    (kept,) = records_of(team.office, grant, RecordKind.SURPRISE)
    assert json.loads(kept.content) == {"what": "a birthday bonbon"}
    assert kept.id != noted.id
    with team.databases.identity.read() as identity:
        row = identity.get_one(SurpriseRow, noted.id)
    columns = {column.key for column in row.__table__.columns}
    assert columns == {"id", "by_id", "month", "spent_at", "cents", "what"}


def test_a_customer_who_withdrew_meanwhile_keeps_nothing(team: Home, robin: Customer) -> None:
    with team.databases.identity.read() as identity:
        grant = require_grant(identity, robin.subject_id, Purpose.PREFERENCES, team.office.now())
    withdraw(team.office, robin.subject_id, [Purpose.PREFERENCES], actor="c", method="c")
    noted = note_surprise(team.office, "a bonbon", 250, by=ANNA, customer=grant)
    assert not noted.with_customer
    assert spent(team) == [("a bonbon", 250)]


@pytest.mark.usefixtures("robin")
def test_what_it_was_names_no_customer(team: Home) -> None:
    with pytest.raises(CustomerNamedError):
        note_surprise(team.office, "fudge for Robin Zeldzaamnaam", 100, by=ANNA)
    assert spent(team) == []


def test_a_slip_of_today_is_taken_back_by_oneself(team: Home, shop_clock: ShopClock) -> None:
    shop_clock.freeze()
    noted = note_surprise(team.office, "fudge", 2500, by=ANNA)
    with pytest.raises(UsageError):
        surprises.take_back(team.office, noted.id, by=BRAM)
    surprises.take_back(team.office, noted.id, by=ANNA)
    assert budget(team).left == 2500
    later = note_surprise(team.office, "fudge", 100, by=ANNA)
    shop_clock.forward(86_400.0)
    with pytest.raises(UsageError):
        surprises.take_back(team.office, later.id, by=ANNA)
