import json
import multiprocessing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from consent.errors import LedgerError
from consent.keystore.keyring import KeyRing, open_keyring
from consent.keystore.roots.local import RootKey
from consent.log import ledger, merkle
from consent.log.events import EventKind
from consent.log.notes import is_signed, parse_checkpoint
from consent.models import LogDetailRow, LogEntryRow
from consent.storage import Database, Databases, open_sqlite
from tests.support.office import START


def add(identity: Database, ring: KeyRing, count: int, actor: str = "user:an") -> None:
    with identity.write() as session:
        for number in range(count):
            ledger.append(
                session,
                ring,
                EventKind.CARD_READ,
                actor=actor,
                about=f"subject-{number % 3}",
                detail={"number": number},
                now=START + timedelta(seconds=number),
            )


def test_an_entry_comes_with_a_checkpoint_that_signs_for_it(
    databases: Databases, ring: KeyRing
) -> None:
    add(databases.identity, ring, 6)
    with databases.identity.write() as session:
        entry = ledger.append(
            session, ring, EventKind.SIGNIN_OK, actor="user:an", about=None, detail={}, now=START
        )
    checkpoint = parse_checkpoint(entry.checkpoint)
    assert (entry.leaf_index, checkpoint.size) == (6, 7)
    assert is_signed(checkpoint, ring.log_public)
    with databases.identity.read() as session:
        assert ledger.latest_checkpoint(session) == checkpoint
        assert ledger.size(session) == 7


def test_a_leaf_holds_no_personal_data(databases: Databases, ring: KeyRing) -> None:
    add(databases.identity, ring, 1)
    with databases.identity.read() as session:
        leaf = json.loads(session.get_one(LogEntryRow, 0).leaf)
    assert leaf.keys() == {"v", "index", "kind", "at", "commitment"}


def test_equal_details_have_different_commitments(databases: Databases, ring: KeyRing) -> None:
    """The salt keeps anybody from guessing whom a leaf is about once the detail is gone."""
    for _ in range(2):
        add(databases.identity, ring, 1)
    with databases.identity.read() as session:
        leaves = [json.loads(session.get_one(LogEntryRow, i).leaf) for i in range(2)]
        salts = {session.get_one(LogDetailRow, i).salt for i in range(2)}
    assert leaves[0]["commitment"] != leaves[1]["commitment"]
    assert len(salts) == 2


def test_proofs_hold_for_every_entry_and_every_earlier_size(
    databases: Databases, ring: KeyRing
) -> None:
    add(databases.identity, ring, 13)
    with databases.identity.read() as session:
        newest = ledger.latest_checkpoint(session)
        for index in range(13):
            leaf = merkle.leaf_hash(session.get_one(LogEntryRow, index).leaf)
            path = ledger.inclusion_proof(session, index, 13)
            assert ledger.verify_inclusion(leaf, index, 13, path, newest.root)
        notes = session.execute(text("SELECT note FROM log_checkpoint ORDER BY tree_size"))
        for (note,) in notes:
            old = parse_checkpoint(note)
            path = ledger.consistency_proof(session, old.size, 13)
            assert ledger.verify_consistency(old.size, 13, old.root, newest.root, path)


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 4)])
def test_a_proof_of_what_is_not_there_is_refused(
    databases: Databases, ring: KeyRing, index: int, size: int
) -> None:
    add(databases.identity, ring, 3)
    with databases.identity.read() as session, pytest.raises(LedgerError):
        ledger.inclusion_proof(session, index, size)


