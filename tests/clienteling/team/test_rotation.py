"""Values that change weekly and cases that change daily; what the huddle puts together."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.customers.dates import add as add_date
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.helpbar.acts import open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp
from clienteling.team import moments, rotation
from clienteling.team.compliments import give
from clienteling.team.huddle import open_huddle
from clienteling.team.models import CaseRow
from clienteling.team.rotation import monday_of, turn
from consent.log.events import EventKind
from consent.office import withdraw
from consent.purposes import Purpose
from tests.clienteling.team.conftest import ANNA, BRAM, MANAGER
from tests.support.people import Customer
from tests.support.shops import logged
from tests.support.web import ShopClock

DAY = 86_400.0


def titles(home: Home, days: range) -> list[str]:
    today = home.office.today()
    with home.databases.identity.read() as identity:
        found = [rotation.value_of_week(identity, today + timedelta(days=n)) for n in days]
    return [value.title for value in found if value is not None]


def test_each_value_has_its_week(team: Home, shop_clock: ShopClock) -> None:
    for title in ("Honest", "Warm", "Curious"):
        rotation.add_value(team.office, title, "every day", actor=MANAGER)
    shop_clock.forward(7 * DAY)
    monday = -team.office.today().weekday()
    weeks = [titles(team, range(monday + 7 * n, monday + 7 * n + 7)) for n in range(3)]
    assert all(len(week) == 7 and len(set(week)) == 1 for week in weeks)
    assert {week[0] for week in weeks} == {"Honest", "Warm", "Curious"}


def test_the_manager_picks_a_value_for_this_week(team: Home, shop_clock: ShopClock) -> None:
    ids = [
        rotation.add_value(team.office, title, "m", actor=MANAGER)
        for title in ("Honest", "Warm", "Curious")
    ]
    for value_id, title in zip(ids, ("Honest", "Warm", "Curious"), strict=True):
        rotation.pick_value(team.office, value_id, actor=MANAGER)
        assert titles(team, range(1)) == [title]
    with pytest.raises(UsageError):
        rotation.pick_value(team.office, "none", actor=MANAGER)
    shop_clock.forward(7 * DAY)
    rotation.pick_value(team.office, ids[0], actor=MANAGER)
    assert titles(team, range(1)) == ["Honest"]


def test_each_case_has_its_day(team: Home, shop_clock: ShopClock) -> None:
    for number in range(3):
        rotation.add_case(team.office, f"Situation {number}", "What now?", actor=MANAGER)
    shop_clock.forward(DAY)
    today = team.office.today()
    with team.databases.identity.read() as identity:
        found = [rotation.case_of_day(identity, today + timedelta(days=n)) for n in range(6)]
    said = [case.situation for case in found if case is not None]
    assert said[:3] == said[3:]
    assert len(set(said)) == 3


@given(st.integers(1, 12), st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_what_is_added_today_changes_nothing_today(number: int, day: date) -> None:
    """With the same day, one more row of that day is nobody's turn while older ones are there."""
    rows = [CaseRow(id=str(n), added_at=f"2025-12-{n + 1:02}T00") for n in range(number)]
    new = CaseRow(id="new", added_at=f"{day.isoformat()}T09")
    assert turn([*rows, new], day, day.toordinal()) is turn(rows, day, day.toordinal())


@given(st.dates())
def test_a_week_begins_on_monday(day: date) -> None:
    monday = monday_of(day) if day.toordinal() > 7 else date(1, 1, 1)
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


def test_values_and_cases_are_removed_and_each_change_is_logged(team: Home) -> None:
    value = rotation.add_value(team.office, "Warm", "m", actor=MANAGER)
    case = rotation.add_case(team.office, "s", "q", actor=MANAGER)
    rotation.remove_value(team.office, value, actor=MANAGER)
    rotation.remove_case(team.office, case, actor=MANAGER)
    with team.databases.identity.read() as identity:
        assert not rotation.values(identity)
        assert not rotation.cases(identity)
        assert rotation.value_of_week(identity, team.office.today()) is None
        assert rotation.case_of_day(identity, team.office.today()) is None
    said = [entry.detail for entry in logged(team.office, EventKind.TEAM_CHANGED)[:4]]
    assert said == [
        {"what": what} for what in ("case_removed", "value_removed", "case_added", "value_added")
    ]
    for gone in (rotation.remove_value, rotation.remove_case):
        with pytest.raises(UsageError):
            gone(team.office, "none", actor=MANAGER)


@pytest.mark.parametrize(("first", "second"), [("", "x"), ("x", ""), ("x" * 601, "x")])
def test_empty_or_endless_words_are_refused(team: Home, first: str, second: str) -> None:
    with pytest.raises(UsageError):
        rotation.add_case(team.office, first, second, actor=MANAGER)
    with pytest.raises(UsageError):
        rotation.add_value(team.office, first, second, actor=MANAGER)


def test_a_huddle_of_an_empty_shop_is_empty_and_opening_it_is_logged(team: Home) -> None:
    page = open_huddle(team.office, reader=ANNA)
    assert (page.value, page.moment, page.case, page.compliments) == (None, None, None, ())
    (entry,) = logged(team.office, EventKind.HUDDLE_READ)
    assert (entry.actor, entry.about, entry.detail) == (ANNA, None, {})


def test_a_huddle_says_whose_day_it_is_and_logs_it(team: Home, robin: Customer) -> None:
    today = team.office.today()
    add_date(team.office, robin.subject_id, (today.month, today.day), "birthday", actor=ANNA)
    other = 1 if today.month != 1 else 2
    add_date(team.office, robin.subject_id, (other, 3), "wedding", actor=ANNA)
    page = open_huddle(team.office, reader=BRAM)
    assert [(one.name, one.what) for one in page.dates] == [("Robin Zeldzaamnaam", "birthday")]
    entry = logged(team.office, EventKind.PROFILE_READ)[0]
    assert (entry.actor, entry.about) == (BRAM, robin.subject_id)
    withdraw(team.office, robin.subject_id, [Purpose.PREFERENCES], actor="c", method="c")
    assert open_huddle(team.office, reader=BRAM).dates == ()


def test_a_huddle_counts_what_is_to_be_picked_up_and_names_nobody(
    team: Home, robin: Customer
) -> None:
    new = NewHelp(
        HelpKind.PICKUP, Asked("a cake"), subject_id=robin.subject_id, due_at=team.office.now()
    )
    open_request(team.office, new, actor=ANNA)
    open_request(team.office, NewHelp(HelpKind.QUESTION, Asked("a question")), actor=ANNA)
    assert open_huddle(team.office, reader=BRAM).pickups == 1


def test_a_huddle_brings_it_together(team: Home, shop_clock: ShopClock) -> None:
    shop_clock.freeze()
    rotation.add_value(team.office, "Warm", "m", actor=MANAGER)
    rotation.add_case(team.office, "A wrong size", "What now?", actor=MANAGER)
    moments.tell(team.office, "The glove", "s", team.office.today(), author=ANNA)
    give(team.office, 2, "You stayed late.", giver=ANNA)
    shop_clock.forward(DAY)
    page = open_huddle(team.office, reader=BRAM)
    assert page.value is not None
    assert page.moment is not None
    assert page.case is not None
    assert (page.value.title, page.moment.title) == ("Warm", "The glove")
    assert page.case.situation == "A wrong size"
    assert [each.words for each in page.compliments] == ["You stayed late."]
