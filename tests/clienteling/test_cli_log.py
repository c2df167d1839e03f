"""`clienteling log verify`: what it finds, what it proves, and how it ends."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from clienteling.home import open_home
from consent.log import ledger
from consent.log.ledger import latest_checkpoint
from tests.support.people import join
from tests.support.shops import Command, make_home

VERIFY = ("log", "verify", "--json")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A shop with a customer, closed."""
    home = make_home(tmp_path / "shop")
    join(home)
    home.databases.close()
    return tmp_path / "shop"


def keep_checkpoint(home: Path, target: Path) -> Path:
    """What an edge does: keep the newest checkpoint elsewhere."""
    opened = open_home(home)
    with opened.databases.identity.read() as identity:
        target.write_text(latest_checkpoint(identity).note, encoding="utf-8")
    opened.databases.close()
    return target


def entries(home: Path) -> int:
    opened = open_home(home)
    with opened.databases.identity.read() as identity:
        return ledger.size(identity)


def alter(home: Path, *statements: str, size: int = 0) -> None:
    """What somebody who can write the file does: drop the triggers first."""
    with closing(sqlite3.connect(home / "identity.db")) as database, database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert database.execute(statement, {"size": size}).rowcount >= 1


def test_a_log_without_an_outside_checkpoint_holds_but_its_end_is_not_proven(
    command: Command, made: Path
) -> None:
    done = command(*VERIFY)

    assert done.code == 0
    assert (done.json["ok"], done.json["end_proven"], done.json["findings"]) == (True, False, [])
    assert "end of log not proven" in done.json["summary"].lower()
    assert "end of log not proven" in command("log", "verify").out.lower()


def test_the_newest_checkpoint_kept_elsewhere_proves_the_end(
    command: Command, made: Path, tmp_path: Path
) -> None:
    kept = keep_checkpoint(made, tmp_path / "checkpoint.txt")

    done = command(*VERIFY, "--against", str(kept))

    assert (done.code, done.json["end_proven"]) == (0, True)


def test_an_older_checkpoint_proves_the_log_up_to_there(
    command: Command, made: Path, tmp_path: Path
) -> None:
    kept = keep_checkpoint(made, tmp_path / "checkpoint.txt")
    before = entries(made)
    command(*VERIFY)

    done = command(*VERIFY, "--against", str(kept))

    assert done.code == 0
    assert (done.json["proven_size"], done.json["end_proven"]) == (before, False)


def test_a_receipt_stands_for_the_checkpoint_it_carries(
    command: Command, made: Path, tmp_path: Path
) -> None:
    form = ("enrol", "--name", "A", "--purposes", "preferences", "--attest", "f", "--json")
    receipt = command(*form).json["receipt"]
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))

    done = command(*VERIFY, "--against", str(tmp_path / "receipt.json"))

    assert done.code == 0
    assert done.json["proven_size"] > 0


def test_an_altered_entry_is_named(command: Command, made: Path) -> None:
    alter(
        made,
        "UPDATE log_entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'given', 'taken') AS BLOB) "
        "WHERE leaf_index = 3",
    )

    done = command(*VERIFY)

    assert (done.code, done.json["ok"]) == (1, False)
    assert {finding["leaf_index"] for finding in done.json["findings"]} == {3}
    assert "entries concerned: 3" in done.json["summary"]
    assert "entries concerned: 3" in command("log", "verify").out


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_detail SET actor = 'somebody else' WHERE leaf_index = 3",
        "UPDATE log_entry SET kind = 'card.read' WHERE leaf_index = 3",
        "UPDATE consent_record SET state = 'refused' WHERE leaf_index = 3",
        "DELETE FROM log_entry WHERE leaf_index = 3",
        "UPDATE log_entry SET leaf = 'no bytes' WHERE leaf_index = 3",
        "UPDATE log_detail SET detail = 'no JSON' WHERE leaf_index = 3",
        "UPDATE log_detail SET detail = '[]' WHERE leaf_index = 3",
        "UPDATE log_detail SET actor = CAST(x'ff' AS TEXT) WHERE leaf_index = 3",
        "UPDATE log_node SET hash = 'no bytes' WHERE level = 0 AND position = 3",
        "UPDATE consent_record SET body = '{}' WHERE leaf_index = 3",
        "UPDATE log_checkpoint SET note = replace(note, '4', '5') WHERE tree_size = 4",
    ],
)
def test_whatever_is_changed_or_removed_is_found_at_its_place(
    command: Command, made: Path, statement: str
) -> None:
    alter(made, statement)

    done = command(*VERIFY)

    assert done.code == 1
    assert 3 in {finding["leaf_index"] for finding in done.json["findings"]}


def test_a_cut_tail_shows_here_and_against_a_newer_checkpoint(
    command: Command, made: Path, tmp_path: Path
) -> None:
    before = entries(made)
    command(*VERIFY)
    kept = keep_checkpoint(made, tmp_path / "checkpoint.txt")
    alter(
        made,
        "DELETE FROM log_checkpoint WHERE tree_size > :size",
        "DELETE FROM log_detail WHERE leaf_index >= :size",
        "DELETE FROM log_entry WHERE leaf_index >= :size",
        "DELETE FROM log_node WHERE (position + 1) * (1 << level) > :size",
        size=before,
    )

    here = command(*VERIFY)
    cut = command(*VERIFY, "--against", str(kept))

    assert (here.code, here.json["ok"], here.json["logged"]) == (1, True, False)
    assert "their log does not hold what was seen here" in here.err
    assert cut.code == 1
    assert f"ends after {before} entries" in cut.json["findings"][0]["what"]
    assert "were cut off" in cut.json["findings"][0]["what"]


def test_a_checkpoint_of_another_log_is_refused(
    command: Command, made: Path, tmp_path: Path
) -> None:
    other = make_home(tmp_path / "other")
    join(other)
    other.databases.close()
    kept = keep_checkpoint(tmp_path / "other", tmp_path / "checkpoint.txt")

    done = command(*VERIFY, "--against", str(kept))

    assert done.code == 1
    assert "not signed by this log's key" in done.json["findings"][0]["what"]


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe", b'{"a": 1}', None])
def test_what_is_no_checkpoint_is_a_usage_error(
    command: Command, made: Path, tmp_path: Path, content: bytes | None
) -> None:
    kept = tmp_path / "kept"
    if content is not None:
        kept.write_bytes(content)

    done = command(*VERIFY, "--against", str(kept))

    assert (done.code, done.out) == (2, "")
