"""The three databases on a real PostgreSQL server: reading, one writer, what bad luck says."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread
from time import monotonic

import pytest
from sqlalchemy import make_url, text

from clienteling.databases_config import DatabasesConfig
from consent import postgresql
from consent.errors import StorageError
from consent.models import SubjectRow
from consent.postgresql import open_one, open_postgresql
from consent.storage import Databases
from tests.support.postgresql import SERVERS, as_admin

THREADS = 48


@pytest.fixture
def server() -> DatabasesConfig:
    return SERVERS.lend()


@pytest.fixture
def opened(server: DatabasesConfig) -> Iterator[Databases]:
    databases = open_postgresql(server.identity, server.templates, server.keys)
    yield databases
    databases.close()


def end_connections(server: DatabasesConfig) -> None:
    """What a restart of the server does to everybody who is connected."""
    for address in server.model_dump().values():
        with as_admin(address) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def test_a_reading_session_cannot_write(opened: Databases) -> None:
    def write_while_reading() -> None:
        with opened.identity.read() as session:
            session.add(SubjectRow(id="a", created_at="now"))
            session.flush()

    with pytest.raises(StorageError, match="cannot be written"):
        write_while_reading()


def test_a_reading_session_sees_one_state(opened: Databases) -> None:
    with opened.identity.read() as reader:
        assert reader.query(SubjectRow).count() == 0
        with opened.identity.write() as writer:
            writer.add(SubjectRow(id="a", created_at="now"))
        assert reader.query(SubjectRow).count() == 0
    with opened.identity.read() as reader:
        assert reader.query(SubjectRow).count() == 1


def test_a_writer_sees_what_the_writer_before_it_committed(opened: Databases) -> None:
    """It waits for its turn before it looks: reading first would be reading the past."""
    begun, seen = Event(), []

    def second() -> None:
        begun.set()
        with opened.identity.write() as session:
            seen.append(session.query(SubjectRow).count())

    with opened.identity.write() as session:
        session.add(SubjectRow(id="a", created_at="now"))
        session.flush()
        waiting = Thread(target=second)
        waiting.start()
        assert begun.wait(5)
    waiting.join(10)
    assert seen == [1]


def test_a_second_writer_waits_and_is_told(
    opened: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = postgresql._OPENING
    soon = opening["write"].replace(str(postgresql._BUSY_MS), "50")
    with opened.identity.write() as session:
        session.execute(text("SELECT 1"))
        monkeypatch.setitem(opening, "write", soon)
        with pytest.raises(StorageError, match="Another process"), opened.identity.write() as late:
            late.execute(text("SELECT 1"))


def test_writers_of_two_databases_do_not_wait_for_each_other(opened: Databases) -> None:
    with opened.identity.write() as one, opened.keys.write() as other:
        one.execute(text("SELECT 1"))
        began = monotonic()
        other.execute(text("SELECT 1"))
        assert monotonic() - began < 5


def test_as_many_threads_as_a_hub_has_read_and_write(opened: Databases) -> None:
    start = Barrier(THREADS)

    def work(number: int) -> None:
        start.wait(30)
        with opened.identity.write() as session:
            session.add(SubjectRow(id=str(number), created_at="now"))
        with opened.identity.read() as session, opened.keys.read() as keys:
            assert session.get(SubjectRow, str(number)) is not None
            keys.execute(text("SELECT 1"))

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))
    with opened.identity.read() as session:
        assert session.query(SubjectRow).count() == THREADS


def test_three_full_pools_leave_room_on_a_server_as_it_is_shipped() -> None:
    assert 3 * (postgresql.POOL_SIZE + postgresql.POOL_MORE) < 97  # of 100, 3 are superusers'


def test_the_next_session_after_a_restart_just_works(
    opened: Databases, server: DatabasesConfig
) -> None:
    with opened.identity.write() as session:
        session.add(SubjectRow(id="a", created_at="now"))
    end_connections(server)
    with opened.identity.read() as session:
        assert session.get(SubjectRow, "a") is not None


def test_a_restart_in_the_middle_is_told_and_nothing_is_half_written(
    opened: Databases, server: DatabasesConfig
) -> None:
    def interrupted() -> None:
        with opened.identity.write() as session:
            session.add(SubjectRow(id="a", created_at="now"))
            session.flush()
            end_connections(server)

    with pytest.raises(StorageError, match="ended the connection"):
        interrupted()
    with opened.identity.write() as session:
        assert session.get(SubjectRow, "a") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"port": 1}, "does not answer"),
        ({"database": "clienteling_no_such_database"}, "no such database"),
        ({"username": "clienteling_no_such_role"}, "no such role"),
        ({"query": {"sslmode": "verify-full"}}, "cannot be encrypted"),
    ],
)
def test_what_cannot_be_opened_says_why(
    server: DatabasesConfig, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(StorageError, match=sentence):
        open_one(make_url(server.identity).set(**change))  # type: ignore[arg-type]


def test_an_older_server_is_refused(
    server: DatabasesConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 99)
    with pytest.raises(StorageError, match="99 or newer is needed"):
        open_one(server.identity)


@pytest.mark.parametrize("value", ["x" * 37, "a\0b"])
def test_what_a_column_cannot_hold_is_told_without_the_value(opened: Databases, value: str) -> None:
    with (
        pytest.raises(StorageError, match="cannot keep this text") as refused,
        opened.identity.write() as session,
    ):
        session.add(SubjectRow(id=value, created_at="now"))
    assert value not in str(refused.value.__cause__)


def test_scrubbing_writes_a_table_anew_without_what_was_deleted(
    opened: Databases, server: DatabasesConfig
) -> None:
    with opened.keys.write() as session:
        session.execute(
            text("INSERT INTO service_key VALUES ('x', 'now', decode(repeat('ab', 99), 'hex'))")
        )
        session.execute(text("DELETE FROM service_key"))
    assert _size(server) > 0
    assert opened.keys.scrub()
    assert _size(server) == 0


def test_scrubbing_waits_for_readers(opened: Databases) -> None:
    with opened.keys.read() as reader:
        reader.execute(text("SELECT count(*) FROM data_key"))
        assert not opened.keys.scrub()
    assert opened.keys.scrub()


def _size(server: DatabasesConfig) -> int:
    with as_admin(server.keys) as admin:
        (size,) = admin.execute("SELECT pg_relation_size('service_key')").fetchone() or (-1,)
        return int(size)
