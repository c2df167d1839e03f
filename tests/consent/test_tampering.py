"""Whoever can write the database file: each way of altering it is found, and where.

Everything is done with sqlite3 on the file, triggers dropped; nothing of ours helps or hinders.
"""

import sqlite3
from pathlib import Path

import pytest

from consent.log import merkle
from consent.log.ledger import Checkpoint, latest_checkpoint, verify
from consent.office import Office
from consent.storage import open_sqlite
from tests.support.tampering import behind_its_back, copy_of, cut_to, put_back
from tests.support.witnesses import act

SIZE = 20
PLACE = 7


@pytest.fixture
def folder(office: Office, tmp_path: Path) -> Path:
    act(office, SIZE)
    return tmp_path / "data"


@pytest.fixture
def outside(office: Office, folder: Path) -> Checkpoint:
    """What a witness, a camera or a receipt keeps."""
    with office.databases.identity.read() as identity:
        return latest_checkpoint(identity)


def found(office: Office, against: Checkpoint | None = None) -> dict[int | None, str]:
    """Return what was found, by entry."""
    with office.databases.identity.read() as identity:
        result = verify(identity, office.ring.log_public, against)
    assert result.ok is not bool(result.findings)
    return {finding.leaf_index: finding.what for finding in reversed(result.findings)}


def rehash(database: sqlite3.Connection) -> None:
    """Make the tree fit the leaves again, as far as that goes without the log's key."""
    leaves = database.execute("SELECT leaf_index, leaf FROM log_entry ORDER BY 1").fetchall()
    database.execute("DELETE FROM log_node")
    nodes: dict[merkle.NodeId, bytes] = {}
    for index, leaf in leaves:
        nodes[0, index] = merkle.leaf_hash(leaf)
        for level, position in merkle.completed_by(index):
            pair = nodes[level - 1, position * 2], nodes[level - 1, position * 2 + 1]
            nodes[level, position] = merkle.node_hash(*pair)
    rows = [(*node, hashed) for node, hashed in nodes.items()]
    database.executemany("INSERT INTO log_node (level, position, hash) VALUES (?, ?, ?)", rows)


def test_untouched_it_holds(office: Office, outside: Checkpoint) -> None:
    assert found(office) == {}
    assert found(office, outside) == {}


@pytest.mark.parametrize("hashes", ["left", "made to fit"])
def test_an_edited_entry_is_named(office: Office, folder: Path, hashes: str) -> None:
    with behind_its_back(folder) as database:
        database.execute(
            "UPDATE log_entry SET kind = 'signin.ok', "
            "leaf = CAST(replace(CAST(leaf AS TEXT), 'card.read', 'signin.ok') AS BLOB) "
            "WHERE leaf_index = ?",
            (PLACE,),
        )
        if hashes == "made to fit":
            rehash(database)
    assert set(found(office)) == {PLACE}


def test_an_edited_detail_is_named(office: Office, folder: Path) -> None:
    with behind_its_back(folder) as database:
        database.execute("UPDATE log_detail SET actor = 'x' WHERE leaf_index = ?", (PLACE,))
    assert set(found(office)) == {PLACE}


def test_a_deleted_entry_is_named(office: Office, folder: Path) -> None:
    with behind_its_back(folder) as database:
        for table in ("log_detail", "log_entry"):
            database.execute(f"DELETE FROM {table} WHERE leaf_index = ?", (PLACE,))  # noqa: S608
    assert found(office) == {PLACE: "The entry is missing."}


def test_a_deleted_entry_with_the_rest_moved_up_is_found_from_there_on(
    office: Office, folder: Path
) -> None:
    with behind_its_back(folder) as database:
        for table in ("log_detail", "log_entry"):
            database.execute(f"DELETE FROM {table} WHERE leaf_index = ?", (PLACE,))  # noqa: S608
            database.execute(
                f"UPDATE {table} SET leaf_index = leaf_index - 1 WHERE leaf_index > ?",  # noqa: S608
                (PLACE,),
            )
        rehash(database)
    assert set(range(PLACE, SIZE)) <= set(found(office))
    assert min(place for place in found(office) if place is not None) == PLACE


