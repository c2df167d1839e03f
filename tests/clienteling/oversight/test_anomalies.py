"""Unusual numbers of looks: uniform behaviour raises nothing, somebody who stands out is found."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clienteling.config import OversightConfig
from clienteling.oversight.anomalies import LEAST, Look, Unusual, find_anomalies

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
ALWAYS = OversightConfig()
DAYS = 40

#: For each of some people, how many customers on each of the last days: all within [low, 2 × low].
Staff = list[list[int]]


@st.composite
def _even(draw: st.DrawFn) -> tuple[int, Staff]:
    low = draw(st.integers(0, 15))
    people = draw(st.integers(1, 4))
    day = st.integers(low, 2 * low)
    return low, draw(
        st.lists(st.lists(day, min_size=DAYS, max_size=DAYS), min_size=people, max_size=people)
    )


def looks_of(staff: Staff) -> list[Look]:
    """Everybody looks at that many different customers on each day, the last one today."""
    found = [
        Look(
            NOW - timedelta(days=DAYS - 1 - day, minutes=number), f"user:{who}", f"c{number}", False
        )
        for who, days in enumerate(staff)
        for day, count in enumerate(days)
        for number in range(count)
    ]
    return sorted(found, key=lambda look: look.at)


@settings(max_examples=40, deadline=None)
@given(_even())
def test_uniform_behaviour_raises_nothing(even: tuple[int, Staff]) -> None:
    assert find_anomalies(looks_of(even[1]), NOW, ALWAYS) == ()


@settings(max_examples=40, deadline=None)
@given(_even(), st.data())
def test_somebody_who_stands_out_is_found(even: tuple[int, Staff], data: st.DataObject) -> None:
    low, staff = even
    staff = [[max(count, 1) for count in days] for days in staff]
    who = data.draw(st.integers(0, len(staff) - 1))
    day = data.draw(st.integers(0, DAYS - 1))
    staff[who][day] = 12 * max(low, 1) + LEAST[Unusual.DAY]
    found = [one for one in find_anomalies(looks_of(staff), NOW, ALWAYS) if one.what == "day"]
    assert [(one.actor, one.number) for one in found] == [(f"user:{who}", staff[who][day])]
    assert found[0].start == (NOW - timedelta(days=DAYS - 1 - day)).date()


def test_a_quiet_or_a_new_shop_gives_no_alarm() -> None:
    quiet = [[1] * (DAYS - 1) + [LEAST[Unusual.DAY] - 1]]
    assert find_anomalies(looks_of(quiet), NOW, ALWAYS) == ()
    new = [[0] * (DAYS - 2) + [3, 60]]
    assert find_anomalies(looks_of(new), NOW, ALWAYS) == (), "nothing to compare with yet"


def test_the_same_customer_again_is_one_customer() -> None:
    busy = looks_of([[2] * DAYS])
    again = [Look(NOW, "user:0", "c0", False)] * 100
    assert find_anomalies([*busy, *again], NOW, ALWAYS) == ()


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (OversightConfig(), 0),
        (OversightConfig(opens=time(9), closes=time(19), zone="Europe/Amsterdam"), 0),
        (OversightConfig(opens=time(9), closes=time(17), zone="Europe/Amsterdam"), 1),
        (OversightConfig(opens=time(20), closes=time(4), zone="UTC"), 1),
    ],
)
def test_looks_while_the_shop_is_closed(hours: OversightConfig, expected: int) -> None:
    """17:00 UTC in November is 18:00 in Amsterdam."""
    late = [Look(NOW, "user:1", f"c{n}", False) for n in range(LEAST[Unusual.HOURS])]
    found = find_anomalies(late, NOW, hours)
    assert [one.what for one in found] == [Unusual.HOURS] * expected


def test_look_ups_without_a_card_are_counted_and_followed_ones_are_not() -> None:
    def week(back: int, number: int, *, followed: bool) -> list[Look]:
        start = NOW - timedelta(weeks=back)
        found = []
        for n in range(number):
            at = start + timedelta(minutes=40 * n)
            found.append(Look(at, "user:1", None, True))
            if followed:
                found.append(Look(at + timedelta(minutes=2), "user:1", "c1", False))
        return found

    past = [look for back in range(6, 0, -1) for look in week(back, 1, followed=False)]
    idle = find_anomalies([*past, *week(0, 12, followed=False)], NOW, ALWAYS)
    assert [(one.what, one.number) for one in idle] == [(Unusual.LOOKUPS, 12)]
    assert find_anomalies([*past, *week(0, 12, followed=True)], NOW, ALWAYS) == ()


@pytest.mark.parametrize("changes", [{"opens": time(9)}, {"zone": "Nowhere/At_all"}])
def test_hours_that_mean_nothing_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"belong together|is a name like"):
        OversightConfig.model_validate(changes)
