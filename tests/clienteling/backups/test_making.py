"""`clienteling backup`: whole, apart, pruned, owner only; half of one never stays."""

import sqlite3
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from clienteling.backups import making
from clienteling.backups.making import make_backup
from clienteling.backups.manifest import MANIFEST, read_manifest
from clienteling.errors import ClientelingError, RefusedError, UsageError
from clienteling.home import Home, open_home
from clienteling.keystore.rootkeys import ROOT_KEY
from consent.errors import StorageError
from consent.log.events import EventKind
from consent.office import erase
from tests.support.people import join
from tests.support.shops import Command, logged
from tests.support.web import ShopClock


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "data"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "keys"


def test_a_backup_holds_the_data_here_the_keys_there_and_the_root_key_nowhere(
    shop: Home, data: Path, keys: Path
) -> None:
    join(shop)
    made = make_backup(shop, data, keys)

    assert {path.name for path in made.data.iterdir()} == {
        "identity.db",
        "templates.db",
        "config.toml",
        "log.vkey",
        "shop.vkeys",
        "endings.log",
        MANIFEST,
    }
    assert {path.name for path in made.keys.iterdir()} == {"keys.db", "endings.log", MANIFEST}
    secret = (shop.path / ROOT_KEY).read_bytes()
    copies = [*made.data.iterdir(), *made.keys.iterdir()]
    assert not any(secret in path.read_bytes() for path in copies)
    assert {stat.S_IMODE(path.stat().st_mode) for path in copies} == {0o600}
    assert logged(shop.office, EventKind.BACKUP_MADE)
    assert read_manifest(data, "data").checkpoint == read_manifest(made.keys, "keys").checkpoint


def test_the_copy_is_consistent_while_customers_join(shop: Home, data: Path, keys: Path) -> None:
    ending = threading.Event()

    def keep_joining() -> None:
        while not ending.is_set():
            join(shop)

    writer = threading.Thread(target=keep_joining)
    writer.start()
    try:
        made = make_backup(shop, data, keys)
    finally:
        ending.set()
        writer.join()
    with sqlite3.connect(made.data / "identity.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        (entries,) = copy.execute("SELECT count(*) FROM log_entry").fetchone()
    assert entries == made.entries


@pytest.mark.parametrize("place", ["data", "data/keys", "..", "../shop", "../shop/keys"])
def test_the_keys_go_nowhere_near_the_data(shop: Home, data: Path, place: str) -> None:
    root = data.parent
    with pytest.raises(UsageError, match="Keep the copies of the keys apart"):
        make_backup(shop, data, root / place)
    assert not data.exists()


def test_copies_of_keys_are_deleted_after_seven_days(
    shop: Home, shop_clock: ShopClock, data: Path, keys: Path
) -> None:
    first = make_backup(shop, data, keys)
    shop_clock.forward(timedelta(days=6, hours=23).total_seconds())
    assert make_backup(shop, data, keys).pruned == ()
    shop_clock.forward(timedelta(hours=1).total_seconds())
    assert make_backup(shop, data, keys).pruned == (first.keys.name,)
    assert not first.keys.exists()
    assert first.data.exists()


def test_a_disk_that_fills_up_leaves_nothing_half(
    shop: Home, data: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, _target: Path, _last: object = None) -> str:
        raise ClientelingError(
            making._why(source, keys / "x", sqlite3.OperationalError("database or disk is full"))
        )

    monkeypatch.setattr(making, "copy_database", full)
    with pytest.raises(ClientelingError, match="is full"):
        make_backup(shop, data, keys)
    assert list(data.iterdir()) == list(keys.iterdir()) == []


def test_what_an_earlier_run_left_half_is_cleared_away(shop: Home, data: Path, keys: Path) -> None:
    (data / ".partial-2026-01-01T00-00-00Z").mkdir(parents=True)
    (data / ".partial-2026-01-01T00-00-00Z" / "identity.db").write_bytes(b"half")
    made = make_backup(shop, data, keys)
    assert list(data.iterdir()) == [made.data]


def test_a_folder_that_cannot_be_made_is_a_sentence(shop: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="cannot be written"):
        make_backup(shop, tmp_path / "file" / "data", tmp_path / "keys")


def test_a_damaged_file_is_named(shop: Home, data: Path, keys: Path) -> None:
    made = make_backup(shop, data, keys)
    with (made.data / "templates.db").open("r+b") as file:
        file.write(b"x")
    with pytest.raises(RefusedError, match=r"templates\.db is damaged"):
        read_manifest(data, "data")


def test_the_commands_say_what_they_did(command: Command, shop: Home, tmp_path: Path) -> None:
    customer = join(shop)
    shop.databases.close()
    folders = (str(tmp_path / "d"), "--keys-to", str(tmp_path / "k"))
    made = command("backup", *folders, "--json")
    assert made.code == 0
    assert (made.json["pruned"], made.json["entries"] > 0) == ([], True)
    again = open_home(shop.path)
    erase(again.office, customer.subject_id, actor="command", method="command")
    again.databases.close()

    there = command("restore", str(tmp_path / "d"), "--keys", str(tmp_path / "k"))
    assert (there.code, "Say --replace" in there.err) == (2, True)
    done = command("restore", str(tmp_path / "d"), "--keys", str(tmp_path / "k"), "--replace")

    assert (done.code, "1 erasure(s)" in done.out) == (0, True), done.err
    assert "pair every camera again" in done.out
    assert command("restore").code == 2
