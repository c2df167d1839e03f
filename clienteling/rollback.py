"""Refusing a data folder that lost something: a file, a restore cut off, the end of its log.

Whoever copies older databases over a shop's brings back people who left. So a folder whose log is
shorter than a file beside it knows is not opened, until `restore` has replayed what ended since.
"""

from pathlib import Path

from clienteling.errors import StartError
from consent.endings import Memory, fits
from consent.storage import Database

DATABASES = ("identity.db", "templates.db", "keys.db")

#: A restored shop that is complete, on its way into the data folder.
RESTORED = ".restored"


def refuse_incomplete(path: Path, *, served: bool) -> None:
    """Refuse a folder that lost a database: an empty one in its place would forget without a word.

    Args:
        path: The folder.
        served: Its databases lie on a server.

    Raises:
        StartError: names the file, or the restore that was cut off.
    """
    if (path / RESTORED).is_dir():
        raise StartError(
            f"A restore into {path} was cut off. Run `clienteling restore` again: it only has to "
            "move the last files."
        )
    for name in () if served else DATABASES:
        file = path / name
        if not file.is_file() or not file.stat().st_size:
            raise StartError(f"{file} is missing. Restore it from a backup.")


def refuse_rollback(memory: Memory, identity: Database) -> None:
    """Refuse databases from before what was seen here.

    Raises:
        StartError: the log is shorter than it was, or another one.
        StorageError: `log.tip` is damaged.
    """
    if went_back(memory, identity):
        raise StartError(how_it_went_back(memory.folder))


def how_it_went_back(folder: Path) -> str:
    """Return the sentence for a folder whose log went back."""
    return (
        f"Older or other databases lie in {folder}: their log does not hold what was seen here "
        "before. Put a backup back with `clienteling restore FOLDER --keys FOLDER --replace`: it "
        "replays what was withdrawn and erased since. Until then nothing here is opened and nobody "
        "is recognised."
    )


def went_back(memory: Memory, identity: Database) -> bool:
    """Whether the log is not the one that was seen here, or shorter.

    Raises:
        StorageError: `log.tip` is damaged.
    """
    tip = memory.tip()
    with identity.read() as session:
        return tip is not None and not fits(session, tip)
