"""Backups, and a renewal of the templates (R23) before, between or after them."""

from pathlib import Path

import pytest

from clienteling.backups import making
from clienteling.backups.making import make_backup
from clienteling.backups.restoring import Restored, Wanted, restore
from clienteling.customers.renewal import renew_templates
from clienteling.customers.templates import open_gallery
from clienteling.errors import ClientelingError
from clienteling.home import Home, open_home
from tests.support.people import MODEL_ID, Customer, join
from tests.support.web import ShopClock


def renew(shop: Home) -> None:
    renew_templates(shop.office, actor="c", tell=lambda _done, _total: None)


def bring_back(shop: Home, data: Path, keys: Path, clock: ShopClock) -> tuple[Restored, set[str]]:
    """Restore, and return whom a camera could recognise then."""
    shop.databases.close()
    done = restore(Wanted(data, keys, shop.path, replace=True), now=clock)
    again = open_home(shop.path, now=clock)
    aliases = set(open_gallery(again.office, MODEL_ID).aliases)
    again.databases.close()
    return done, aliases


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


def test_after_a_renewal_the_older_backup_still_recognises(
    shop: Home, customer: Customer, tmp_path: Path, shop_clock: ShopClock
) -> None:
    made = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    renew(shop)
    done, aliases = bring_back(shop, made.data, made.keys, shop_clock)
    assert (done.unrecognised, aliases) == ((), {customer.alias})


@pytest.mark.parametrize("newer", ["data", "keys"])
def test_copies_of_two_sides_of_a_renewal_name_who_needs_new_pictures(
    shop: Home, customer: Customer, tmp_path: Path, shop_clock: ShopClock, newer: str
) -> None:
    before = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    shop_clock.forward(60)
    renew(shop)
    after = make_backup(shop, tmp_path / "data", tmp_path / "keys")
    data, keys = (after.data, before.keys) if newer == "data" else (before.data, after.keys)
    done, aliases = bring_back(shop, data, keys, shop_clock)
    assert (done.unrecognised, aliases) == ((customer.subject_id,), set())


def test_a_renewal_that_ends_while_a_backup_is_made_stops_it(
    shop: Home, customer: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = making.copy_database

    def copy_and_renew(source: Path, target: Path, *last: object) -> str:
        said: str = copy(source, target, *last)  # type: ignore[arg-type]
        if source.name == "templates.db":
            renew(shop)
        return said

    with monkeypatch.context() as patched:
        patched.setattr(making, "copy_database", copy_and_renew)
        with pytest.raises(ClientelingError, match="Run the backup again; none was made"):
            make_backup(shop, tmp_path / "data", tmp_path / "keys")
    assert list((tmp_path / "data").iterdir()) == list((tmp_path / "keys").iterdir()) == []
