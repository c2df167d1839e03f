"""Everybody's account as CSV: two persons, each customer's log, and fit to be taken over again."""

import csv
import io
from pathlib import Path

import pytest

from clienteling.access.approvals import ApprovalNeededError, Matter, decide, proposals
from clienteling.access.users import RoleName
from clienteling.customers.profile import Account, stated, write
from clienteling.exchange.exporting import export_customers
from clienteling.exchange.import_file import read_file
from clienteling.home import Home
from consent.log.events import EventKind
from consent.office import erase
from consent.purposes import Purpose
from consent.records import require_grant
from consent.rights.restriction import Ground, restrict
from tests.support.people import join
from tests.support.shops import Command, logged


def approve(shop: Home) -> None:
    with shop.databases.identity.read() as identity:
        (waiting,) = (one for one in proposals(identity, shop.office) if one.approved is None)
    assert waiting.matter is Matter.EXPORT
    decide(shop.office, waiting.id, approve=True, actor="user:9", roles=[RoleName.OFFICER])


def test_a_second_person_approves_and_each_customer_is_told(shop: Home, tmp_path: Path) -> None:
    robin, gone, kept = (join(shop, name=name) for name in ("=Robin()", "Gone", "Kept apart"))
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, robin.subject_id, Purpose.ACCOUNT, shop.office.now())
    account = stated(
        Account, name="=Robin()", email="r@example.test", phone="+31612345678", card="K1234"
    )
    write(shop.office, grant, account)
    erase(shop.office, gone.subject_id, actor="c", method="c")
    restrict(shop.office, kept.subject_id, Ground.WISH, actor="c")
    with pytest.raises(ApprovalNeededError):
        export_customers(shop.office, actor="command")
    assert logged(shop.office, EventKind.EXPORT_MADE) == ()
    approve(shop)
    exported = export_customers(shop.office, actor="command")
    (row,) = csv.DictReader(io.StringIO(exported.text))
    assert (exported.customers, row["customer"]) == (1, robin.subject_id)
    assert row["name"] == "'=Robin()"
    assert row["phone"] == "+31612345678"
    (entry,) = logged(shop.office, EventKind.EXPORT_MADE)
    assert (entry.about, entry.detail) == (robin.subject_id, {"way": "all customers"})
    with pytest.raises(ApprovalNeededError):
        export_customers(shop.office, actor="command")
    path = tmp_path / "again.csv"
    path.write_text(exported.text, encoding="utf-8")
    (again,) = read_file(shop.office, path).rows
    assert again.account == account


def test_the_command_writes_a_private_file_once_it_is_approved(
    shop: Home, tmp_path: Path, command: Command
) -> None:
    join(shop, name="Robin")
    out = tmp_path / "all.csv"
    assert command("export", "customers", "--out", str(out)).code == 3
    assert not out.exists()
    approve(shop)
    done = command("export", "customers", "--out", str(out), "--json")
    assert (done.code, done.json["customers"]) == (0, 1)
    assert out.stat().st_mode & 0o077 == 0
    assert command("export", "customers", "--out", str(out)).code == 2
