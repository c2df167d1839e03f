"""What must outlive the databases: which consents ended, and how long the log was (R38).

A database that is put back to an earlier state has forgotten what ended since. Two files beside the
databases have not, because putting the databases back leaves them alone:

    endings.log  one line of canonical JSON for each withdrawal and erasure, and for each
                 restriction set or lifted (GDPR 18), only ever added; numbers and purposes, nothing
                 personal; on the disk before the first key goes
    log.tip      the newest checkpoint of the log that a process here has seen
"""

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from consent.canonical import JSON, canonical
from consent.errors import LedgerError, StorageError
from consent.files import add_line, cannot_write, write_whole
from consent.log import ledger
from consent.log.notes import Checkpoint, parse_checkpoint
from consent.models import LogCheckpointRow
from consent.setting import Ended
from consent.storage import Database

ENDINGS = "endings.log"
TIP = "log.tip"


@dataclass(frozen=True, slots=True)
class Memory:
    """The two files of one data folder."""

    folder: Path

    @property
    def living(self) -> bool:
        """Whether the file of endings is here: it is made with the shop."""
        return (self.folder / ENDINGS).is_file()

    def begin(self) -> None:
        """Make the empty file of a new shop.

        Raises:
            StorageError: it cannot be written.
        """
        with self._alone():
            write_whole(self.folder / ENDINGS, b"")

    def note(self, ended: Ended, identity: Database) -> None:
        """Add one ending, and how long the log is; what is there already is not added again.

        Raises:
            StorageError: the disk is full or the file is damaged; nothing was added.
        """
        with self._alone():
            if all(known.flow_id != ended.flow_id for known in self.endings()):
                add_line(self.folder / ENDINGS, _line(ended))
        self.remember(identity)

    def endings(self) -> tuple[Ended, ...]:
        """Return every ending, oldest first. A last line that a crash tore does not count.

        Raises:
            StorageError: the file cannot be read or a line in it is damaged.
        """
        return read_endings(self.folder / ENDINGS)

    def tip(self) -> Checkpoint | None:
        """Return the newest checkpoint seen here, or None where none was kept.

        Raises:
            StorageError: the file is damaged.
        """
        path = self.folder / TIP
        try:
            return parse_checkpoint(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"{path} cannot be read ({error.strerror}).") from error
        except (LedgerError, UnicodeDecodeError) as error:
            raise StorageError(f"{path} is damaged. {_WITHOUT_TIP}") from error

    def remember(self, identity: Database) -> None:
        """Keep the newest checkpoint, if the log grew since the one that is kept.

        Raises:
            StorageError: it cannot be written.
        """
        with identity.read() as session:
            if not ledger.size(session):
                return
            newest = ledger.latest_checkpoint(session)
        with self._alone():
            kept = self.tip()
            if kept is None or kept.origin != newest.origin or kept.size < newest.size:
                write_whole(self.folder / TIP, newest.note.encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes of this folder out meanwhile."""
        path = self.folder / f".{ENDINGS}.lock"
        try:
            with path.open("ab") as lock:
                path.chmod(0o600)
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise cannot_write(path, error) from error


_WITHOUT_TIP = (
    "Verify the log with a checkpoint from elsewhere (`clienteling log verify --against`), "
    "then remove the file."
)


def fits(identity: Session, tip: Checkpoint) -> bool:
    """Whether the log still holds what the checkpoint covers: it is no older and no other copy."""
    row = identity.get(LogCheckpointRow, tip.size)
    return row is not None and parse_checkpoint(row.note).root == tip.root


def read_endings(path: Path) -> tuple[Ended, ...]:
    """Return the endings in a file; none where there is no file.

    Raises:
        StorageError: it cannot be read or a line in it is damaged.
    """
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StorageError(f"{path} cannot be read ({error.strerror}).") from error
    return tuple(_read(path, number, line) for number, line in enumerate(lines, start=1))


def merged(*files: Iterable[Ended]) -> tuple[Ended, ...]:
    """Return the endings of several copies, each once, in the order of time."""
    known = {ended.flow_id: ended for file in files for ended in file}
    return tuple(sorted(known.values(), key=lambda ended: (ended.at, ended.flow_id)))


def as_file(endings: Iterable[Ended]) -> bytes:
    """Return the text of a file of these endings."""
    return b"".join(_line(ended) + b"\n" for ended in endings)


def _line(ended: Ended) -> bytes:
    body: dict[str, JSON] = {
        "v": 1,
        "flow": ended.flow_id,
        "kind": ended.kind,
        "subject": ended.subject_id,
        "purposes": list(ended.purposes),
        "at": ended.at,
    }
    return canonical(body)


def _read(path: Path, number: int, line: bytes) -> Ended:
    try:
        body = json.loads(line)
        return Ended(
            flow_id=str(body["flow"]),
            kind=str(body["kind"]),
            subject_id=str(body["subject"]),
            purposes=tuple(str(name) for name in body["purposes"]),
            at=str(body["at"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"Line {number} of {path} is damaged. Put the newest copy of that file in its place; "
            "every backup of the keys holds one."
        ) from error
