"""Whether the log is watched from outside: each witness, and how long ago it last cosigned."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from consent.log.witnesses import Witness, witnesses


class Watched(StrEnum):
    """How well the log is watched: by every witness, not by one of them any more, by nobody."""

    WATCHED = "watched"
    STALE = "stale"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Watch:
    """One witness at one moment.

    Attributes:
        age: Since its last cosignature; None: it has given none yet.
        stale: That is longer ago than the shop allows (`[log] witness_hours`).
    """

    witness: Witness
    age: timedelta | None
    stale: bool


def watches(identity: Session, now: datetime, allowed: timedelta) -> tuple[Watch, ...]:
    """Return each registered witness; a new one has as long as the others for its first look."""
    return tuple(_watch(one, now, allowed) for one in witnesses(identity))


def _watch(one: Witness, now: datetime, allowed: timedelta) -> Watch:
    heard = one.added_at if one.last is None else one.last.at
    return Watch(one, None if one.last is None else now - one.last.at, now - heard > allowed)


def watched(found: tuple[Watch, ...]) -> Watched:
    """Return the state of the whole: one stale witness is enough to look why."""
    if not found:
        return Watched.NOBODY
    return Watched.STALE if any(watch.stale for watch in found) else Watched.WATCHED
