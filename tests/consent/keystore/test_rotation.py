"""A new store key under a running hub: both open meanwhile, and one is left in the end."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from consent.errors import KeyUnavailableError
from consent.keystore import rotation
from consent.keystore.keyring import KeyRing, open_keyring
from consent.keystore.keys import data_key
from consent.keystore.roots.local import RootKey
from consent.keystore.rotation import advance, open_rotation
from consent.keystore.seals import seal_for, unseal_for
from consent.log.events import EventKind
from consent.log.ledger import search
from consent.models import DataKeyRow, StoreKeyRow
from consent.office import Joined, Office, Statement, open_enrolment, resume
from consent.purposes import Purpose
from consent.sealing import MAX_SEALS
from consent.storage import Databases
from tests.support.office import START, Stopped, stopping_after

CUSTOMERS = 5
STEPS = ("opened", "made", "batch", "rewrapped", "closed")


@pytest.fixture
def joined(office: Office, statement: Statement) -> list[Joined]:
    return [open_enrolment(office, statement, {Purpose.ALLERGIES: True}) for _ in range(CUSTOMERS)]


@pytest.fixture
def sealed(office: Office, joined: list[Joined]) -> list[bytes]:
    grants = [one.grants[Purpose.ALLERGIES] for one in joined]
    with office.databases.keys.write() as session:
        return [
            seal_for(session, office.ring, grant, b"milk", office.binding(grant))
            for grant in grants
        ]


def opened(office: Office, joined: list[Joined], sealed: list[bytes]) -> list[bytes]:
    with office.databases.keys.read() as session:
        grants = [one.grants[Purpose.ALLERGIES] for one in joined]
        return [
            unseal_for(session, office.ring, grant, box, office.binding(grant))
            for grant, box in zip(grants, sealed, strict=True)
        ]


def store_keys(office: Office) -> list[StoreKeyRow]:
    with office.databases.keys.read() as session:
        return list(session.scalars(select(StoreKeyRow)))


def run(office: Office, flow_id: str, batch: int = 3) -> list[rotation.Progress]:
    told: list[rotation.Progress] = []
    while not (told and told[-1].closed):
        told.append(advance(office, flow_id, batch=batch))
    return told


def another_process(office: Office) -> Office:
    roots = lambda: (RootKey(bytes(32), development=True),)  # noqa: E731
    return replace(office, ring=open_keyring(office.databases.keys, roots, START))


def test_everything_opens_at_every_step_also_in_a_hub_that_was_running(
    office: Office, joined: list[Joined], sealed: list[bytes], statement: Statement
) -> None:
    hub = another_process(office)
    [old] = store_keys(office)
    flow_id = open_rotation(office, actor="command")
    closed = False
    while not closed:
        progress = advance(office, flow_id, batch=3)
        closed = progress.closed
        assert opened(hub, joined, sealed) == [b"milk"] * CUSTOMERS
        assert opened(another_process(office), joined, sealed) == [b"milk"] * CUSTOMERS
        open_enrolment(hub, statement, {Purpose.VISITS: True})

    [new] = store_keys(office)
    assert new.id != old.id
    assert new.retired_at is None
    with office.databases.keys.read() as session:
        assert set(session.scalars(select(DataKeyRow.store_key_id))) == {new.id}


def test_the_progress_counts_up_to_all(office: Office, joined: list[Joined]) -> None:
    told = run(office, open_rotation(office, actor="command"), batch=3)

    assert [(one.done, one.total) for one in told] == [
        (0, 10), (3, 10), (6, 10), (9, 10), (10, 10), (10, 10), (10, 10)
    ]  # fmt: skip
    assert [one.closed for one in told] == [False] * 6 + [True]


@pytest.mark.parametrize("step", STEPS)
def test_a_death_after_any_step_is_carried_on_by_the_worker(
    office: Office, joined: list[Joined], sealed: list[bytes], step: str
) -> None:
    [old] = store_keys(office)
    mortal = stopping_after(office, step)
    with pytest.raises(Stopped):
        run(mortal, open_rotation(mortal, actor="command"))

    hub = another_process(office)
    assert opened(hub, joined, sealed) == [b"milk"] * CUSTOMERS
    for _ in range(10):
        resume(hub)

    [new] = store_keys(office)
    assert new.id != old.id
    assert opened(hub, joined, sealed) == [b"milk"] * CUSTOMERS
    with office.databases.identity.read() as session:
        kinds = [EventKind.KEY_ROTATION_OPENED, EventKind.KEY_ROTATED]
        assert [entry.kind for entry in search(session, kinds=kinds)] == kinds[::-1]


@pytest.mark.sqlite
def test_the_old_wraps_are_gone_from_the_files(
    office: Office, joined: list[Joined], databases: Databases
) -> None:
    with databases.keys.read() as session:
        wraps = [*session.scalars(select(DataKeyRow.wrapped))]
        wraps += session.scalars(select(StoreKeyRow.wrapped))
    run(office, open_rotation(office, actor="command"))

    for path in (databases.keys.engine.url.database, f"{databases.keys.engine.url.database}-wal"):
        with open(str(path), "rb") as file:  # noqa: PTH123
            content = file.read()
        assert not [wrap for wrap in wraps if wrap in content], path


def test_the_old_key_is_forgotten_by_a_running_hub(
    office: Office, joined: list[Joined], sealed: list[bytes]
) -> None:
    hub = another_process(office)
    opened(hub, joined, sealed)
    run(office, open_rotation(office, actor="command"))
    opened(hub, joined, sealed)

    resume(hub)

    assert len(hub.ring.stores._opened) == 1


def test_asking_twice_is_one_rotation(office: Office, joined: list[Joined]) -> None:
    first = open_rotation(office, actor="command")
    assert open_rotation(office, actor="command") == first
    with pytest.raises(KeyUnavailableError, match="clienteling keys rotate store"):
        open_rotation(office, actor="command", kind="rotate-root")

    run(office, first)

    assert open_rotation(office, actor="command") != first


def test_erasing_meanwhile_stays_erased(
    office: Office, joined: list[Joined], sealed: list[bytes]
) -> None:
    flow_id = open_rotation(office, actor="command")
    advance(office, flow_id, batch=3)
    advance(office, flow_id, batch=3)
    with office.databases.keys.write() as session:
        session.execute(
            text("DELETE FROM data_key WHERE subject_id = :id"), {"id": joined[0].subject_id}
        )
    run(office, flow_id)

    with office.databases.keys.read() as session, pytest.raises(KeyUnavailableError):
        data_key(session, office.ring, joined[0].grants[Purpose.ALLERGIES])
    assert opened(office, joined[1:], sealed[1:]) == [b"milk"] * (CUSTOMERS - 1)


def test_a_store_key_counts_what_it_wraps_and_stops_at_the_limit(
    office: Office, joined: list[Joined], statement: Statement
) -> None:
    """R21: at most 2^32 random nonces under one key."""
    assert store_keys(office)[0].uses == 2 * CUSTOMERS
    run(office, open_rotation(office, actor="command"))
    assert store_keys(office)[0].uses == 2 * CUSTOMERS

    with office.databases.keys.write() as session:
        session.execute(text("UPDATE store_key SET uses = :all"), {"all": MAX_SEALS})
    with pytest.raises(KeyUnavailableError, match="clienteling keys rotate store"):
        open_enrolment(office, statement, {Purpose.ALLERGIES: True})


def test_a_restored_key_database_is_rotated_from_the_start(
    office: Office, joined: list[Joined], ring: KeyRing
) -> None:
    """The flow says that the new key was made; the key database is from before that."""
    mortal = stopping_after(office, "opened")
    with pytest.raises(Stopped):
        open_rotation(mortal, actor="command")
    flow_id = open_rotation(office, actor="command")
    rotation.mark(office, flow_id, "made")

    run(office, flow_id)

    assert len(store_keys(office)) == 1
