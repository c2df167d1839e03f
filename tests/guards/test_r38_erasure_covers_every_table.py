"""R38: every table that says something of a customer is emptied of them, or listed with a reason.

Walks the schema: a new table, or a new column that names a subject, fails here until somebody says
what erasing does to it.
"""

import pytest
from sqlalchemy import Table, select

from clienteling.access.approvals import ApprovalNeededError, Matter, require
from clienteling.customers.models import LookupRow
from clienteling.customers.profile import Account, stated, write
from clienteling.customers.visits import note_visit
from clienteling.db import METADATA
from clienteling.home import Home
from consent.events import PROOF_KINDS
from consent.models import ConsentRow, FlowRow, LogDetailRow, ReceiptRow
from consent.office import erase
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.people import EVERYTHING, Customer, join
from tests.support.shops import logged

#: The columns by which a row belongs to a customer.
OWNERS = ("subject_id", "about", "alias")

#: What outlives an erasure, and why. Everything else must be gone.
PROOF = {
    "consent_record": "proof that consent was given and ended (GDPR 7(1)); the id leads nowhere",
    "receipt": "the signed proof that the customer holds too; its code no longer works",
    "flow": "that and when the erasure was carried out; its data is emptied",
    "log_detail": "the salts of the proof entries only; every other detail is deleted",
}

#: Tables without a customer in them.
OTHERS = {
    "log_entry": "commitments, no data (R47)",
    "log_node": "hashes",
    "log_checkpoint": "signed hashes",
    "log_witness": "machines that watch the log, and their public keys",
    "log_cosignature": "signed hashes",
    "product": "the shop's goods",
    "user": "staff",
    "role": "staff",
    "user_role": "staff",
    "device": "screens and cameras",
    "pairing": "screens and cameras",
    "figure": "daily counts",
    "camera_zone": "a rectangle of a camera's picture",
    "root_key": "where the root key lies, and since when",
    "store_key": "the shop's key",
    "service_key": "the shop's keys",
}


def owner(table: Table) -> str | None:
    if table.name == "subject":
        return "id"
    return next((column for column in OWNERS if column in table.columns), None)


TABLES = [(name, table) for name, meta in METADATA.items() for table in meta.sorted_tables]


def test_every_table_is_accounted_for() -> None:
    without = {table.name for _, table in TABLES if owner(table) is None}

    assert without == OTHERS.keys()
    assert PROOF.keys() <= {table.name for _, table in TABLES} - without


def rows(home: Home, customer: Customer) -> dict[str, int]:
    """How many rows each table has about the customer."""
    found = {}
    for name, table in TABLES:
        column = owner(table)
        if column is not None:
            with getattr(home.databases, name).read() as session:
                ids = (customer.subject_id, customer.alias)
                query = select(table).where(table.c[column].in_(ids))
                found[table.name] = len(session.execute(query).all())
    return found


def fill(home: Home) -> Customer:
    """Somebody about whom everything is kept that can be kept."""
    customer = join(home, purposes=EVERYTHING | {Purpose.VISITS})
    with home.databases.identity.read() as identity:
        grant = require_grant(identity, customer.subject_id, Purpose.ACCOUNT, home.office.now())
    write(home.office, grant, stated(Account, name="Robin", email="robin@example.test"))
    note_visit(home.office, customer.subject_id, "entrance", arrival_id="a")
    with pytest.raises(ApprovalNeededError):
        require(home.office, Matter.EXPORT, "customer", actor="c", about=customer.subject_id)
    return customer


def test_erasing_empties_every_table_but_the_proof(shop: Home) -> None:
    customer, other = fill(shop), join(shop)
    before, others = rows(shop, customer), rows(shop, other)
    assert all(before.values()), "a table is not filled here, so its eraser is not tested"

    erase(shop.office, customer.subject_id, actor="c", method="c")

    left = {name for name, count in rows(shop, customer).items() if count}
    assert left == PROOF.keys()
    assert rows(shop, other) == others


def test_the_proof_that_stays_says_nothing_more(shop: Home) -> None:
    customer = fill(shop)
    erase(shop.office, customer.subject_id, actor="c", method="c")

    with shop.databases.identity.read() as identity:
        details = identity.scalars(
            select(LogDetailRow.leaf_index).where(LogDetailRow.about == customer.subject_id)
        ).all()
        kinds = {entry.kind for entry in logged(shop.office) if entry.leaf_index in details}
        flows = identity.scalars(
            select(FlowRow).where(FlowRow.subject_id == customer.subject_id)
        ).all()
        receipts = identity.scalars(
            select(ReceiptRow).where(ReceiptRow.subject_id == customer.subject_id)
        ).all()
        records = identity.scalars(
            select(ConsentRow).where(ConsentRow.subject_id == customer.subject_id)
        ).all()
        assert identity.scalars(select(LookupRow)).all() == []
    assert kinds <= PROOF_KINDS
    assert all(flow.closed_at for flow in flows)
    assert all(receipt.code_hash is None for receipt in receipts)
    for text in (str([receipt.body for receipt in receipts]), str([r.body for r in records])):
        assert "Robin" not in text
        assert "robin@example.test" not in text
        assert customer.alias not in text
