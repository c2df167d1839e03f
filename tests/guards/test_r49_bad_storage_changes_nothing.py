"""R49: a full disk, a locked database, a clock that went back, a damaged key file: a sentence that
says what to do, nothing half done, nothing lost, and afterwards the act succeeds."""

import errno
import os
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.customers.overview import overview
from clienteling.errors import StartError
from clienteling.home import Home, open_home
from clienteling.keystore.rootkeys import ROOT_KEY
from consent.endings import ENDINGS, Memory
from consent.errors import LedgerError, StorageError
from consent.files import add_line
from consent.log.verification import verify
from consent.office import erase, resume
from consent.setting import Ended
from consent.storage import Database
from tests.support.edges import pair_edge
from tests.support.mortal import with_pragma
from tests.support.people import join
from tests.support.web import ShopClock

DATABASES = ["identity", "templates", "keys"]


def named(shop: Home, name: str) -> Database:
    found = getattr(shop.databases, name)
    assert isinstance(found, Database)
    return found


def whole(shop: Home) -> bool:
    with shop.databases.identity.read() as identity:
        return verify(identity, shop.office.ring.log_public).ok


def test_a_full_disk_refuses_who_joins_and_keeps_everybody(shop: Home) -> None:
    """SQLITE_FULL, as the database says it: no page may be added."""
    customer = join(shop)
    no_more_pages = with_pragma(shop.databases.identity, "max_page_count=1")
    with no_more_pages, pytest.raises(StorageError, match="The disk is full"):
        [join(shop) for _ in range(20)]
    shown = overview(shop.office, customer.subject_id, reader="command")
    assert shown.account is not None
    assert whole(shop)
    assert join(shop).alias


@pytest.mark.parametrize("name", DATABASES)
def test_a_locked_database_is_a_sentence_and_the_erasure_is_finished_later(
    shop: Home, name: str
) -> None:
    customer, database = join(shop), named(shop, name)
    with with_pragma(database, "busy_timeout=50"), database.connect() as other:
        other.exec_driver_sql("SELECT 1")  # it holds the only write lock
        with pytest.raises(StorageError, match="Another process holds the database"):
            erase(shop.office, customer.subject_id, actor="device:k", method="kiosk")
    if name == "identity":
        assert overview(shop.office, customer.subject_id, reader="command").templates == 1
        erase(shop.office, customer.subject_id, actor="device:k", method="kiosk")
    else:
        assert len(resume(shop.office)) == 1
    assert whole(shop)


def test_a_clock_that_went_back_records_nothing_and_hands_out_no_gallery(
    shop: Home, shop_clock: ShopClock, client: FlaskClient
) -> None:
    shop_clock.freeze()
    customer, edge = join(shop), pair_edge(client, shop)
    reply = edge.pull()
    shop_clock.forward(-90)  # a time server may step a little
    assert edge.get(f"/gallery?have={reply.version}").status_code == 304
    shop_clock.forward(-60)
    with pytest.raises(LedgerError, match="Set the clock and try again; nothing was recorded"):
        erase(shop.office, customer.subject_id, actor="device:k", method="kiosk")
    answer = edge.get(f"/gallery?have={reply.version}")
    assert answer.status_code >= 500, "a lease was renewed by a clock that went back"
    shop_clock.forward(150)
    assert overview(shop.office, customer.subject_id, reader="command").templates == 1
    erase(shop.office, customer.subject_id, actor="device:k", method="kiosk")
    assert whole(shop)


@pytest.mark.parametrize("kept", [0, 0.5, 0.95])
def test_a_root_key_cut_halfway_is_named_and_left_as_it_is(shop: Home, kept: float) -> None:
    customer = join(shop)
    shop.databases.close()
    path = shop.path / ROOT_KEY
    content = path.read_bytes()
    damaged = content[: int(len(content) * kept)]
    path.write_bytes(damaged)
    with pytest.raises(StartError, match=r"root\.key is damaged\. Restore it from where"):
        open_home(shop.path)
    assert path.read_bytes() == damaged
    path.write_bytes(content)
    again = open_home(shop.path)
    assert overview(again.office, customer.subject_id, reader="command").templates == 1
    again.databases.close()


def test_a_key_database_cut_halfway_is_named_and_left_as_it_is(shop: Home) -> None:
    join(shop)
    assert shop.databases.keys.scrub()
    shop.databases.close()
    path = shop.path / "keys.db"
    size = path.stat().st_size
    os.truncate(path, size // 2)
    with pytest.raises(StartError, match="Restore"):
        open_home(shop.path)
    assert path.stat().st_size == size // 2


class TestTheFileOfEndings:
    """`endings.log`, whose lines no restore may miss."""

    ENDED = Ended("flow-1", "erase", "subject-1", ("account",), "2026-11-22T09:00:00.000000Z")

    def test_a_line_that_a_crash_tore_is_written_again(self, shop: Home) -> None:
        path = shop.path / ENDINGS
        shop.memory.note(self.ENDED, shop.databases.identity)
        line = path.read_bytes()
        path.write_bytes(line + line[:20])
        assert shop.memory.endings() == (self.ENDED,)
        second = Ended("flow-2", "withdraw", "s", ("recognise",), self.ENDED.at)
        shop.memory.note(second, shop.databases.identity)
        shop.memory.note(second, shop.databases.identity)
        assert shop.memory.endings() == (self.ENDED, second)

    def test_a_damaged_line_stops_and_says_where_a_copy_is(self, shop: Home) -> None:
        (shop.path / ENDINGS).write_bytes(b"{}\n")
        with pytest.raises(StorageError, match=r"Line 1 of .* is damaged\. Put the newest copy"):
            shop.memory.endings()

    def test_no_key_goes_before_its_ending_is_on_the_disk(
        self, shop: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        customer = join(shop)

        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(StorageError, match="is full"):
                erase(shop.office, customer.subject_id, actor="device:k", method="kiosk")
        assert Memory(shop.path).endings() == ()
        assert len(resume(shop.office)) == 1
        assert [ended.subject_id for ended in Memory(shop.path).endings()] == [customer.subject_id]

    def test_a_file_that_cannot_be_written_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(StorageError, match="cannot be written"):
            add_line(tmp_path / "missing" / "file", b"line")