def test_a_cut_that_leaves_traces_is_found_from_there_on(office: Office, folder: Path) -> None:
    with behind_its_back(folder) as database:
        database.execute("DELETE FROM log_entry WHERE leaf_index >= ?", (PLACE,))
    assert set(found(office)) == set(range(PLACE, SIZE))


def test_a_cut_without_traces_shows_against_an_outside_checkpoint(
    office: Office, folder: Path, outside: Checkpoint
) -> None:
    with behind_its_back(folder) as database:
        cut_to(database, PLACE)
    assert found(office) == {}  # and `end_proven` is False
    [what] = found(office, outside).values()
    assert f"entries {PLACE} to {SIZE - 1} were cut off, or an older copy was put back" in what


def test_entries_that_changed_places_are_both_named(office: Office, folder: Path) -> None:
    with behind_its_back(folder) as database:
        for table in ("log_entry", "log_detail"):
            for old, new in ((PLACE, 900), (PLACE + 1, PLACE), (900, PLACE + 1)):
                database.execute(
                    f"UPDATE {table} SET leaf_index = ? WHERE leaf_index = ?",  # noqa: S608
                    (new, old),
                )
        rehash(database)
    assert {PLACE, PLACE + 1} <= set(found(office))
    assert min(place for place in found(office) if place is not None) == PLACE


def test_an_inserted_entry_is_named_and_all_that_it_moved(office: Office, folder: Path) -> None:
    with behind_its_back(folder) as database:
        for table in ("log_detail", "log_entry"):
            for index in range(SIZE - 1, PLACE - 1, -1):
                database.execute(
                    f"UPDATE {table} SET leaf_index = ? WHERE leaf_index = ?",  # noqa: S608
                    (index + 1, index),
                )
        database.execute(
            "INSERT INTO log_entry SELECT ?, kind, at, leaf FROM log_entry WHERE leaf_index = 0",
            (PLACE,),
        )
        rehash(database)
    assert set(found(office)) == set(range(PLACE, SIZE + 1))


def test_an_entry_added_at_the_end_is_not_signed_for(office: Office, folder: Path) -> None:
    with behind_its_back(folder) as database:
        database.execute(
            "INSERT INTO log_entry SELECT ?, kind, at, "
            "CAST(replace(CAST(leaf AS TEXT), ?, ?) AS BLOB) FROM log_entry WHERE leaf_index = ?",
            (SIZE, f'"index":{SIZE - 1}', f'"index":{SIZE}', SIZE - 1),
        )
        rehash(database)
    assert found(office) == {SIZE: "The checkpoint that signs for this entry is missing."}


@pytest.mark.parametrize("grown", [SIZE - PLACE, SIZE], ids=["as long", "longer"])
def test_a_fork_with_the_logs_own_key_shows_against_an_outside_checkpoint(
    office: Office, folder: Path, outside: Checkpoint, grown: int
) -> None:
    with behind_its_back(folder) as database:
        cut_to(database, PLACE)
    act(office, grown)
    assert found(office) == {}  # whoever has the key can do that; see the witness
    [what] = found(office, outside).values()
    assert "the log was rewritten" in what


def test_an_old_copy_put_back_shows_against_an_outside_checkpoint(
    office: Office, folder: Path, tmp_path: Path
) -> None:
    copy = copy_of(folder, tmp_path / "copy")
    act(office, 3)
    with office.databases.identity.read() as identity:
        newest = latest_checkpoint(identity)
    office.databases.close()
    put_back(copy, folder)
    databases = open_sqlite(folder)
    with databases.identity.read() as identity:
        alone = verify(identity, office.ring.log_public)
        against = verify(identity, office.ring.log_public, newest)
    databases.close()
    assert (alone.ok, alone.end_proven, alone.size) == (True, False, SIZE)
    [finding] = against.findings
    assert f"entries {SIZE} to {SIZE + 2} were cut off, or an older copy" in finding.what
