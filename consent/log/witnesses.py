"""Who witnesses the log from outside, and the cosignatures that they brought."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.clock import parse, stamp
from consent.errors import LedgerError, WitnessError
from consent.keystore.keys import KeyRing
from consent.log import ledger
from consent.log.cosignatures import (
    cosigned_at,
    parse_witness_key,
    time_of,
    with_lines,
    witness_key,
)
from consent.log.events import EventKind
from consent.log.notes import Checkpoint, parse_checkpoint, signature_lines, signed_text
from consent.models import LogCheckpointRow, LogCosignatureRow, LogWitnessRow

#: How far a witness's clock may be ahead of ours.
AHEAD: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness saw the log at this length, at this time."""

    witness: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Witness:
    """A registered witness, its key as C2SP text, and its newest cosignature, if any."""

    name: str
    key: str
    added_at: datetime
    last: Cosigned | None


def add_witness(identity: Session, ring: KeyRing, key: str, *, actor: str, now: datetime) -> str:
    """Register a witness by its key's text and return its name; the log says so.

    Raises:
        WitnessError: not the key of a witness, or one of this name is or was registered.
    """
    try:
        name, public = parse_witness_key(key)
    except LedgerError as error:
        raise WitnessError(
            f"{error} Take the text that `clienteling witness init` shows."
        ) from error
    if identity.get(LogWitnessRow, name) is not None:
        raise WitnessError(
            f"A witness {name} is or was registered here. A new key needs a new name, so that "
            "old cosignatures stay clear."
        )
    identity.add(LogWitnessRow(name=name, public=public, added_at=stamp(now), removed_at=None))
    _note(identity, ring, EventKind.WITNESS_ADDED, name, public, actor, now)
    return name


def remove_witness(
    identity: Session, ring: KeyRing, name: str, *, actor: str, now: datetime
) -> None:
    """Take no further cosignatures of this witness; those that it gave stay.

    Raises:
        WitnessError: no such witness is registered.
    """
    row = identity.get(LogWitnessRow, name)
    if row is None or row.removed_at is not None:
        raise WitnessError(f"No witness {name} is registered. See `clienteling log witness list`.")
    row.removed_at = stamp(now)
    _note(identity, ring, EventKind.WITNESS_REMOVED, name, row.public, actor, now)


def _note(
    identity: Session,
    ring: KeyRing,
    kind: EventKind,
    name: str,
    public: bytes,
    actor: str,
    now: datetime,
) -> None:
    detail = {"witness": name, "key": witness_key(name, public)}
    ledger.append(identity, ring, kind, actor=actor, about=None, detail=detail, now=now)


def witnesses(identity: Session) -> tuple[Witness, ...]:
    """Return the registered witnesses, by name."""
    return tuple(
        Witness(row.name, witness_key(row.name, row.public), parse(row.added_at), last)
        for row in _registered(identity)
        for last in [_last(identity, row.name)]
    )


def take_cosignature(identity: Session, note: str, now: datetime) -> Cosigned:
    """Keep the cosignature under this note; the same one again changes nothing.

    Args:
        identity: A session of `Database.write()`.
        note: A checkpoint of this log with a witness's line.
        now: By our clock.

    Raises:
        WitnessError: this log never made that checkpoint, or no registered witness signed it.
    """
    try:
        brought = parse_checkpoint(note)
    except LedgerError as error:
        raise WitnessError("This is not a checkpoint with a cosignature.") from error
    stored = identity.get(LogCheckpointRow, brought.size)
    made = None if stored is None else parse_checkpoint(stored.note)
    if made is None or signed_text(made) != signed_text(brought):
        raise WitnessError(
            "This log never made that checkpoint. It was not cosigned for this shop."
        )
    found = [
        (row.name, line, at)
        for row in _registered(identity)
        for line in signature_lines(brought)
        if (at := time_of(made, line, row.name, row.public)) is not None
    ]
    if not found:
        raise WitnessError(
            "No registered witness signed this checkpoint. Register it with "
            "`clienteling log witness add`."
        )
    name, line, at = max(found, key=lambda one: one[2])
    if at > now + AHEAD:
        raise WitnessError("This cosignature lies in the future. Set the clocks of both machines.")
    if identity.get(LogCosignatureRow, (name, stamp(at), made.size)) is None:
        identity.add(LogCosignatureRow(witness=name, at=stamp(at), tree_size=made.size, line=line))
    return Cosigned(name, made.size, at)


def cosigned_checkpoint(identity: Session) -> Checkpoint | None:
    """Return the longest checkpoint that a registered witness cosigned, with all such lines."""
    names = [row.name for row in _registered(identity)]
    newest = identity.scalars(
        select(LogCosignatureRow.tree_size)
        .where(LogCosignatureRow.witness.in_(names))
        .order_by(LogCosignatureRow.tree_size.desc())
        .limit(1)
    ).first()
    stored = None if newest is None else identity.get(LogCheckpointRow, newest)
    if stored is None:
        return None
    lines = identity.scalars(
        select(LogCosignatureRow.line)
        .where(LogCosignatureRow.tree_size == newest, LogCosignatureRow.witness.in_(names))
        .order_by(LogCosignatureRow.at.desc())
        .limit(_MOST_LINES)
    )
    return parse_checkpoint(with_lines(stored.note, lines))


#: A note stays short, even where a quiet shop's checkpoint was cosigned a hundred times.
_MOST_LINES: Final = 8


def cosigners(identity: Session, checkpoint: Checkpoint) -> tuple[Cosigned, ...]:
    """Return which witnesses of this shop, past ones too, cosigned a note, and when."""
    rows = identity.scalars(select(LogWitnessRow).order_by(LogWitnessRow.name))
    return tuple(
        Cosigned(row.name, checkpoint.size, at)
        for row in rows
        if (at := cosigned_at(checkpoint, row.name, row.public)) is not None
    )


def _registered(identity: Session) -> list[LogWitnessRow]:
    return list(
        identity.scalars(
            select(LogWitnessRow)
            .where(LogWitnessRow.removed_at.is_(None))
            .order_by(LogWitnessRow.name)
        )
    )


def _last(identity: Session, name: str) -> Cosigned | None:
    row = identity.scalars(
        select(LogCosignatureRow)
        .where(LogCosignatureRow.witness == name)
        .order_by(LogCosignatureRow.at.desc())
        .limit(1)
    ).first()
    return None if row is None else Cosigned(name, row.tree_size, parse(row.at))
