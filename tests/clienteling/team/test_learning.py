"""Private learning notes: who opens them, what a dump of the databases shows, when they go."""

import pytest
from sqlalchemy import func, select, update

from clienteling.access.models import User
from clienteling.access.users import RoleName
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.retention.team import learning_ahead
from clienteling.team import learning
from clienteling.team.learning import NotYoursError, read_along
from clienteling.team.leaving import leave
from clienteling.team.models import CoachRow, LearningRow
from clienteling.team.terms import LEARNING_UNUSED
from consent.errors import SealError
from consent.keystore.keys import NOTES
from consent.log.events import EventKind
from consent.models import DataKeyRow
from tests.clienteling.team.conftest import ANNA, BRAM, MANAGER
from tests.support import retention as job
from tests.support.shops import logged
from tests.support.team import hire
from tests.support.web import ShopClock

MARKER = "I was curt with a zoethoutmarker"
DAY = 86_400.0


def texts(home: Home, person: str = ANNA) -> list[str]:
    return [note.text for note in learning.notes(home.office, person=person)]


def key_count(home: Home) -> int:
    with home.databases.keys.read() as keys:
        found = select(func.count()).select_from(DataKeyRow).where(DataKeyRow.purpose == NOTES)
        return keys.scalar(found) or 0


def test_one_reads_ones_own_notes_newest_first(team: Home) -> None:
    learning.write(team.office, "first", person=ANNA)
    learning.write(team.office, "second", person=ANNA)
    learning.write(team.office, "of Bram", person=BRAM)
    assert texts(team) == ["second", "first"]
    assert texts(team, BRAM) == ["of Bram"]
    assert texts(team, MANAGER) == []


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001])
def test_an_empty_or_endless_note_is_refused(team: Home, text: str) -> None:
    with pytest.raises(UsageError):
        learning.write(team.office, text, person=ANNA)


def test_a_dump_of_the_databases_shows_nothing(team: Home) -> None:
    learning.write(team.office, MARKER, person=ANNA)
    with team.databases.identity.read() as identity:
        row = identity.scalars(select(LearningRow)).one()
    assert MARKER.encode() not in row.note
    for file in team.path.rglob("*"):
        if file.is_file():
            assert b"zoethoutmarker" not in file.read_bytes(), file


def test_a_note_opens_as_nobody_elses(team: Home) -> None:
    """Its row moved to another person, or swapped with another note, opens no more."""
    mine = learning.write(team.office, "mine", person=ANNA)
    learning.write(team.office, "of Bram", person=BRAM)
    with team.databases.identity.write() as identity:
        identity.execute(update(LearningRow).where(LearningRow.id == mine).values(user_id=2))
    with pytest.raises(SealError):
        learning.notes(team.office, person=BRAM)


def test_nobody_reads_along_who_was_not_chosen(team: Home) -> None:
    learning.write(team.office, MARKER, person=ANNA)
    for other in (BRAM, MANAGER):
        with pytest.raises(NotYoursError):
            read_along(team.office, 1, coach=other)
    assert logged(team.office, EventKind.LEARNING_READ) == ()


def test_the_chosen_coach_reads_along_and_that_is_logged(team: Home) -> None:
    learning.write(team.office, MARKER, person=ANNA)
    learning.choose_coach(team.office, 2, person=ANNA)
    assert [note.text for note in read_along(team.office, 1, coach=BRAM)] == [MARKER]
    (entry,) = logged(team.office, EventKind.LEARNING_READ)
    assert (entry.actor, entry.about, entry.detail) == (BRAM, None, {"writer": ANNA})
    with team.databases.identity.read() as identity:
        assert [each.name for each in learning.coached_by(identity, BRAM)] == ["Anna"]
        coach = learning.coach_of(identity, ANNA)
    assert coach is not None
    assert coach.name == "Bram"
    learning.choose_coach(team.office, None, person=ANNA)
    with pytest.raises(NotYoursError):
        read_along(team.office, 1, coach=BRAM)


