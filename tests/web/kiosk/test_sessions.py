"""Sessions: one at a time for each kiosk, bound to it, gone on time."""

from datetime import UTC, datetime, timedelta

import pytest

from consent.purposes import Purpose
from web.kiosk.draft import Draft
from web.kiosk.sessions import (
    LIFETIME,
    Joining,
    KioskSessions,
    Leaving,
    Membership,
    SessionGoneError,
)


class _Desk:
    """Sessions with a clock that the test moves, and a list of what was abandoned."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 9, tzinfo=UTC)
        self.abandoned: list[str] = []
        self.sessions = KioskSessions(lambda: self.time, self.abandoned.append)


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


def _capturing(session: Joining) -> None:
    granted = frozenset({Purpose.ACCOUNT, Purpose.RECOGNISE})
    session.member = Membership("subject", "flow", granted, "code", {})
    session.capturing = True


def test_a_session_is_found_by_its_own_kiosk_only(desk: _Desk) -> None:
    session = desk.sessions.join("kiosk-1", "v")
    assert desk.sessions.get(Joining, session.id, "kiosk-1") is session
    with pytest.raises(SessionGoneError):
        desk.sessions.get(Joining, session.id, "kiosk-2")


def test_joining_is_not_leaving(desk: _Desk) -> None:
    session = desk.sessions.join("kiosk-1", "v")
    with pytest.raises(SessionGoneError):
        desk.sessions.get(Leaving, session.id, "kiosk-1")


def test_the_next_customer_ends_the_session_before(desk: _Desk) -> None:
    first = desk.sessions.join("kiosk-1", "v")
    elsewhere = desk.sessions.join("kiosk-2", "v")
    desk.sessions.join("kiosk-1", "v")
    assert first.ended
    assert not elsewhere.ended
    assert desk.sessions.running() == 2


def test_after_ten_minutes_everything_typed_is_gone(desk: _Desk) -> None:
    session = desk.sessions.join("kiosk-1", "v")
    session.draft = Draft(name="Robin")
    desk.time += LIFETIME
    with pytest.raises(SessionGoneError):
        desk.sessions.get(Joining, session.id, "kiosk-1")
    assert session.draft.name == ""
    assert desk.sessions.running() == 0


def test_who_asks_for_more_time_gets_ten_minutes(desk: _Desk) -> None:
    session = desk.sessions.join("kiosk-1", "v")
    desk.time += LIFETIME - timedelta(seconds=1)
    desk.sessions.prolong(session)
    desk.time += LIFETIME - timedelta(seconds=1)
    assert desk.sessions.get(Joining, session.id, "kiosk-1") is session


def test_a_capture_that_was_not_finished_is_abandoned(desk: _Desk) -> None:
    session = desk.sessions.join("kiosk-1", "v")
    _capturing(session)
    desk.sessions.end(session)
    desk.sessions.end(session)
    assert desk.abandoned == ["flow"]


def test_nobody_needs_to_ask_for_a_session_to_be_forgotten(
    desk: _Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's own timer forgets, also when the kiosk lost its power."""
    monkeypatch.setattr("web.kiosk.sessions.LIFETIME", timedelta(seconds=0.05))
    session = desk.sessions.join("kiosk-1", "v")
    _capturing(session)
    desk.sessions._timers[session.id].join(timeout=5)
    assert session.ended
    assert desk.abandoned == ["flow"]


def test_no_session_shows_whose_it_is(desk: _Desk) -> None:
    session = desk.sessions.leave("kiosk-1", "subject-7")
    assert "subject-7" not in repr(session)
