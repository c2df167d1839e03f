"""Everything that lies in a shop's folder, so that a test can say that nothing was changed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from clienteling.rollback import DATABASES

#: Side files of a database, and what every start notes: how long the log is.
_APART = ("-wal", "-shm", "-journal", "log.tip")


def dump(folder: Path) -> dict[str, object]:
    """Return every row of the three databases as SQL, and every other file as it is."""
    found: dict[str, object] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(file.relative_to(folder))
        if name in DATABASES:
            with closing(sqlite3.connect(file)) as database:
                found[name] = tuple(database.iterdump())
        elif not name.endswith(_APART):
            found[name] = file.read_bytes()
    return found


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Fail if anything in the folder is another thing afterwards."""
    before = dump(folder)
    yield
    after = dump(folder)
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    assert not changed, f"changed: {changed}"
