"""R37: the export holds every column about the customer, or names it with the reason why not.

Walks the schema of the three databases: a new table or column fails here until it is handed out.
"""

import json

import pytest
from sqlalchemy import LargeBinary, inspect, select

from clienteling.customers.models import TemplateRow
from clienteling.home import Home
from clienteling.rights import held as parts
from clienteling.rights.export import Way, export
from consent.log.events import EventKind
from consent.notices import Notices
from consent.purposes import Purpose
from tests.support.held import OTHERS, TABLES, fill
from tests.support.people import Customer
from tests.support.shops import logged

ALL = (*parts.PARTS, parts.KEYS, parts.TEMPLATES)


@pytest.fixture
def customer(shop: Home) -> Customer:
    return fill(shop)


def test_every_table_about_a_customer_is_a_part_of_it() -> None:
    about = {table.name for _, table in TABLES} - OTHERS.keys()
    assert {part.owner.class_.__tablename__ for part in ALL} == about


def test_every_column_is_handed_out_or_left_out_for_a_reason() -> None:
    left_out = {
        f"{table.name}.{column.name}"
        for _, table in TABLES
        if table.name not in OTHERS
        for column in table.columns
        if isinstance(column.type, LargeBinary) or column.name in {"code_hash", "digest"}
    }
    assert parts.LEFT_OUT.keys() == left_out
    assert all(len(reason) > 20 for reason in parts.LEFT_OUT.values())


def test_whatever_lies_in_a_row_is_in_the_document(shop: Home, customer: Customer) -> None:
    document = export(shop.office, customer.subject_id, Way.CUSTOMER, actor="device:k")
    for part in ALL:
        row_class = part.owner.class_
        database = next(name for name, table in TABLES if table.name == row_class.__tablename__)
        owners = [customer.subject_id, customer.alias]
        with getattr(shop.databases, database).read() as session:
            rows = session.scalars(select(row_class).where(part.owner.in_(owners))).all()
        shown = document[part.name]
        assert rows, f"{part.name} is not filled here, so it is not tested"
        for row in rows:
            expected = {
                attribute.key: getattr(row, attribute.key)
                for attribute in inspect(row_class).column_attrs
                if f"{row_class.__tablename__}.{attribute.key}" not in parts.LEFT_OUT
            }
            assert any(
                all(key in one and one[key] == expected[key] for key in expected) for one in shown
            )


def test_what_is_sealed_is_opened(shop: Home, customer: Customer) -> None:
    """While the customer is restricted, too: it is their own question."""
    document = export(shop.office, customer.subject_id, Way.CUSTOMER, actor="device:k")
    text = json.dumps(document)
    told = {row["purpose"]: row["content"] for row in document["told"]}
    assert told["account"]["email"] == "robin@example.test"
    assert told["preferences"] == {"likes": ["dark chocolate"]}
    assert told["allergies"]["codes"] == ["milk"]
    assert document["visits"][0]["content"]["camera"] == "entrance"
    assert document["requests"][0]["text"] == "Robin"
    notices = {row["purpose"]: row["notice_text"] for row in document["consents"]}
    assert notices["recognise"] == Notices("eu").current("en", Purpose.RECOGNISE).text
    assert document["receipts"][0]["code_works"]
    assert customer.code not in text


def test_no_number_of_the_face_is_in_it(shop: Home, customer: Customer) -> None:
    document = export(shop.office, customer.subject_id, Way.CUSTOMER, actor="device:k")
    (template,) = document["sealed_templates"]
    assert "sealed" not in template
    with shop.databases.templates.read() as templates:
        sealed = templates.get_one(TemplateRow, customer.alias).sealed
    assert sealed.hex() not in json.dumps(document, default=str)
    assert json.loads(json.dumps(document)) == document, "JSON says the same"


def test_who_acted_is_told_by_role_and_number_never_by_name(shop: Home, customer: Customer) -> None:
    document = export(shop.office, customer.subject_id, Way.CUSTOMER, actor="device:k")
    assert document["actors"]["c"] == {"kind": "program"}
    assert {row["actor"] for row in document["log"]} <= document["actors"].keys()


def test_it_is_logged_before_it_is_handed_out(shop: Home, customer: Customer) -> None:
    document = export(shop.office, customer.subject_id, Way.CUSTOMER, actor="device:k")
    (made,) = logged(shop.office, EventKind.EXPORT_MADE)
    assert (made.about, made.actor, made.detail) == (
        customer.subject_id,
        "device:k",
        {"way": "customer"},
    )
    assert "export.made" in {row["kind"] for row in document["log"]}