def test_an_aborted_transaction_leaves_no_entry(databases: Databases, ring: KeyRing) -> None:
    add(databases.identity, ring, 2)

    def add_and_fail() -> None:
        with databases.identity.write() as session:
            ledger.append(
                session, ring, EventKind.SIGNIN_OK, actor="x", about=None, detail={}, now=START
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    with databases.identity.read() as session:
        assert ledger.size(session) == 2


@pytest.mark.parametrize("table", ["log_entry", "log_node", "log_checkpoint"])
@pytest.mark.parametrize("operation", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}"])
def test_the_log_cannot_be_updated_or_deleted(
    databases: Databases, ring: KeyRing, table: str, operation: str
) -> None:
    add(databases.identity, ring, 2)
    with (
        pytest.raises(IntegrityError, match="insert-only"),
        databases.identity.write() as session,
    ):
        session.execute(text(operation.format(table)))


def test_a_detail_can_be_deleted_but_not_changed(databases: Databases, ring: KeyRing) -> None:
    add(databases.identity, ring, 2)
    with databases.identity.write() as session:
        session.execute(text("DELETE FROM log_detail WHERE leaf_index = 0"))
    with (
        pytest.raises(IntegrityError, match="never changed"),
        databases.identity.write() as session,
    ):
        session.execute(text("UPDATE log_detail SET actor = 'x'"))


def test_nothing_is_added_to_a_log_whose_end_was_cut(databases: Databases, ring: KeyRing) -> None:
    add(databases.identity, ring, 3)
    with databases.identity.write() as session:
        session.execute(text("DROP TRIGGER log_checkpoint_no_delete"))
        session.execute(text("DELETE FROM log_checkpoint WHERE tree_size = 3"))
    with pytest.raises(LedgerError, match="altered log"):
        add(databases.identity, ring, 1)


def test_the_feed_gives_later_entries_of_the_kinds_asked_for(
    databases: Databases, ring: KeyRing
) -> None:
    add(databases.identity, ring, 4)
    with databases.identity.read() as session:
        assert [e.leaf_index for e in ledger.entries_after(session, 1, None, 10)] == [2, 3]
        assert [e.leaf_index for e in ledger.entries_after(session, -1, None, 2)] == [0, 1]
        assert ledger.entries_after(session, -1, [EventKind.SIGNIN_OK], 10) == ()


def test_the_search_meets_every_condition_and_pages(databases: Databases, ring: KeyRing) -> None:
    add(databases.identity, ring, 9)
    with databases.identity.read() as session:
        about = ledger.search(session, about="subject-1")
        assert [entry.leaf_index for entry in about] == [7, 4, 1]
        since, until = START + timedelta(seconds=2), START + timedelta(seconds=8)
        between = ledger.search(session, about="subject-1", since=since, until=until)
        assert [entry.leaf_index for entry in between] == [7, 4]
        assert [e.leaf_index for e in ledger.search(session, before=4, limit=2)] == [3, 2]
        assert ledger.search(session, actor="nobody") == ()
        assert ledger.search(session, kinds=[EventKind.SIGNIN_OK]) == ()


def test_an_unlinked_entry_still_shows_without_its_detail(
    databases: Databases, ring: KeyRing
) -> None:
    add(databases.identity, ring, 1)
    with databases.identity.write() as session:
        session.execute(text("DELETE FROM log_detail"))
    with databases.identity.read() as session:
        (entry,) = ledger.entries_after(session, -1, None, 10)
    assert (entry.about, entry.actor, entry.detail) == (None, None, None)


def test_the_gallery_version_is_the_newest_entry_that_edges_must_know(
    databases: Databases, ring: KeyRing
) -> None:
    with databases.identity.write() as session:
        assert ledger.gallery_version(session) == 0
        for kind in (EventKind.SIGNIN_OK, EventKind.TEMPLATE_REMOVED, EventKind.CARD_READ):
            ledger.append(session, ring, kind, actor="x", about=None, detail={}, now=START)
        assert ledger.gallery_version(session) == 1


def test_appending_and_proving_scan_no_table(databases: Databases, ring: KeyRing) -> None:
    """What makes them O(log n): every statement finds its rows by their keys."""
    add(databases.identity, ring, 20)
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    event.listen(databases.identity.engine, "before_cursor_execute", note)
    add(databases.identity, ring, 1)
    with databases.identity.read() as session:
        ledger.inclusion_proof(session, 3, 21)
    event.remove(databases.identity.engine, "before_cursor_execute", note)
    with databases.identity.engine.connect() as connection:
        plans = [
            str(row[3])
            for statement, parameters in statements
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    assert [plan for plan in plans if plan.startswith("SCAN log")] == []


def _append_elsewhere(folder: str, count: int) -> None:
    databases = open_sqlite(Path(folder))
    ring = open_keyring(databases.keys, lambda: (RootKey(bytes(32), development=True),), START)
    for _ in range(count):
        add(databases.identity, ring, 1, actor="process")


def test_processes_append_side_by_side(databases: Databases, ring: KeyRing, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    other = context.Process(target=_append_elsewhere, args=(str(tmp_path / "data"), 10))
    other.start()
    for _ in range(10):
        add(databases.identity, ring, 1)
    other.join(60)
    assert other.exitcode == 0
    with databases.identity.read() as session:
        result = ledger.verify(session, ring.log_public)
    assert (result.ok, result.size) == (True, 20)
