"""The wall of moments: who tells, who reacts, which is the best, and that nobody is named."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clienteling.customers import naming
from clienteling.customers.directory import Directory
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home
from clienteling.team import moments
from clienteling.team.models import ReactionRow
from clienteling.team.moments import Moment
from clienteling.team.telling import CustomerNamedError
from consent.log.events import EventKind
from consent.office import erase
from tests.clienteling.team.conftest import ANNA, BRAM, MANAGER
from tests.support.people import Customer
from tests.support.shops import logged
from tests.support.web import ShopClock

DAY = 86_400.0


def tell(home: Home, title: str = "The lost glove", *, author: str = ANNA, ago: int = 0) -> str:
    day = home.office.today() - timedelta(days=ago)
    return moments.tell(home.office, title, "We walked it after them.", day, author=author)


def wall(home: Home, viewer: str = BRAM) -> tuple[Moment, ...]:
    with home.databases.identity.read() as identity:
        return moments.wall(identity, viewer)


def test_a_story_stands_on_the_wall_with_its_author(team: Home) -> None:
    tell(team)
    (seen,) = wall(team)
    assert (seen.title, seen.author, seen.mine, seen.reactions) == (
        "The lost glove",
        "Anna",
        False,
        0,
    )
    assert wall(team, ANNA)[0].mine


@pytest.mark.parametrize(
    "story",
    [
        "ROBIN ZELDZAAMNAAM laughed.",
        "And then Robin  Zeldzaámnaam, our regular, laughed.",
        "robin\nzeldzaamnaam",
    ],
)
def test_a_story_that_names_a_customer_is_refused(team: Home, robin: Customer, story: str) -> None:
    with pytest.raises(CustomerNamedError, match="without the name"):
        moments.tell(team.office, "A smile", story, team.office.today(), author=ANNA)
    assert wall(team) == ()
    (entry,) = logged(team.office, EventKind.CUSTOMER_SEARCHED)
    assert (entry.actor, entry.about) == (ANNA, robin.subject_id)
    assert entry.detail == {"by": "text", "found": 1}


def test_names_in_memory_are_looked_through_where_the_list_is_made(
    team: Home, robin: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No account is opened then; who left is asked of the records, and named nobody."""
    directory, today = Directory(team.office), team.office.today()
    directory.prepare()
    refused = "Robin Zeldzaamnaam laughed."
    with monkeypatch.context() as patched:
        patched.setattr(naming, "open_sections", lambda *_: pytest.fail("opened every account"))
        with pytest.raises(CustomerNamedError):
            moments.tell(team.office, "A", refused, today, author=ANNA, directory=directory)
        (entry,) = logged(team.office, EventKind.CUSTOMER_SEARCHED)
        assert entry.about == robin.subject_id
        erase(team.office, robin.subject_id, actor="c", method="c")
        moments.tell(team.office, "A", refused, today, author=ANNA, directory=directory)
    assert len(wall(team)) == 1


@pytest.mark.parametrize("story", ["Robin laughed.", "Zeldzaamnaam Robin", "RobinZeldzaamnaam"])
@pytest.mark.usefixtures("robin")
def test_less_than_the_whole_name_names_nobody(team: Home, story: str) -> None:
    moments.tell(team.office, "A smile", story, team.office.today(), author=ANNA)
    assert len(wall(team)) == 1


@pytest.mark.usefixtures("robin")
def test_a_name_in_the_title_and_across_the_two_fields(team: Home) -> None:
    today = team.office.today()
    with pytest.raises(CustomerNamedError):
        moments.tell(team.office, "Robin Zeldzaamnaam", "laughed", today, author=ANNA)


@pytest.mark.parametrize(
    ("title", "story", "ago"),
    [
        ("", "story", 0),
        ("title", "  \n ", 0),
        ("t" * 81, "story", 0),
        ("title", "s" * 601, 0),
        ("title", "story", -1),
        ("title", "story", 32),
    ],
)
def test_what_is_empty_too_long_or_of_another_time_is_refused(
    team: Home, title: str, story: str, ago: int
) -> None:
    day = team.office.today() - timedelta(days=ago)
    with pytest.raises(UsageError):
        moments.tell(team.office, title, story, day, author=ANNA)
    assert wall(team) == ()


def test_a_reaction_counts_once_and_is_taken_back_with_a_second_tap(team: Home) -> None:
    story = tell(team)
    assert moments.react(team.office, story, person=BRAM)
    assert moments.react(team.office, story, person=MANAGER)
    assert (wall(team)[0].reactions, wall(team)[0].reacted) == (2, True)
    assert not moments.react(team.office, story, person=BRAM)
    assert (wall(team)[0].reactions, wall(team)[0].reacted) == (1, False)


def test_the_best_of_a_day_has_the_most_reactions_or_is_chosen(team: Home) -> None:
    first, second = tell(team, "First"), tell(team, "Second")
    assert not any(moment.best for moment in wall(team))
    moments.react(team.office, second, person=BRAM)
    assert [moment.title for moment in wall(team) if moment.best] == ["Second"]
    moments.choose_best(team.office, first, actor=MANAGER)
    assert [moment.title for moment in wall(team) if moment.best] == ["First"]
    moments.choose_best(team.office, second, actor=MANAGER)
    assert [moment.title for moment in wall(team) if moment.best] == ["Second"]
    changes = logged(team.office, EventKind.TEAM_CHANGED)
    assert [entry.detail for entry in changes][:2] == [{"what": "best_chosen"}] * 2


def test_in_the_morning_the_last_best_moment_is_told(team: Home, shop_clock: ShopClock) -> None:
    tell(team, "Last week", ago=8)
    tell(team, "Saturday", ago=2)
    tell(team, "Today")
    today = team.office.today()
    with team.databases.identity.read() as identity:
        found = moments.best_lately(identity, today, BRAM)
        assert found is not None
        assert found.title == "Saturday"
        assert moments.best_lately(identity, today - timedelta(days=30), BRAM) is None


def test_one_takes_ones_own_story_off_the_wall_and_a_manager_any(team: Home) -> None:
    story, other = tell(team, "Mine"), tell(team, "Other")
    moments.react(team.office, story, person=BRAM)
    with pytest.raises(RefusedError, match="colleague's"):
        moments.remove(team.office, story, actor=BRAM)
    before = len(logged(team.office, EventKind.TEAM_CHANGED))
    moments.remove(team.office, story, actor=ANNA)
    assert len(logged(team.office, EventKind.TEAM_CHANGED)) == before
    moments.choose_best(team.office, other, actor=MANAGER)
    moments.remove(team.office, other, actor=MANAGER, manager=True)
    assert logged(team.office, EventKind.TEAM_CHANGED)[0].detail == {"what": "moment_removed"}
    assert wall(team) == ()
    with team.databases.identity.read() as identity:
        assert identity.scalar(select(func.count()).select_from(ReactionRow)) == 0
    with pytest.raises(UsageError):
        moments.react(team.office, other, person=BRAM)


def test_the_wall_turns_its_pages(team: Home) -> None:
    for number in range(moments.PAGE + 1):
        tell(team, f"Story {number}")
    with team.databases.identity.read() as identity:
        assert len(moments.wall(identity, ANNA)) == moments.PAGE
        (oldest,) = moments.wall(identity, ANNA, page=2)
    assert oldest.title == "Story 0"
