"""What stays of a colleague who left, and when what the team keeps about itself goes."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from clienteling.access.models import User
from clienteling.access.users import RoleName
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.retention.policy import kept_lines, rule_states
from clienteling.team import compliments, moments, terms
from clienteling.team.amounts import month_of, set_allowance
from clienteling.team.compliments import give
from clienteling.team.leaving import leave
from clienteling.team.models import AllowanceRow, ComplimentRow, MomentRow, SurpriseRow
from clienteling.team.surprises import note_surprise
from tests.clienteling.team.conftest import ANNA, BRAM, MANAGER
from tests.support import retention as job
from tests.support.web import ShopClock

DAY = 86_400.0
HOLDER = frozenset({RoleName.MANAGER})
STAFF_RULES = {"moments", "surprises", "compliments", "learning"}


def test_a_story_of_who_left_is_of_a_former_colleague(team: Home) -> None:
    moments.tell(team.office, "Glove", "s", team.office.today(), author=ANNA)
    give(team.office, 2, "Thanks", giver=ANNA, bonus=True)
    give(team.office, 1, "Thanks too", giver=BRAM, bonus=True)
    set_allowance(team.office, ANNA, 100, actor=MANAGER)
    leave(team.office, ANNA, holder=HOLDER, actor=MANAGER)
    with team.databases.identity.read() as identity:
        (story,) = moments.wall(identity, BRAM)
        (got,) = compliments.received(identity, BRAM)
        payouts = compliments.payouts(identity, month_of(team.office.wall(team.office.now())))
        assert identity.get(AllowanceRow, 1) is None
    assert (story.author, got.giver) == (None, None)
    assert [each.receiver for each in payouts] == ["Anna", "Bram"]  # what was earned is paid
    with pytest.raises(UsageError):
        give(team.office, 1, "Too late", giver=BRAM)


def test_the_row_of_a_person_can_go_and_the_stories_stay(team: Home) -> None:
    moments.tell(team.office, "Glove", "s", team.office.today(), author=ANNA)
    give(team.office, 2, "Thanks", giver=ANNA)
    note_surprise(team.office, "fudge", 100, by=ANNA)
    with team.databases.identity.write() as identity:
        identity.delete(identity.get_one(User, 1))
    with team.databases.identity.read() as identity:
        assert identity.scalars(select(MomentRow.author_id)).all() == [None]
        assert identity.scalars(select(ComplimentRow.giver_id)).all() == [None]
        assert identity.scalars(select(SurpriseRow.by_id)).all() == [None]


@pytest.mark.parametrize(
    ("rule", "table", "days", "make"),
    [
        (
            "moments",
            MomentRow,
            terms.MOMENTS.days,
            lambda home: moments.tell(home.office, "Glove", "s", home.office.today(), author=ANNA),
        ),
        (
            "surprises",
            SurpriseRow,
            terms.SURPRISES.days,
            lambda home: note_surprise(home.office, "fudge", 100, by=ANNA),
        ),
        (
            "compliments",
            ComplimentRow,
            terms.COMPLIMENTS.days,
            lambda home: give(home.office, 2, "Thanks", giver=ANNA),
        ),
    ],
)
def test_each_goes_after_its_term(
    team: Home,
    shop_clock: ShopClock,
    rule: str,
    table: type[MomentRow],
    days: int,
    make: Callable[[Home], object],
) -> None:
    shop_clock.freeze()
    make(team)
    shop_clock.forward(days * DAY - 60)
    assert job.run(team.office)[rule] == 0
    shop_clock.forward(60)
    (state,) = (one for one in rule_states(team.office) if one.line.name == rule)
    assert (state.due, state.line.days) == (1, days)
    assert job.run(team.office)[rule] == 1
    with team.databases.identity.read() as identity:
        assert identity.scalar(select(func.count()).select_from(table)) == 0


def test_the_policy_for_customers_does_not_speak_of_staff(team: Home) -> None:
    assert not STAFF_RULES & {line.name for line in kept_lines(team.office.profile)}
    assert {state.line.name for state in rule_states(team.office)} >= STAFF_RULES
