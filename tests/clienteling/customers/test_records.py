"""Sealed records: kept under a consent, opened through it alone, gone with it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from clienteling.customers.everybody import everybodys
from clienteling.customers.models import RecordRow
from clienteling.customers.records import (
    PURPOSE_OF,
    NewRecord,
    RecordKind,
    change,
    keep,
    keep_all,
    record,
    records_of,
    remove,
)
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.errors import ConsentMissingError, KeyUnavailableError, SealError
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.records import Grant
from consent.storage import Database
from tests.support.people import join

GrantOf = Callable[[str, Purpose], Grant]


@pytest.fixture
def grant(shop: Home, grant_of: GrantOf) -> Grant:
    return grant_of(join(shop).subject_id, Purpose.PREFERENCES)


def note(text: bytes, **more: str) -> NewRecord:
    return NewRecord(RecordKind.NOTE, text, **more)


def stored(shop: Home) -> list[RecordRow]:
    with shop.databases.identity.read() as identity:
        return list(identity.scalars(select(RecordRow)))


def test_every_kind_has_its_purpose() -> None:
    assert PURPOSE_OF.keys() == set(RecordKind)


def test_a_record_is_sealed_and_read_back(shop: Home, grant: Grant) -> None:
    id_ = keep(shop.office, grant, note(b'"likes a chat"', day="2026-01-02"))

    assert b"chat" not in stored(shop)[0].sealed
    [found] = records_of(shop.office, grant, RecordKind.NOTE)
    assert (found.id, found.day, found.content) == (id_, "2026-01-02", b'"likes a chat"')
    assert b"chat" not in repr(found).encode()
    assert records_of(shop.office, grant, RecordKind.WISH) == ()


def test_the_newest_day_comes_first(shop: Home, grant: Grant) -> None:
    days = ("2026-01-02", "2026-03-01", "2025-12-31")
    keep_all(shop.office, grant, [note(b"1", day=day) for day in days])

    found = [one.day for one in records_of(shop.office, grant, RecordKind.NOTE)]
    assert found == sorted(days, reverse=True)


def test_keeping_the_same_number_again_replaces(shop: Home, grant: Grant) -> None:
    keep(shop.office, grant, note(b"1", id="sale-1"))
    keep(shop.office, grant, note(b"2", id="sale-1"))

    assert [one.content for one in records_of(shop.office, grant, RecordKind.NOTE)] == [b"2"]


def test_a_number_of_another_customer_is_refused(
    shop: Home, grant: Grant, grant_of: GrantOf
) -> None:
    other = grant_of(join(shop).subject_id, Purpose.PREFERENCES)
    keep(shop.office, other, note(b"theirs", id="sale-1"))

    with pytest.raises(UsageError):
        keep(shop.office, grant, note(b"mine", id="sale-1"))
    assert record(shop.office, grant, "sale-1") is None
    assert not change(shop.office, grant, "sale-1", b"mine")
    assert not remove(shop.office, grant, "sale-1")
    [theirs] = records_of(shop.office, other, RecordKind.NOTE)
    assert theirs.content == b"theirs"


def test_another_purpose_opens_nothing(shop: Home, grant_of: GrantOf) -> None:
    account = grant_of(join(shop).subject_id, Purpose.ACCOUNT)

    with pytest.raises(UsageError):
        keep(shop.office, account, note(b"1"))
    with pytest.raises(UsageError):
        records_of(shop.office, account, RecordKind.NOTE)


def test_changing_and_removing(shop: Home, grant: Grant) -> None:
    id_ = keep(shop.office, grant, note(b"1"))

    assert change(shop.office, grant, id_, b"2")
    found = record(shop.office, grant, id_)
    assert found is not None
    assert found.content == b"2"
    assert remove(shop.office, grant, id_)
    assert not remove(shop.office, grant, id_)
    assert record(shop.office, grant, id_) is None


def test_one_record_cannot_stand_in_for_another(shop: Home, grant: Grant) -> None:
    """Even under the same key: each is bound to its number and kind (R20)."""
    first, second = keep_all(shop.office, grant, [note(b"1"), note(b"2")])
    with shop.databases.identity.write() as identity:
        sealed = identity.scalar(select(RecordRow.sealed).where(RecordRow.id == first))
        identity.execute(update(RecordRow).where(RecordRow.id == second).values(sealed=sealed))

    with pytest.raises(SealError):
        record(shop.office, grant, second)


def test_everybodys_leaves_out_who_withdrew(shop: Home, grant_of: GrantOf) -> None:
    leaving, staying = join(shop).subject_id, join(shop).subject_id
    for subject_id in (leaving, staying):
        grant = grant_of(subject_id, Purpose.PREFERENCES)
        keep_all(shop.office, grant, [note(b"1", day="2026-01-01"), note(b"2", day="2026-02-01")])

    withdraw(shop.office, leaving, [Purpose.PREFERENCES], actor="c", method="c")

    found = list(everybodys(shop.office, RecordKind.NOTE))
    assert [(one.subject_id, one.content) for one in found] == [(staying, b"1"), (staying, b"2")]
    assert {row.subject_id for row in stored(shop)} == {staying}


def test_after_a_withdrawal_nothing_is_kept(shop: Home, grant: Grant) -> None:
    withdraw(shop.office, grant.subject_id, [Purpose.PREFERENCES], actor="c", method="c")

    with pytest.raises(KeyUnavailableError):
        keep(shop.office, grant, note(b"1"))
    assert stored(shop) == []


def test_a_withdrawal_between_sealing_and_writing_leaves_nothing(
    shop: Home, grant: Grant, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Database.write

    def withdrawn_first(self: Database) -> AbstractContextManager[Session]:
        if self is shop.databases.identity:
            monkeypatch.setattr(Database, "write", write)
            withdraw(shop.office, grant.subject_id, [Purpose.PREFERENCES], actor="c", method="c")
        return write(self)

    monkeypatch.setattr(Database, "write", withdrawn_first)
    with pytest.raises(ConsentMissingError):
        keep(shop.office, grant, note(b"1"))
    assert stored(shop) == []


def test_an_order_outlives_every_purpose_but_the_account(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    account = grant_of(subject_id, Purpose.ACCOUNT)
    keep(shop.office, account, NewRecord(RecordKind.ORDER, b'"a cake"'))

    withdraw(shop.office, subject_id, list(Purpose)[1:], actor="c", method="c")
    assert len(records_of(shop.office, account, RecordKind.ORDER)) == 1

    erase(shop.office, subject_id, actor="c", method="c")
    assert stored(shop) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contents=st.lists(st.binary(max_size=200), max_size=8))
def test_whatever_goes_in_comes_out(shop: Home, grant: Grant, contents: list[bytes]) -> None:
    ids = keep_all(shop.office, grant, [note(content) for content in contents])

    for id_, content in zip(ids, contents, strict=True):
        found = record(shop.office, grant, id_)
        assert found is not None
        assert found.content == content
        assert remove(shop.office, grant, id_)


def test_a_customers_records_are_found_by_the_customer(shop: Home, grant: Grant) -> None:
    """SQLite preferred to go through a kind of all customers in the order of their days."""
    engine = shop.databases.identity.engine
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL decides by what is in the table")
    keep_all(shop.office, grant, [note(b"1")])
    asked: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    records_of(shop.office, grant, RecordKind.NOTE)
    list(everybodys(shop.office, RecordKind.NOTE))
    event.remove(engine, "before_cursor_execute", listen)

    mine = [(said, values) for said, values in asked if "FROM customer_record" in said]
    assert len(mine) == 2
    with engine.connect() as connection:
        for said, values in mine:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all()
            assert "ix_customer_record_subject_kind" in plan[0][3]
