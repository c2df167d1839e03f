"""Somebody who can write the database file drops the triggers and changes what they like."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from consent.log import ledger, merkle
from consent.log.events import EventKind
from consent.log.ledger import Checkpoint, Verification, latest_checkpoint, verify
from consent.log.notes import parse_checkpoint, sign_checkpoint
from consent.office import (
    Office,
    Statement,
    TemplateMade,
    close_enrolment,
    open_enrolment,
    withdraw,
)
from consent.purposes import Purpose
from consent.storage import Databases
from consent.triggers import INSERT_ONLY_TRIGGERS
from tests.support.office import START
from tests.support.postgresql import ON_SERVER, as_superuser


@pytest.fixture
def filled(office: Office, statement: Statement) -> Office:
    """A shop in which somebody joined, was enrolled, and withdrew one purpose."""
    choices = {Purpose.RECOGNISE: True, Purpose.ALLERGIES: True}
    joined = open_enrolment(office, statement, choices)
    close_enrolment(office, joined.flow_id, TemplateMade("alias", "model", 3))
    withdraw(office, joined.subject_id, [Purpose.ALLERGIES], actor="user:an", method="kiosk")
    return office


@contextmanager
def tampering(databases: Databases) -> Iterator[Session]:
    """Yield a session without triggers and foreign keys; whatever it does is undone at the end.

    On a server it is the superuser's: who administers the machine can do what the roles may not.
    """
    engine = databases.identity.engine
    with Session(as_superuser(engine) if ON_SERVER else engine, expire_on_commit=False) as session:
        if ON_SERVER:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
            for statements in INSERT_ONLY_TRIGGERS.values():
                for statement in statements:
                    session.execute(text(f"DROP TRIGGER {statement.split()[2]}"))
        yield session
        session.rollback()


def checked(
    office: Office, session: Session, against: Checkpoint | None = None
) -> tuple[Verification, set[int | None]]:
    session.expire_all()
    result = verify(session, office.ring.log_public, against)
    return result, {finding.leaf_index for finding in result.findings}


def test_an_untouched_log_holds_but_its_end_is_not_proven(filled: Office) -> None:
    with filled.databases.identity.read() as session:
        result = verify(session, filled.ring.log_public)
    assert (result.ok, result.end_proven, result.proven_size) == (True, False, 0)
    assert "End of log not proven" in result.summary


def test_an_outside_checkpoint_proves_the_end(filled: Office) -> None:
    with filled.databases.identity.read() as session:
        newest = latest_checkpoint(session)
        result = verify(session, filled.ring.log_public, newest)
    assert (result.ok, result.end_proven, result.proven_size) == (True, True, result.size)


def test_an_older_outside_checkpoint_proves_only_its_part(filled: Office) -> None:
    with filled.databases.identity.read() as session:
        note = session.scalar(text("SELECT note FROM log_checkpoint WHERE tree_size = 5"))
        result = verify(session, filled.ring.log_public, parse_checkpoint(note))
    assert (result.ok, result.end_proven, result.proven_size) == (True, False, 5)


def test_an_empty_log_holds(databases: Databases, office: Office) -> None:
    with databases.identity.read() as session:
        result = verify(session, office.ring.log_public)
    assert (result.ok, result.size) == (True, 0)


def test_the_key_of_another_log_verifies_nothing(filled: Office) -> None:
    with filled.databases.identity.read() as session:
        assert not verify(session, bytes(32)).ok


def test_unlinking_a_detail_is_no_alteration(filled: Office) -> None:
    with tampering(filled.databases) as session:
        session.execute(text("DELETE FROM log_detail WHERE leaf_index = 0"))
        result, _ = checked(filled, session)
        assert (result.ok, result.unlinked) == (True, 1)


@pytest.mark.parametrize("cut", [1, 3])
def test_a_cut_tail_shows_only_against_an_outside_checkpoint(filled: Office, cut: int) -> None:
    with tampering(filled.databases) as session:
        newest = latest_checkpoint(session)
        _cut_to(session, newest.size - cut)
        assert checked(filled, session)[0].ok
        result, _ = checked(filled, session, newest)
        assert not result.ok
        assert "cut off, or an older copy was put back" in result.findings[0].what


def _cut_to(session: Session, size: int) -> None:
    for statement in (
        "DELETE FROM consent_record WHERE leaf_index >= :size",
        "DELETE FROM log_detail WHERE leaf_index >= :size",
        "DELETE FROM log_entry WHERE leaf_index >= :size",
        "DELETE FROM log_checkpoint WHERE tree_size > :size",
        "DELETE FROM log_node WHERE position >= (:size >> level)",
    ):
        session.execute(text(statement), {"size": size})


def test_a_log_rewritten_with_its_own_key_shows_against_an_outside_checkpoint(
    filled: Office,
) -> None:
    with tampering(filled.databases) as session:
        newest = latest_checkpoint(session)
        _cut_to(session, newest.size - 2)
        for _ in range(2):
            ledger.append(
                session,
                filled.ring,
                EventKind.CARD_READ,
                actor="forger",
                about=None,
                detail={},
                now=START,
            )
        assert checked(filled, session)[0].ok
        result, _ = checked(filled, session, newest)
        assert "rewritten" in result.findings[0].what


def test_an_outside_checkpoint_of_another_log_is_refused(filled: Office) -> None:
    stranger = sign_checkpoint(filled.ring.receipt_signing, 3, merkle.EMPTY_ROOT)
    with filled.databases.identity.read() as session:
        result = verify(session, filled.ring.log_public, stranger)
    assert [finding.leaf_index for finding in result.findings] == [None]


def test_two_entries_that_changed_places_are_both_found(filled: Office) -> None:
    with tampering(filled.databases) as session:
        for old, new in ((2, 900), (3, 2), (900, 3)):
            for table in ("log_entry", "log_detail"):
                move = f"UPDATE {table} SET leaf_index = :new WHERE leaf_index = :old"  # noqa: S608
                session.execute(text(move), {"old": old, "new": new})
        _, places = checked(filled, session)
        assert {2, 3} <= places


def test_a_leaf_rewritten_with_all_its_hashes_is_found_at_its_place(filled: Office) -> None:
    """Without the key the signed root does not fit, from that entry on."""
    with tampering(filled.databases) as session:
        rows = session.execute(text("SELECT leaf_index, leaf FROM log_entry"))
        leaves: dict[int, bytes] = {index: leaf for index, leaf in rows}  # noqa: C416  (rows)
        leaves[4] = leaves[4].replace(b"2026-11-22", b"2026-11-21")
        session.execute(
            text(
                "UPDATE log_entry SET leaf = :leaf, at = replace(at, '11-22', '11-21') "
                "WHERE leaf_index = 4"
            ),
            {"leaf": leaves[4]},
        )
        nodes: dict[merkle.NodeId, bytes] = {}
        for index in range(len(leaves)):
            nodes[0, index] = merkle.leaf_hash(leaves[index])
            for level, place in merkle.completed_by(index):
                pair = nodes[level - 1, place * 2], nodes[level - 1, place * 2 + 1]
                nodes[level, place] = merkle.node_hash(*pair)
        for (level, place), hashed in nodes.items():
            session.execute(
                text("UPDATE log_node SET hash = :hash WHERE level = :level AND position = :place"),
                {"hash": hashed, "level": level, "place": place},
            )
        result, places = checked(filled, session)
        assert places == {4}
        assert "signed root does not fit" in result.findings[0].what


def test_an_entry_moved_far_away_does_not_keep_verification_busy(filled: Office) -> None:
    with tampering(filled.databases) as session:
        session.execute(text("UPDATE log_entry SET leaf_index = 1 << 60 WHERE leaf_index = 2"))
        _, places = checked(filled, session)
        assert {None, 2} <= places


#: Every column of every table that proves something; `log_detail.leaf_index` is bound to its entry.
COLUMNS = {
    "log_entry": ("leaf_index", "kind", "at", "leaf"),
    "log_node": ("level", "position", "hash"),
    "log_checkpoint": ("tree_size", "note"),
    "log_detail": ("salt", "about", "actor", "detail"),
    "consent_record": (
        "record_id",
        "subject_id",
        "purpose",
        "state",
        "event_time",
        "expires_at",
        "leaf_index",
        "body",
    ),
}


def _place_of(table: str, row: dict[str, Any]) -> int:
    if table == "log_checkpoint":
        return int(row["tree_size"]) - 1
    if table == "log_node":
        return int(row["position"]) << int(row["level"])
    return int(row["leaf_index"])


def _other(value: Any, data: st.DataObject) -> Any:
    """Return another value of the same kind: one letter, one bit or one number away, or nothing."""
    if isinstance(value, int):
        return value + data.draw(st.integers(1, 100))
    if value is None:
        return "something"
    place = data.draw(st.integers(0, len(value) - 1))
    if isinstance(value, bytes):
        bit = data.draw(st.integers(0, 7))
        return value[:place] + bytes([value[place] ^ 1 << bit]) + value[place + 1 :]
    if value.startswith("{"):
        body = json.loads(value)
        return json.dumps({**body, data.draw(st.sampled_from([*sorted(body), "more"])): "altered"})
    letter = data.draw(st.sampled_from("0aZ/ "))
    return value[:place] + letter + value[place + 1 :]


@pytest.mark.sqlite  # every column takes any bytes there; a server refuses most of it
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_any_single_alteration_is_found_and_located(filled: Office, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(COLUMNS)))
    with tampering(filled.databases) as session:
        rows = session.execute(text(f"SELECT rowid AS id, * FROM {table}")).mappings().all()  # noqa: S608
        row = dict(data.draw(st.sampled_from(rows)))
        removing = table != "log_detail" and data.draw(st.booleans())
        if removing:
            delete = f"DELETE FROM {table} WHERE rowid = :id"  # noqa: S608
            session.execute(text(delete), {"id": row["id"]})
        else:
            column = data.draw(st.sampled_from(COLUMNS[table]))
            other = _other(row[column], data)
            assume(other != row[column])
            update = f"UPDATE OR REPLACE {table} SET {column} = :other WHERE rowid = :id"  # noqa: S608
            session.execute(text(update), {"other": other, "id": row["id"]})
        result, places = checked(filled, session)
        assert not result.ok
        assert _place_of(table, row) in places
