"""The flows, stopped between every two steps: they end in one of their two ends, never between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from consent import records
from consent.errors import KeyUnavailableError, StorageError, SubjectUnknownError
from consent.keystore import seals
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import DataKeyRow, FlowRow, SubjectRow
from consent.office import (
    Joined,
    Office,
    Statement,
    TemplateMade,
    change,
    close_enrolment,
    erase,
    open_enrolment,
    resume,
    withdraw,
)
from consent.proof.receipts import subject_by_code
from consent.purposes import Purpose
from tests.support.office import Clock, Edges, Shelf, Stopped, stopping_after

ALL = {Purpose.RECOGNISE: True, Purpose.PREFERENCES: True, Purpose.ALLERGIES: True}
MADE = TemplateMade("alias-1", "model", 3)
WITHDRAWAL_STEPS = ("opened", "keys", "erase:shelf", "forgotten")


@pytest.fixture
def joined(office: Office, statement: Statement, shelf: Shelf) -> Joined:
    """A customer with a template, tastes and allergies."""
    made = open_enrolment(office, statement, ALL)
    shelf.put(made.subject_id, Purpose.RECOGNISE, "alias-1")
    shelf.put(made.subject_id, Purpose.PREFERENCES, "tastes")
    close_enrolment(office, made.flow_id, MADE)
    return made


def kinds(office: Office) -> list[EventKind]:
    with office.databases.identity.read() as session:
        return [entry.kind for entry in ledger.entries_after(session, -1, None, 1000)]


def data_keys(office: Office) -> set[str]:
    with office.databases.keys.read() as session:
        return {row.purpose for row in session.query(DataKeyRow)}


def open_flows(office: Office) -> int:
    with office.databases.identity.read() as session:
        return session.query(FlowRow).filter(FlowRow.closed_at.is_(None)).count()


def aliases_logged(office: Office) -> list[list[str]]:
    with office.databases.identity.read() as session:
        removed = ledger.entries_after(session, -1, [EventKind.TEMPLATE_REMOVED], 10)
    return [entry.detail["aliases"] for entry in removed if entry.detail is not None]


def test_withdrawing_one_purpose_leaves_the_others(office: Office, joined: Joined) -> None:
    ended = withdraw(
        office, joined.subject_id, [Purpose.ALLERGIES], actor="user:an", method="staff"
    )
    assert (ended.purposes, ended.closed) == ((Purpose.ALLERGIES,), True)
    assert data_keys(office) == {"account", "recognise", "preferences"}
    with office.databases.identity.read() as session:
        stands = records.standing(session, joined.subject_id, office.now())
    assert stands.keys() == {Purpose.ACCOUNT, Purpose.RECOGNISE, Purpose.PREFERENCES}


def test_withdrawing_without_a_purpose_keeps_only_the_account(
    office: Office, joined: Joined, shelf: Shelf
) -> None:
    ended = withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    assert set(ended.purposes) == set(ALL)
    assert data_keys(office) == {"account"}
    assert shelf.kept == {}
    assert ended.receipt is not None


def test_withdrawing_again_says_that_nothing_stood(office: Office, joined: Joined) -> None:
    withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    again = withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    assert (again.flow_id, again.purposes, again.receipt, again.closed) == (None, (), None, True)


def test_a_stranger_has_nothing_to_withdraw(office: Office) -> None:
    with pytest.raises(SubjectUnknownError):
        withdraw(office, "nobody", None, actor="user:an", method="staff")
    with pytest.raises(SubjectUnknownError):
        erase(office, "nobody", actor="user:an", method="staff")


def test_the_key_goes_before_the_data(office: Office, joined: Joined, shelf: Shelf) -> None:
    """A full disk cannot keep anything readable."""
    shelf.broken = True
    with pytest.raises(StorageError):
        withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    assert data_keys(office) == {"account"}
    with pytest.raises(StorageError):
        resume(office)
    shelf.broken = False
    assert len(resume(office)) == 1
    assert shelf.kept == {}


@pytest.mark.parametrize("step", WITHDRAWAL_STEPS)
def test_a_withdrawal_stopped_anywhere_is_carried_on(
    office: Office, joined: Joined, shelf: Shelf, step: str
) -> None:
    with pytest.raises(Stopped):
        withdraw(
            stopping_after(office, step), joined.subject_id, None, actor="user:an", method="staff"
        )
    with office.databases.identity.read() as session:
        stands = records.standing(session, joined.subject_id, office.now())
    assert stands.keys() == {Purpose.ACCOUNT}, "consent ends with the first step"
    assert len(resume(office)) == 1
    assert data_keys(office) == {"account"}
    assert shelf.kept == {}
    assert open_flows(office) == 0
    assert aliases_logged(office) == [["alias-1"]], "edges hear of it, once"
    assert kinds(office).count(EventKind.WITHDRAWAL_COMPLETED) == 1
    assert resume(office) == ()


@pytest.mark.parametrize("step", WITHDRAWAL_STEPS)
def test_an_erasure_stopped_anywhere_is_carried_on(
    office: Office, joined: Joined, shelf: Shelf, step: str
) -> None:
    with pytest.raises(Stopped):
        erase(stopping_after(office, step), joined.subject_id, actor="user:an", method="staff")
    assert len(resume(office)) == 1
    assert (data_keys(office), shelf.kept, open_flows(office)) == (set(), {}, 0)
    with office.databases.identity.read() as session:
        assert session.get(SubjectRow, joined.subject_id) is None
        assert subject_by_code(session, office.ring, joined.code) is None
        assert ledger.verify(session, office.ring.log_public).ok
    assert kinds(office)[-2:] == [EventKind.ERASURE_COMPLETED, EventKind.RECEIPT_ISSUED]


def test_an_erased_customer_is_unknown_and_only_the_proof_is_left(
    office: Office, joined: Joined
) -> None:
    with office.databases.identity.write() as session:
        ledger.append(
            session,
            office.ring,
            EventKind.CARD_READ,
            actor="user:an",
            about=joined.subject_id,
            detail={},
            now=office.now(),
        )
    erase(office, joined.subject_id, actor="user:an", method="staff")
    with pytest.raises(SubjectUnknownError):
        erase(office, joined.subject_id, actor="user:an", method="staff")
    with office.databases.identity.read() as session:
        left = {entry.kind for entry in ledger.search(session, about=joined.subject_id)}
        proof = records.history(session, joined.subject_id)
    assert EventKind.CARD_READ not in left
    assert EventKind.CONSENT_GIVEN in left
    assert [row.state for row in proof][-4:] == ["withdrawn"] * 4


def test_the_case_closes_when_the_edges_know(office: Office, joined: Joined, edges: Edges) -> None:
    edges.known = -1
    ended = withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    assert not ended.closed
    assert resume(office) == ()
    with office.databases.identity.read() as session:
        edges.known = ledger.gallery_version(session)
    assert resume(office) == (ended.flow_id,)


def test_ending_what_no_edge_holds_waits_for_none(
    office: Office, joined: Joined, edges: Edges
) -> None:
    edges.known = -1
    assert withdraw(
        office, joined.subject_id, [Purpose.ALLERGIES], actor="user:an", method="staff"
    ).closed


def test_what_was_sealed_cannot_be_read_after_withdrawal(office: Office, joined: Joined) -> None:
    grant = joined.grants[Purpose.ALLERGIES]
    with office.databases.keys.write() as session:
        sealed = seals.seal_for(session, office.ring, grant, b"milk", office.binding(grant))
    withdraw(office, joined.subject_id, [Purpose.ALLERGIES], actor="user:an", method="staff")
    with (
        office.databases.keys.read() as session,
        pytest.raises(KeyUnavailableError, match="destroyed"),
    ):
        seals.unseal_for(session, office.ring, grant, sealed, office.binding(grant))


@pytest.mark.sqlite
def test_a_destroyed_key_is_not_left_in_any_file(office: Office, joined: Joined) -> None:
    """`secure_delete` and an emptied write-ahead log: no page of the key database holds it."""
    with office.databases.keys.read() as session:
        row = session.get_one(DataKeyRow, (joined.subject_id, "allergies"))
    withdraw(office, joined.subject_id, [Purpose.ALLERGIES], actor="user:an", method="staff")
    folder = office.databases.keys.engine.url.database
    assert folder is not None
    for suffix in ("", "-wal"):
        with open(folder + suffix, "rb") as file:  # noqa: PTH123
            assert row.wrapped not in file.read()


def test_a_purpose_given_again_gets_a_new_key(
    office: Office, joined: Joined, statement: Statement
) -> None:
    before = joined.grants[Purpose.ALLERGIES]
    changed = change(office, joined.subject_id, statement, {Purpose.ALLERGIES: False})
    assert changed.withdrawal is not None
    again = change(office, joined.subject_id, statement, {Purpose.ALLERGIES: True})
    assert again.grants[Purpose.ALLERGIES].consent_id != before.consent_id
    assert "allergies" in data_keys(office)


def test_an_interrupted_withdrawal_does_not_erase_what_is_given_anew(
    office: Office, joined: Joined, statement: Statement, shelf: Shelf
) -> None:
    with pytest.raises(Stopped):
        withdraw(
            stopping_after(office, "opened"),
            joined.subject_id,
            [Purpose.PREFERENCES],
            actor="user:an",
            method="staff",
        )
    change(office, joined.subject_id, statement, {Purpose.PREFERENCES: True})
    shelf.put(joined.subject_id, Purpose.PREFERENCES, "new tastes")
    resume(office)
    assert "preferences" in data_keys(office)
    assert shelf.kept[joined.subject_id, Purpose.PREFERENCES] == "new tastes"


@pytest.mark.parametrize("step", ["recorded", "keys made"])
def test_a_joining_stopped_anywhere_gets_its_keys_and_is_closed_when_abandoned(
    office: Office, statement: Statement, clock: Clock, step: str
) -> None:
    with pytest.raises(Stopped):
        open_enrolment(stopping_after(office, step), statement, ALL)
    assert resume(office) == ()
    assert data_keys(office) == {"account", "recognise", "preferences", "allergies"}
    clock.move(timedelta(minutes=16))
    assert len(resume(office)) == 1
    assert data_keys(office) == {"account", "preferences", "allergies"}
    assert open_flows(office) == 0


def test_a_template_that_comes_after_the_withdrawal_is_erased_again(
    office: Office, statement: Statement, shelf: Shelf
) -> None:
    made = open_enrolment(office, statement, ALL)
    withdraw(office, made.subject_id, [Purpose.RECOGNISE], actor="user:an", method="staff")
    shelf.put(made.subject_id, Purpose.RECOGNISE, "late")
    closed = close_enrolment(office, made.flow_id, MADE)
    assert not closed.stands
    assert shelf.kept == {}
    assert EventKind.TEMPLATE_MADE not in kinds(office)
    assert aliases_logged(office)[-1] == ["late"]


def test_one_flow_that_fails_does_not_hold_up_the_others(
    office: Office, statement: Statement, shelf: Shelf, clock: Clock
) -> None:
    first, second = (open_enrolment(office, statement, ALL) for _ in range(2))
    for made in (first, second):
        with pytest.raises(Stopped):
            withdraw(stopping_after(office, "opened"), made.subject_id, None, actor="a", method="b")
    (eraser,) = office.erasers

    def erase_one(*arguments: object) -> tuple[str, ...]:
        if arguments[1] == first.subject_id:
            raise StorageError("The disk is full.")
        return ()

    with pytest.raises(StorageError):
        resume(replace(office, erasers=(replace(eraser, erase=erase_one),)))
    assert open_flows(office) == 1


@pytest.mark.parametrize("step", WITHDRAWAL_STEPS)
def test_the_worker_may_finish_what_a_request_is_carrying_out(
    office: Office, joined: Joined, step: str
) -> None:
    """The hub's worker looks every second, and so meets flows that somebody is just running."""

    def work(done: str) -> None:
        if done == step:
            resume(office)

    busy = replace(office, after_step=work)
    gone = erase(busy, joined.subject_id, actor="device:kiosk-1", method="kiosk")
    assert gone.closed
    assert open_flows(office) == 0
    assert kinds(office).count(EventKind.TEMPLATE_REMOVED) == 1
    assert kinds(office).count(EventKind.ERASURE_COMPLETED) == 1
    assert aliases_logged(office) == [["alias-1"]]
    assert data_keys(office) == set()
