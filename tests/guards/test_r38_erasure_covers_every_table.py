"""R38: every table that says something of a customer is emptied of them, or listed with a reason.

Walks the schema: a new table, or a new column that names a subject, fails here until somebody says
what erasing does to it.
"""

from sqlalchemy import select

from clienteling.customers.models import LookupRow
from clienteling.home import Home
from consent.log.events import PROOF_KINDS
from consent.models import ConsentRow, FlowRow, LogDetailRow, ReceiptRow, RequestRow
from consent.office import erase
from tests.support.held import OTHERS, TABLES, fill, owner
from tests.support.people import Customer, join
from tests.support.shops import logged

#: What outlives an erasure, and why. Everything else must be gone.
PROOF = {
    "consent_record": "proof that consent was given and ended (GDPR 7(1)); the id leads nowhere",
    "receipt": "the signed proof that the customer holds too; its code no longer works",
    "flow": "that and when the erasure was carried out, and when each copy went",
    "rights_request": "that and when a request was answered (GDPR 12(3)); its texts are emptied",
    "log_detail": "the salts of the proof entries only; every other detail is deleted",
}


def test_every_table_is_accounted_for() -> None:
    without = {table.name for _, table in TABLES if owner(table) is None}

    assert without == OTHERS.keys()
    assert PROOF.keys() <= {table.name for _, table in TABLES} - without


def test_no_table_without_a_customer_has_a_column_that_could_hold_one() -> None:
    """Keyed by another name, a customer would go past the walk."""
    telling = ("subject", "customer", "person", "alias", "about", "sealed", "template", "consent")
    columns = {
        f"{table.name}.{column.name}"
        for _, table in TABLES
        if table.name in OTHERS
        for column in table.columns
        if any(word in column.name for word in telling)
    }
    assert not columns, "say which column owns the row (OWNERS), and erase it"


def everything_stored(home: Home) -> dict[str, str]:
    """Every value of every table, as text: the walk that knows no column."""
    found = {}
    for name, table in TABLES:
        with getattr(home.databases, name).read() as session:
            found[table.name] = repr(session.execute(select(table)).all())
    return found


def test_after_an_erasure_the_number_is_nowhere_but_in_the_proof(shop: Home) -> None:
    """Whatever the column is called, and inside JSON too."""
    customer = fill(shop)
    ids = (customer.subject_id, customer.alias)
    before = {name for name, text in everything_stored(shop).items() if any(i in text for i in ids)}
    assert len(before) > len(PROOF)

    erase(shop.office, customer.subject_id, actor="c", method="c")

    after = everything_stored(shop)
    assert {name for name, text in after.items() if customer.subject_id in text} <= PROOF.keys()
    assert {name for name, text in after.items() if customer.alias in text} <= {"log_detail"}


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
        (request,) = identity.scalars(select(RequestRow)).all()
    assert (request.text, request.reply) == (None, None)
    assert kinds <= PROOF_KINDS
    assert all(flow.closed_at for flow in flows)
    assert all(receipt.code_hash is None for receipt in receipts)
    for text in (str([receipt.body for receipt in receipts]), str([r.body for r in records])):
        assert "Robin" not in text
        assert "robin@example.test" not in text
        assert customer.alias not in text
