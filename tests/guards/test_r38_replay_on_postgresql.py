"""R38 on PostgreSQL: dumps put back with pg_restore are not opened before endings are replayed.

Switch the control off (let `clienteling.rollback` refuse nothing, or `consent.replay.owed` return
nothing) and this fails.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from clienteling.backups import replaying
from clienteling.backups.making import make_backup
from clienteling.backups.replaying import replay_only
from clienteling.backups.restoring import Restored, Wanted, restore
from clienteling.customers.overview import overview
from clienteling.customers.templates import open_gallery
from clienteling.db import METADATA
from clienteling.errors import RefusedError, StartError, UsageError
from clienteling.home import Home, open_home
from clienteling.service.stop import is_stopped
from consent.endings import ENDINGS
from consent.errors import ConsentError
from consent.log.events import EventKind
from consent.log.verification import verify
from consent.models import DataKeyRow
from consent.office import erase
from tests.support.people import MODEL_ID, Customer, join
from tests.support.postgresql import ADMIN
from tests.support.shops import Command, logged
from tests.support.web import ShopClock


class Shop:
    """A shop that is dumped and put back; `home` is the one that is open now."""

    def __init__(self, home: Home, clock: ShopClock, folder: Path) -> None:
        self.home, self.clock, self.folder = home, clock, folder

    def dump(self, *names: str) -> None:
        for name in names or METADATA:
            self._run("pg_dump", "--format=custom", f"--file={self.folder / name}", name=name)

    def put_back(self, *names: str) -> None:
        self.home.databases.close()
        for name in names or METADATA:
            self._run("pg_restore", "--clean", "--if-exists", str(self.folder / name), name=name)

    def replay(self, **more: str) -> Restored:
        return replay_only(self.home.path, now=self.clock, **more)

    def open(self) -> Home:
        self.home = open_home(self.home.path, now=self.clock)
        return self.home

    def _run(self, program: str, *arguments: str, name: str) -> None:
        assert self.home.config.databases is not None
        database = make_url(getattr(self.home.config.databases, name)).database
        url = make_url(ADMIN).set(database=database).render_as_string(hide_password=False)
        subprocess.run([program, f"--dbname={url}", *arguments], check=True, timeout=60)


@pytest.fixture
def kept(served_shop: Home, shop_clock: ShopClock, tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "dumps").mkdir()
    kept = Shop(served_shop, shop_clock, tmp_path / "dumps")
    yield kept
    kept.home.databases.close()


def leaves(shop: Shop, customer: Customer) -> None:
    erase(shop.home.office, customer.subject_id, actor="device:k", method="kiosk")


def is_gone(home: Home, customer: Customer) -> bool:
    with home.databases.keys.read() as keys:
        held = keys.query(DataKeyRow).filter_by(subject_id=customer.subject_id).count()
    with pytest.raises(ConsentError):
        overview(home.office, customer.subject_id, reader="command")
    return not held and customer.alias not in open_gallery(home.office, MODEL_ID).aliases


def stays(home: Home, customer: Customer) -> bool:
    shown = overview(home.office, customer.subject_id, reader="command")
    return shown.account is not None and shown.account.name == "Robin Test"


def holds(home: Home) -> bool:
    with home.databases.identity.read() as identity:
        return verify(identity, home.office.ring.log_public).ok


def test_older_dumps_are_not_opened_and_after_the_replay_who_left_is_gone(kept: Shop) -> None:
    leaving, staying = join(kept.home), join(kept.home)
    kept.dump()
    leaves(kept, leaving)
    kept.put_back()

    with pytest.raises(StartError, match="Older or other databases"):
        kept.open()
    done = kept.replay()
    home = kept.open()

    assert done.replayed.erasures == 1
    assert done.complete
    assert done.kept < done.known
    assert is_gone(home, leaving)
    assert stays(home, staying)
    assert holds(home)
    assert len(logged(home.office, EventKind.LOG_RESTORED)) == 1


def test_an_older_dump_of_the_keys_alone_brings_no_key_back(kept: Shop) -> None:
    leaving, staying = join(kept.home), join(kept.home)
    kept.dump("keys")
    leaves(kept, leaving)
    kept.put_back("keys")

    done = kept.replay()
    home = kept.open()

    assert done.replayed.keys
    assert is_gone(home, leaving)
    assert stays(home, staying)
    assert not logged(home.office, EventKind.LOG_RESTORED)
    assert holds(home)


def test_a_replay_that_was_cut_off_is_run_again(
    kept: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving, staying = join(kept.home), join(kept.home)
    kept.dump()
    leaves(kept, leaving)
    kept.put_back()
    with monkeypatch.context() as patched:
        patched.setattr(replaying, "go_on", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            kept.replay()

    with pytest.raises(StartError, match="Older or other databases"):
        kept.open()
    kept.replay()
    home = kept.open()

    assert is_gone(home, leaving)
    assert stays(home, staying)
    assert holds(home)


def test_without_the_file_of_endings_somebody_must_answer_for_it(kept: Shop) -> None:
    join(kept.home)
    kept.dump()
    leaves(kept, join(kept.home))
    kept.put_back()
    (kept.home.path / ENDINGS).unlink()

    with pytest.raises(RefusedError, match="--accept-unknown"):
        kept.replay()
    done = kept.replay(accept="the disk burned")

    assert not done.complete
    with kept.open().databases.identity.read() as identity:
        assert is_stopped(identity)


def test_nothing_is_replayed_beside_a_hub(kept: Shop, shop_clock: ShopClock) -> None:
    kept.dump()
    hub = open_home(kept.home.path, now=shop_clock)
    with hub.databases.identity.read() as working:
        working.connection()
        with pytest.raises(StartError, match="still works with"):
            kept.replay()
    hub.databases.close()


def test_what_copies_files_names_the_server_s_own_tools(
    kept: Shop, tmp_path: Path, command: Command
) -> None:
    join(kept.home)
    with pytest.raises(UsageError, match="pg_dump"):
        make_backup(kept.home, tmp_path / "b" / "data", tmp_path / "b" / "keys")
    assert not (tmp_path / "b").exists()
    kept.home.databases.close()
    told = command("restore", "--replay-only", home=kept.home.path)
    assert (told.code, "The log is whole" in told.out) == (0, True), told.err


def test_a_shop_of_files_is_not_replayed_this_way(shop: Home, tmp_path: Path) -> None:
    if shop.config.databases is not None:
        pytest.skip("the shops of this run lie on a server")
    with pytest.raises(UsageError, match="restore FOLDER --keys FOLDER"):
        replay_only(shop.path)


def test_a_backup_of_files_does_not_go_over_a_server(
    shop: Home, served_shop: Home, tmp_path: Path
) -> None:
    if shop.config.databases is not None:
        pytest.skip("the shops of this run lie on a server")
    backup = make_backup(shop, tmp_path / "b" / "data", tmp_path / "b" / "keys")
    wanted = Wanted(backup.data, backup.keys, served_shop.path)
    with pytest.raises(UsageError, match="pg_restore"):
        restore(replace(wanted, replace=True))
