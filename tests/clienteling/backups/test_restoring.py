"""`clienteling restore`: what it refuses, and that a restore that is cut off is carried on."""

from dataclasses import replace
from pathlib import Path

import pytest

from clienteling.backups import going_on, restoring
from clienteling.backups.making import Backup, make_backup
from clienteling.backups.restoring import Wanted, finish, restore
from clienteling.customers.overview import overview
from clienteling.errors import ClientelingError, RefusedError, StartError, UsageError
from clienteling.home import Home, open_home
from clienteling.rollback import RESTORED
from consent.drafts import read_draft
from consent.errors import StorageError
from consent.log.epochs import signers
from consent.log.notes import Checkpoint, sign_checkpoint
from consent.log.verification import verify
from consent.notice_index import OWN
from consent.office import erase
from consent.publishing import publish
from consent.purposes import Purpose
from consent.records import standing
from tests.support.drafts import write_draft
from tests.support.people import Customer, join
from tests.support.shops import make_home
from tests.support.web import ShopClock


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


@pytest.fixture
def backup(shop: Home, customer: Customer, tmp_path: Path) -> Backup:
    return make_backup(shop, tmp_path / "b" / "data", tmp_path / "b" / "keys")


@pytest.fixture
def wanted(shop: Home, backup: Backup) -> Wanted:
    return Wanted(backup.data, backup.keys, shop.path, replace=True)


def outside(home: Home) -> Checkpoint:
    """The newest checkpoint, as a camera or a witness keeps it."""
    tip = home.memory.tip()
    assert tip is not None
    return tip


def test_it_waits_for_whoever_still_works_here(shop: Home, wanted: Wanted) -> None:
    with shop.databases.identity.read() as identity:
        identity.connection()
        with pytest.raises(StartError, match="End the hub"):
            restore(wanted)


def test_a_shop_is_replaced_only_when_asked(shop: Home, wanted: Wanted) -> None:
    shop.databases.close()
    with pytest.raises(UsageError, match="Say --replace"):
        restore(replace(wanted, replace=False))


def test_another_shops_folder_or_keys_are_refused(
    shop: Home, wanted: Wanted, tmp_path: Path
) -> None:
    other = make_home(tmp_path / "other")
    made = make_backup(other, tmp_path / "o" / "data", tmp_path / "o" / "keys")
    other.databases.close()
    shop.databases.close()
    with pytest.raises(UsageError, match="two shops"):
        restore(replace(wanted, keys=made.keys))
    with pytest.raises(UsageError, match="another shop"):
        restore(replace(wanted, home=other.path))
    with pytest.raises(UsageError, match="is a backup of keys, not of data"):
        restore(replace(wanted, data=wanted.keys))
    with pytest.raises(UsageError, match="There is no backup"):
        restore(replace(wanted, data=tmp_path / "empty"))


@pytest.mark.parametrize("name", ["identity.db", "endings.log", "manifest.json"])
def test_a_damaged_backup_changes_nothing(shop: Home, wanted: Wanted, name: str) -> None:
    shop.databases.close()
    with (wanted.data / name).open("ab") as file:
        file.write(b"x")
    before = (shop.path / "identity.db").read_bytes()
    with pytest.raises(RefusedError, match="damaged"):
        restore(wanted)
    assert (shop.path / "identity.db").read_bytes() == before


def test_an_outside_checkpoint_that_is_newer_asks_for_the_officer(
    shop: Home, wanted: Wanted
) -> None:
    """The whole disk went back, the file of endings with it; a camera saw more."""
    erase(shop.office, join(shop).subject_id, actor="c", method="c")
    newer = outside(shop)
    shop.databases.close()
    (shop.path / "log.tip").write_bytes(
        sign_checkpoint(shop.office.ring.log_signing, 3, bytes(32)).note.encode()
    )
    with pytest.raises(RefusedError, match="--accept-unknown"):
        restore(replace(wanted, outside=(newer,)))
    done = restore(replace(wanted, outside=(newer,), accept="the DPO wrote to all"))
    assert not done.complete
    assert done.known == newer.size


def test_a_checkpoint_of_another_log_is_refused(shop: Home, wanted: Wanted, tmp_path: Path) -> None:
    other = make_home(tmp_path / "other")
    join(other)
    other.memory.remember(other.databases.identity)
    strange = outside(other)
    other.databases.close()
    shop.databases.close()
    with pytest.raises(ClientelingError, match="not signed by this shop's log"):
        restore(replace(wanted, outside=(strange,), accept="x"))


def test_the_log_before_is_verified_with_its_own_key(
    shop: Home, shop_clock: ShopClock, wanted: Wanted
) -> None:
    lost = join(shop)
    shop.memory.remember(shop.databases.identity)
    before, former = outside(shop), shop.office.ring.log_public
    shop.databases.close()
    done = restore(wanted, now=shop_clock)
    home = open_home(shop.path, now=shop_clock)
    with home.databases.identity.read() as identity:
        public = home.office.ring.log_public
        known = signers(identity, public)
        assert (known.of(done.kept), known.of(done.kept + 1)) == (former, public)
        result = verify(identity, public, before)
    assert [finding.leaf_index for finding in result.findings] == [done.kept]
    assert f"entries {done.kept} to {before.size - 1} of it were lost" in result.findings[0].what
    with pytest.raises(Exception, match="no customer"):
        overview(home.office, lost.subject_id, reader="c")
    assert list(home.path.glob("log-*.vkey"))
    assert [path.suffix for path in home.path.glob("shop-*")] == [".vkeys"]
    home.databases.close()


def test_a_restore_that_is_cut_off_opens_nothing_and_is_carried_on(
    shop: Home, customer: Customer, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.databases.close()

    def cut(home: Path) -> None:
        (home / RESTORED / "keys.db").replace(home / "keys.db")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_move_in", cut)
        with pytest.raises(KeyboardInterrupt):
            restore(wanted)
    with pytest.raises(StartError, match="Run `clienteling restore` again"):
        open_home(shop.path)
    assert finish(shop.path)
    assert not finish(shop.path)
    again = open_home(shop.path)
    assert overview(again.office, customer.subject_id, reader="c").templates == 1
    again.databases.close()


def test_a_restore_that_fails_changes_nothing(
    shop: Home, customer: Customer, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.databases.close()

    def full(*_arguments: object) -> None:
        raise StorageError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(going_on, "replay", full)
        with pytest.raises(StorageError):
            restore(wanted)
    assert not (shop.path / ".restoring").exists()
    again = open_home(shop.path)
    assert overview(again.office, customer.subject_id, reader="c").templates == 1
    again.databases.close()


def test_the_shops_own_texts_come_back_and_consents_to_them_count(
    shop: Home, tmp_path: Path
) -> None:
    draft = read_draft(shop.office, write_draft(shop.office, tmp_path / "draft"))
    publish(shop.office, draft, actor="user:7", agreed=0)
    subject_id = join(shop).subject_id
    made = make_backup(shop, tmp_path / "b" / "data", tmp_path / "b" / "keys")
    shop.databases.close()
    (shop.path / OWN).unlink()
    restore(Wanted(made.data, made.keys, shop.path, replace=True), now=shop.office.now)
    again = open_home(shop.path, now=shop.office.now)
    assert again.office.notices.current_version == draft.version
    with again.databases.identity.read() as identity:
        assert Purpose.RECOGNISE in standing(identity, subject_id, again.office.now())
    again.databases.close()
