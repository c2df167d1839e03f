"""Verifying the log for people: reads what to compare with, verifies, and logs that it was done."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clienteling.errors import UsageError
from consent import ledger
from consent.errors import LedgerError
from consent.events import EventKind
from consent.notes import Checkpoint, parse_checkpoint
from consent.office import Office
from consent.verification import Finding, verify

_LARGEST_CHECKPOINT = 400_000  # a receipt may stand for one


@dataclass(frozen=True, slots=True)
class LogReport:
    """How a verification ended.

    Attributes:
        ok: Nothing was found.
        size: Entries that were verified.
        end_proven: A checkpoint from outside proves that nothing was cut off at the end.
        proven_size: Up to which entry it proves that.
        unlinked: Entries whose details were deleted, by retention or erasure.
        findings: What does not hold, and at which entry.
        checkpoint: The log's newest checkpoint, to be kept elsewhere; None: there is none.
        logged: Whether the verification itself could be logged; not, if the log's end is damaged.
        summary: One or two sentences.
    """

    ok: bool
    size: int
    end_proven: bool
    proven_size: int
    unlinked: int
    findings: tuple[Finding, ...]
    checkpoint: str | None
    logged: bool
    summary: str


def verify_log(
    office: Office,
    against: Path | None = None,
    *,
    actor: str = "command",
    quietly: bool = False,
) -> LogReport:
    """Verify the whole log, with a checkpoint kept elsewhere if there is one.

    `quietly`: the verification itself is not logged.

    Raises:
        UsageError: the file cannot be read, or holds no checkpoint.
    """
    if against is None:
        return check_log(office, None, actor=actor, quietly=quietly)
    try:
        with against.open(encoding="utf-8") as file:
            text = file.read(_LARGEST_CHECKPOINT)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{against} cannot be read as a checkpoint. Check the file.") from error
    return check_log(office, read_outside(text), actor=actor, quietly=quietly)


def read_outside(text: str) -> Checkpoint:
    """Return the checkpoint in a signed note, or in a receipt (JSON).

    Raises:
        UsageError: it is neither.
    """
    note = text
    if text.lstrip().startswith("{"):
        try:
            note = json.loads(text)["checkpoint"]
        except (ValueError, KeyError) as error:
            raise UsageError("This receipt carries no checkpoint. Take the whole file.") from error
    try:
        # What was pasted may have lost its last line end, or gained carriage returns.
        return parse_checkpoint(str(note).replace("\r\n", "\n").strip() + "\n")
    except LedgerError as error:
        raise UsageError(
            "This is not a checkpoint. Paste all of its lines, the signature too; "
            "or a whole receipt."
        ) from error


def check_log(
    office: Office,
    against: Checkpoint | None,
    *,
    actor: str,
    progress: Callable[[int], None] | None = None,
    quietly: bool = False,
) -> LogReport:
    """Verify the log and log that `actor` did; `progress` is told how many entries are done."""
    with office.databases.identity.read() as identity:
        found = verify(identity, office.ring.log_public, against, progress=progress)
    checkpoint, logged = None, False
    if not quietly:
        checkpoint, logged = _note(office, found.ok, found.size, against, actor)
    return LogReport(
        ok=found.ok,
        size=found.size,
        end_proven=found.end_proven,
        proven_size=found.proven_size,
        unlinked=found.unlinked,
        findings=found.findings,
        checkpoint=checkpoint,
        logged=logged,
        summary=found.summary,
    )


def _note(
    office: Office, ok: bool, size: int, against: Checkpoint | None, actor: str
) -> tuple[str | None, bool]:
    """Log the verification and return the checkpoint over it; a damaged log takes no entry."""
    try:
        with office.databases.identity.write() as identity:
            entry = ledger.append(
                identity,
                office.ring,
                EventKind.LOG_VERIFIED,
                actor=actor,
                about=None,
                detail={"ok": ok, "size": size, "against": against.size if against else None},
                now=office.now(),
            )
    except LedgerError:
        return None, False
    return entry.checkpoint, True
