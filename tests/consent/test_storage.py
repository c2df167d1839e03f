from pathlib import Path

import pytest
from sqlalchemy import text

from consent import storage
from consent.errors import StorageError
from consent.models import SubjectRow
from consent.storage import Databases, open_sqlite

pytestmark = pytest.mark.sqlite


def test_files_are_for_the_owner_only(databases: Databases, tmp_path: Path) -> None:
    with databases.identity.write() as session:
        session.add(SubjectRow(id="a", created_at="now"))
    files = list((tmp_path / "data").iterdir())
    assert {file.name for file in files} >= {"identity.db", "templates.db", "keys.db"}
    assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_a_reading_session_cannot_write(databases: Databases) -> None:
    def write_while_reading() -> None:
        with databases.identity.read() as session:
            session.add(SubjectRow(id="a", created_at="now"))
            session.flush()

    with pytest.raises(StorageError):
        write_while_reading()
    with databases.identity.write() as session:
        assert session.get(SubjectRow, "a") is None


def test_a_reading_session_sees_one_state(databases: Databases) -> None:
    with databases.identity.read() as reader:
        assert reader.query(SubjectRow).count() == 0
        with databases.identity.write() as writer:
            writer.add(SubjectRow(id="a", created_at="now"))
        assert reader.query(SubjectRow).count() == 0


def test_a_second_writer_waits_and_is_told(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.close()  # the next connections wait for a moment only
    monkeypatch.setattr(storage, "_BUSY_MS", 20)

    def write_beside() -> None:
        with databases.identity.write() as session:
            session.execute(text("SELECT 1"))

    with databases.identity.write() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(StorageError, match="Another process"):
            write_beside()


def test_a_full_disk_is_told_and_nothing_is_half_written(databases: Databases) -> None:
    def fill() -> None:
        with databases.templates.write() as session:
            session.execute(text("PRAGMA max_page_count=1"))
            session.execute(text("CREATE TABLE big (content BLOB)"))
            for _ in range(100):
                session.execute(text("INSERT INTO big VALUES (zeroblob(100000))"))

    with pytest.raises(StorageError, match="Make room"):
        fill()
    with databases.templates.read() as session:
        assert not session.execute(text("PRAGMA table_info(big)")).all()


def test_a_missing_table_says_what_to_run(tmp_path: Path) -> None:
    empty = open_sqlite(tmp_path / "empty")
    with pytest.raises(StorageError, match="init"), empty.identity.read() as session:
        session.query(SubjectRow).count()
    empty.close()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be used"):
        open_sqlite(tmp_path / "file" / "data")


def test_scrubbing_waits_for_readers(databases: Databases) -> None:
    with databases.keys.read() as reader:
        reader.execute(text("SELECT count(*) FROM data_key"))
        with databases.keys.write() as writer:
            writer.execute(text("UPDATE data_key SET uses = 0"))
            writer.execute(text("CREATE TABLE t (x)"))
        assert not databases.keys.scrub()
    assert databases.keys.scrub()
