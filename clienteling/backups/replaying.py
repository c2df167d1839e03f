"""Replaying after databases on PostgreSQL were put back by its own tools (R38).

A hub does not start on them: their log is shorter than `log.tip` in the data folder knows. Here

    1 nothing else is connected
    2 the keys that the log was published under are kept beside
    3 the log goes on under a new key and name, with the entry `log.restored`
    4 every ending in `endings.log` is replayed, keys without a consent go, the log is verified
    5 only then `log.tip` is that of the log here, and a hub starts again

Cut off anywhere, it is simply run again.
"""

from pathlib import Path

from sqlalchemy import text

from clienteling.backups.going_on import Gap, go_on, keep_published
from clienteling.backups.restoring import Restored, published
from clienteling.config import load_config
from clienteling.errors import RefusedError, StartError, UsageError
from clienteling.home import Clock, Home, open_home
from clienteling.rollback import went_back
from consent import clock
from consent.endings import ENDINGS
from consent.log import ledger
from consent.log.notes import Checkpoint, is_signed
from consent.replay import replay
from consent.storage import Database

_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def replay_only(path: Path, *, accept: str | None = None, now: Clock = clock.now) -> Restored:
    """End again what ended since the databases were copied; nothing else is put back.

    Args:
        path: The data folder, with the newest `endings.log` and `log.tip`.
        accept: Why the shop goes on though `endings.log` is lost; None: it does not.
        now: The clock.

    Raises:
        UsageError: the shop's databases are files. StartError: something still works with them.
        RefusedError: what ended since is not known, or the log does not hold.
        StorageError: a disk is full, or a server does not answer.
    """
    if load_config(path).databases is None:
        raise UsageError(
            "This shop's databases are files: `clienteling restore FOLDER --keys FOLDER` puts them "
            "back and replays."
        )
    keep_published(path)
    before = open_home(path, now=now, inspecting=True)
    try:
        refuse_others(before.databases.identity)
        complete = before.memory.living and before.memory.tip() is not None
        if not complete and accept is None:
            raise RefusedError(
                f"What was withdrawn and erased since is not known: {ENDINGS} or log.tip is not in "
                f"{path}. Put the newest copies there, or have the privacy officer decide and say "
                "why with --accept-unknown; recognition then stays stopped."
            )
        if complete and not went_back(before.memory, before.databases.identity):
            return _only_keys(before)
        gap = _gap(before, complete=complete, reason=accept)
    finally:
        before.databases.close()
    home = open_home(path, now=now, inspecting=True, new_log=True)
    try:
        kept, known, replayed = go_on(home, gap)
    finally:
        home.databases.close()
    return Restored(path, gap.made_at, kept, known, replayed, complete)


def refuse_others(identity: Database) -> None:
    """Refuse while a hub or a command works with the databases.

    Raises:
        StartError: how many others are connected.
    """
    identity.close()  # our own connections, but for the one that asks
    with identity.read() as session:
        others = session.scalar(text(_OTHERS))
    if others:
        raise StartError(
            f"Something still works with the identity database ({others} connections). End the hub "
            "and every command on this shop, then try again."
        )


def _only_keys(home: Home) -> Restored:
    """The log is the one that was seen; the keys may be older: those without a consent go."""
    with home.databases.identity.read() as identity:
        newest, size = ledger.search(identity, limit=1)[0], ledger.size(identity)
    replayed = replay(home.office, home.memory.endings())
    home.databases.keys.scrub()
    return Restored(home.path, newest.at, size, size, replayed, complete=True)


def _gap(home: Home, *, complete: bool, reason: str | None) -> Gap:
    """Find out with which key the log was signed last: a run cut off may have renewed it since."""
    with home.databases.identity.read() as identity:
        newest = ledger.search(identity, limit=1)[0]
        signed = ledger.latest_checkpoint(identity)
    tip = home.memory.tip()
    seen: list[Checkpoint] = [signed, *([tip] if tip else [])]
    keys = [home.office.ring.log_public, *(key for _, key in published(home.path))]
    for former in keys:
        if is_signed(signed, former):
            return Gap(newest.at, seen, former, complete, reason)
    raise RefusedError(
        "The log in these databases is not signed by a key of this shop. Put the right copies of "
        "the three databases back."
    )