@pytest.mark.parametrize("role", [RoleName.MANAGER, RoleName.OFFICER, RoleName.ADMIN])
def test_who_judges_is_nobodys_coach(team: Home, role: RoleName) -> None:
    hire(team, 4, "boss", "staff", role.value)
    with team.databases.identity.read() as identity:
        assert [each.name for each in learning.may_coach(identity, ANNA)] == ["Bram"]
    with pytest.raises(UsageError):
        learning.choose_coach(team.office, 4, person=ANNA)


def test_a_coach_who_becomes_a_manager_reads_along_no_more(team: Home) -> None:
    """As the database could come to say: the role counts, not the choice alone."""
    learning.write(team.office, MARKER, person=ANNA)
    with team.databases.identity.write() as identity:
        identity.add(CoachRow(user_id=1, coach_id=3))
    with pytest.raises(NotYoursError):
        read_along(team.office, 1, coach=MANAGER)
    with team.databases.identity.read() as identity:
        assert learning.coach_of(identity, ANNA) is None
        assert learning.coached_by(identity, MANAGER) == ()


@pytest.mark.parametrize("coach", [1, 99])
def test_neither_oneself_nor_nobody_is_a_coach(team: Home, coach: int) -> None:
    with pytest.raises(UsageError):
        learning.choose_coach(team.office, coach, person=ANNA)


def test_one_removes_ones_own_notes_only(team: Home) -> None:
    note = learning.write(team.office, "mine", person=ANNA)
    assert not learning.remove(team.office, note, person=BRAM)
    assert learning.remove(team.office, note, person=ANNA)
    assert not learning.remove(team.office, note, person=ANNA)


def test_forgetting_all_destroys_the_key_and_writing_again_makes_another(team: Home) -> None:
    learning.write(team.office, "one", person=ANNA)
    learning.write(team.office, "two", person=ANNA)
    assert learning.forget(team.office, [1]) == 2
    assert (texts(team), key_count(team)) == ([], 0)
    learning.write(team.office, "anew", person=ANNA)
    assert texts(team) == ["anew"]


def test_without_the_key_nothing_opens(team: Home) -> None:
    """Killed between key and rows: the notes are gone already, and the page stands."""
    learning.write(team.office, "one", person=ANNA)
    with team.databases.keys.write() as keys:
        keys.query(DataKeyRow).filter(DataKeyRow.purpose == NOTES).delete()
    assert texts(team) == []


def test_notes_that_nobody_opens_go_and_those_in_use_stay(
    team: Home, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    learning.write(team.office, "used", person=ANNA)
    learning.write(team.office, "forgotten", person=BRAM)
    shop_clock.forward((LEARNING_UNUSED.days - 1) * DAY)
    assert texts(team) == ["used"]
    assert learning_ahead(team.office).due == 0
    shop_clock.forward(DAY)
    assert learning_ahead(team.office).due == 1
    assert job.run(team.office)["learning"] == 1
    assert texts(team, BRAM) == []
    assert texts(team) == ["used"]
    assert key_count(team) == 1


def test_who_leaves_takes_notes_and_coaching_along(team: Home) -> None:
    learning.write(team.office, MARKER, person=ANNA)
    learning.choose_coach(team.office, 2, person=ANNA)
    learning.choose_coach(team.office, 1, person=BRAM)
    leave(team.office, ANNA, holder=frozenset({RoleName.MANAGER}), actor=MANAGER)
    assert key_count(team) == 0
    with team.databases.identity.read() as identity:
        assert identity.scalars(select(LearningRow)).all() == []
        assert identity.scalars(select(CoachRow)).all() == []
        assert learning.coached_by(identity, BRAM) == ()


def test_the_sweep_goes_on_where_leaving_died(team: Home) -> None:
    learning.write(team.office, MARKER, person=ANNA)
    with team.databases.identity.write() as identity:
        identity.get_one(User, 1).active = False
    assert job.run(team.office)["learning"] == 1
    assert key_count(team) == 0
