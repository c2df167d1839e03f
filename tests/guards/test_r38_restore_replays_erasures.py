"""R38: whoever left stays gone when an older backup is restored, also with an older key database.

Switch the control off (let `consent.replay.owed` return nothing, or `clienteling.rollback` refuse
nothing) and this fails.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clienteling.backups.making import Backup, make_backup
from clienteling.backups.restoring import Wanted, restore
from clienteling.customers.overview import overview
from clienteling.customers.templates import open_gallery
from clienteling.errors import RefusedError, StartError
from clienteling.home import Home, open_home
from clienteling.service.stop import is_stopped
from consent.endings import ENDINGS, TIP
from consent.errors import ConsentError
from consent.log.events import EventKind
from consent.log.verification import verify
from consent.models import DataKeyRow
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.people import MODEL_ID, Customer, join
from tests.support.shops import logged
from tests.support.web import ShopClock


class Shop:
    """A shop that is backed up and put back; `home` is the one that is open now."""

    def __init__(self, home: Home, clock: ShopClock, folder: Path) -> None:
        self.home, self.clock, self.folder = home, clock, folder

    def back_up(self) -> Backup:
        return make_backup(self.home, self.folder / "data", self.folder / "keys")

    def wanted(self, backup: Backup, **changes: object) -> Wanted:
        return replace(Wanted(backup.data, backup.keys, self.home.path, replace=True), **changes)  # type: ignore[arg-type]

    def put_back(self, backup: Backup, **changes: object) -> Home:
        self.home.databases.close()
        restore(self.wanted(backup, **changes), now=self.clock)
        self.home = open_home(self.home.path, now=self.clock)
        return self.home


@pytest.fixture
def kept(shop: Home, shop_clock: ShopClock, tmp_path: Path) -> Iterator[Shop]:
    kept = Shop(shop, shop_clock, tmp_path / "backups")
    yield kept
    kept.home.databases.close()


def is_gone(home: Home, customer: Customer) -> bool:
    """Whether nothing of the customer can be read, matched or opened."""
    with home.databases.keys.read() as keys:
        held = keys.query(DataKeyRow).filter_by(subject_id=customer.subject_id).count()
    with pytest.raises(ConsentError):
        overview(home.office, customer.subject_id, reader="command")
    return not held and customer.alias not in open_gallery(home.office, MODEL_ID).aliases


def stays(home: Home, customer: Customer) -> bool:
    shown = overview(home.office, customer.subject_id, reader="command")
    matched = customer.alias in open_gallery(home.office, MODEL_ID).aliases
    return shown.account is not None and shown.account.name == "Robin Test" and matched


def test_who_was_erased_after_the_backup_stays_erased(kept: Shop) -> None:
    leaving, staying = join(kept.home), join(kept.home)
    backup = kept.back_up()
    erase(kept.home.office, leaving.subject_id, actor="device:k", method="kiosk")

    home = kept.put_back(backup)

    assert is_gone(home, leaving)
    assert stays(home, staying)
    restored, *_ = logged(home.office, EventKind.LOG_RESTORED)
    assert restored.detail is not None
    assert (restored.detail["replayed"], restored.detail["complete"]) == (1, True)
    assert restored.detail["known"] > restored.detail["kept"]
    with home.databases.identity.read() as identity:
        assert verify(identity, home.office.ring.log_public).ok


def test_an_older_copy_of_the_keys_brings_nobody_back(kept: Shop) -> None:
    """The data knows of the erasure, the keys do not: they go again, and nothing else does."""
    leaving, staying = join(kept.home), join(kept.home)
    older = kept.back_up()
    erase(kept.home.office, leaving.subject_id, actor="device:k", method="kiosk")
    kept.clock.forward(2)
    newer = kept.back_up()

    home = kept.put_back(replace(newer, keys=older.keys))

    assert is_gone(home, leaving)
    assert stays(home, staying)


def test_a_withdrawal_of_one_purpose_is_replayed_and_the_others_stand(kept: Shop) -> None:
    customer = join(kept.home)
    backup = kept.back_up()
    purposes = [Purpose.RECOGNISE]
    withdraw(kept.home.office, customer.subject_id, purposes, actor="device:k", method="kiosk")

    home = kept.put_back(backup)

    assert open_gallery(home.office, MODEL_ID).aliases == ()
    assert overview(home.office, customer.subject_id, reader="c").purposes == (
        "account",
        "preferences",
        "allergies",
    )


def test_restoring_the_same_backup_twice_ends_the_same(kept: Shop) -> None:
    leaving, staying = join(kept.home), join(kept.home)
    backup = kept.back_up()
    erase(kept.home.office, leaving.subject_id, actor="device:k", method="kiosk")
    kept.put_back(backup)

    home = kept.put_back(backup)

    assert is_gone(home, leaving)
    assert stays(home, staying)


def test_databases_copied_over_by_hand_are_not_opened_until_restored(kept: Shop) -> None:
    leaving = join(kept.home)
    backup = kept.back_up()
    erase(kept.home.office, leaving.subject_id, actor="device:k", method="kiosk")
    kept.home.memory.remember(kept.home.databases.identity)
    kept.home.databases.close()
    for folder in (backup.data, backup.keys):
        for file in folder.glob("*.db"):
            shutil.copy(file, kept.home.path / file.name)

    with pytest.raises(StartError, match="clienteling restore"):
        open_home(kept.home.path, now=kept.clock)

    assert is_gone(kept.put_back(backup), leaving)


def test_without_what_survives_a_restore_only_the_officer_decides(kept: Shop) -> None:
    """The whole disk is lost: nobody knows who left since, so recognition stays stopped."""
    leaving = join(kept.home)
    backup = kept.back_up()
    erase(kept.home.office, leaving.subject_id, actor="device:k", method="kiosk")
    survived = (kept.home.path / ENDINGS).read_bytes()
    kept.home.databases.close()
    for file in kept.home.path.iterdir():
        if file.is_file():
            file.unlink()

    with pytest.raises(RefusedError, match="--accept-unknown"):
        restore(kept.wanted(backup), now=kept.clock)
    assert not (kept.home.path / "identity.db").exists()

    copy = kept.folder / "copy.log"
    copy.write_bytes(survived)
    home = kept.put_back(backup, endings=(copy,), accept="disk lost; DPO informed")
    with home.databases.identity.read() as identity:
        assert is_stopped(identity)
    assert is_gone(home, leaving)


def test_keys_older_than_seven_days_are_refused(kept: Shop) -> None:
    join(kept.home)
    backup = kept.back_up()
    kept.clock.forward(timedelta(days=7).total_seconds())
    with pytest.raises(RefusedError, match="older than 7 days"):
        restore(kept.wanted(backup), now=kept.clock)


def test_the_cameras_kept_checkpoint_is_of_another_log_afterwards(kept: Shop) -> None:
    """A log that went back takes another name, so nobody signs two histories in one name."""
    join(kept.home)
    backup = kept.back_up()
    before = kept.home.memory.tip()
    home = kept.put_back(backup)
    after = home.memory.tip()
    assert before is not None
    assert after is not None
    assert before.origin != after.origin
    assert (home.path / TIP).read_text(encoding="utf-8") == after.note
