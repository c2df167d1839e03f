"""R21: no nonce twice under a key; every key that seals with random nonces stops at 2^32."""

import threading
from collections.abc import Sequence
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.errors import KeyUnavailableError
from consent.keystore.seals import seal_for
from consent.models import DataKeyRow, StoreKeyRow
from consent.office import Office, Statement, open_enrolment
from consent.purposes import Purpose
from consent.sealing import MAX_SEALS, new_key, seal

_NONCE = 12


@settings(max_examples=20, deadline=None)
@given(threads=st.integers(1, 6), seals=st.integers(1, 400), size=st.integers(0, 64))
def test_no_nonce_comes_twice_whoever_seals_how_much_at_once(
    threads: int, seals: int, size: int
) -> None:
    key, found = new_key(), list[bytes]()

    def work() -> None:
        found.extend(seal(key, bytes(size), b"place")[:_NONCE] for _ in range(seals))

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(set(found)) == len(found) == threads * seals


def test_a_nonce_is_96_random_bits_of_the_system() -> None:
    asked: list[int] = []

    def urandom(size: int) -> bytes:
        asked.append(size)
        return bytes(range(size))

    with patch("consent.sealing.os.urandom", urandom):
        sealed = seal(bytes(32), b"milk", b"place")

    assert asked == [_NONCE]
    assert sealed[:_NONCE] == bytes(range(_NONCE))


def test_the_limit_is_that_of_the_standard() -> None:
    assert MAX_SEALS == 2**32


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("data_key", "This key has sealed as often as it safely can"),
        ("store_key", "wrapped as many keys as it safely can"),
    ],
)
def test_a_used_up_key_stops_with_a_sentence_and_changes_nothing(
    office: Office, statement: Statement, table: str, words: str
) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    grant = joined.grants[Purpose.ALLERGIES]
    with office.databases.keys.write() as session:
        for row in rows(session, table):
            row.uses = MAX_SEALS - 1

    def use() -> None:
        if table == "store_key":
            open_enrolment(office, statement, {})
            return
        with office.databases.keys.write() as session:
            seal_for(session, office.ring, grant, b"milk", office.binding(grant))

    use()  # the last one that is allowed
    with pytest.raises(KeyUnavailableError, match=words):
        use()

    with office.databases.keys.read() as session:
        assert max(row.uses for row in rows(session, table)) == MAX_SEALS


def rows(session: Session, table: str) -> Sequence[DataKeyRow | StoreKeyRow]:
    if table == "data_key":
        return session.scalars(select(DataKeyRow)).all()
    return session.scalars(select(StoreKeyRow)).all()
