"""R38, GDPR 18: who was restricted after the backup is restricted when it is put back."""

from dataclasses import replace
from pathlib import Path

import pytest

from clienteling.backups.making import make_backup
from clienteling.backups.restoring import Wanted, restore
from clienteling.customers.templates import open_gallery
from clienteling.home import Home, open_home
from consent.rights.requests import Channel
from consent.rights.restriction import Ground, lift, note_told, restrict, restriction_of
from tests.support.people import MODEL_ID, join
from tests.support.web import ShopClock

_WHO = "user:1"


@pytest.mark.parametrize("lifted", [False, True])
def test_r38_a_restriction_since_the_backup_is_set_again(
    shop: Home, shop_clock: ShopClock, tmp_path: Path, lifted: bool
) -> None:
    customer, other = join(shop), join(shop)
    backup = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    restrict(shop.office, customer.subject_id, Ground.ACCURACY, actor=_WHO)
    if lifted:
        note_told(shop.office, customer.subject_id, Channel.LETTER, actor=_WHO)
        lift(shop.office, customer.subject_id, actor=_WHO)
    shop.databases.close()

    done = restore(Wanted(backup.data, backup.keys, shop.path, replace=True), now=shop_clock)

    home = open_home(shop.path, now=shop_clock)
    with home.databases.identity.read() as identity:
        standing = restriction_of(identity, customer.subject_id)
    matched = open_gallery(home.office, MODEL_ID).aliases
    home.databases.close()
    assert other.alias in matched
    assert (customer.alias in matched) is lifted
    assert (standing is None) is lifted
    assert standing is None or standing.ground is Ground.ACCURACY
    assert done.replayed.restrictions == (0 if lifted else 1)


def test_r38_a_restriction_that_the_backup_has_stays_though_it_was_lifted(
    shop: Home, shop_clock: ShopClock, tmp_path: Path
) -> None:
    """It fails closed: the officer lifts again what the copy still restricts."""
    customer = join(shop)
    restrict(shop.office, customer.subject_id, Ground.WISH, actor=_WHO)
    backup = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    note_told(shop.office, customer.subject_id, Channel.LETTER, actor=_WHO)
    lift(shop.office, customer.subject_id, actor=_WHO)
    shop.databases.close()
    wanted = Wanted(backup.data, backup.keys, shop.path)
    restore(replace(wanted, replace=True), now=shop_clock)
    home = open_home(shop.path, now=shop_clock)
    with home.databases.identity.read() as identity:
        assert restriction_of(identity, customer.subject_id) is not None
    home.databases.close()


def test_r38_what_cannot_be_noted_is_not_restricted(shop: Home) -> None:
    """The note comes first: nothing is restricted that an older copy would forget."""
    customer = join(shop)

    def full(_ended: object) -> None:
        raise OSError("disk full")

    office = replace(shop.office, note_ending=full)
    with pytest.raises(OSError, match="disk full"):
        restrict(office, customer.subject_id, Ground.WISH, actor=_WHO)
    with shop.databases.identity.read() as identity:
        assert restriction_of(identity, customer.subject_id) is None
