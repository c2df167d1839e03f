"""Verifying the log for people: reads what to compare with, verifies, and logs that it was done."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clienteling.errors import UsageError
from consent.errors import LedgerError
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import Checkpoint, parse_checkpoint
from consent.log.verification import Finding, verify
from consent.log.witnesses import Cosigned, cosigners
from consent.models import LogCheckpointRow
from consent.office import Office

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
        summary: One to three sentences.
        cosigned: Witnesses of this shop whose cosignatures the outside checkpoint carries; none
            where the log does not hold: its list of witnesses says nothing then.
        rewritten: First and last entry between which the log first differs from what outside
            checkpoints say; None: it does not, or there are too few of them to tell.
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
    cosigned: tuple[Cosigned, ...] = ()
    rewritten: tuple[int, int] | None = None


def verify_log(
    office: Office,
    against: Path | None = None,
    *,
    actor: str = "command",
    quietly: bool = False,
) -> LogReport:
    """Verify the whole log, with a checkpoint kept elsewhere if there is one.

    `against` may be a folder of them (a witness's `seen`): the longest proves most, and together
    they tell where a log was rewritten. `quietly`: the verification itself is not logged.

    Raises:
        UsageError: a file cannot be read, or holds no checkpoint.
    """
    if against is None:
        return check_log(office, None, actor=actor, quietly=quietly)
    files = sorted(against.glob("*.txt")) if against.is_dir() else [against]
    outside = sorted((_read_file(path) for path in files), key=lambda one: one.size)
    if not outside:
        raise UsageError(f"{against} holds no checkpoint (*.txt). Give a witness's folder `seen`.")
    report = check_log(office, outside[-1], actor=actor, quietly=quietly)
    return _placed(office, report, outside)


def _read_file(path: Path) -> Checkpoint:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LARGEST_CHECKPOINT)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a checkpoint. Check the file.") from error
    return read_outside(text)


def _placed(office: Office, report: LogReport, outside: Sequence[Checkpoint]) -> LogReport:
    """Add between which two of the outside checkpoints (rising) the log first differs."""
    if report.ok:
        return report
    fits = 0
    with office.databases.identity.read() as identity:
        for one in outside:
            row = identity.get(LogCheckpointRow, one.size)
            if row is None:
                return report  # cut off before: the findings say so
            if str(row.note).partition("\n\n")[0] == one.note.partition("\n\n")[0]:
                fits = one.size
                continue
            where = (
                f"What was rewritten first lies in entries {fits} to {one.size - 1}: the outside "
                f"checkpoint of {one.size} entries is the first that does not fit."
            )
            summary = f"{report.summary} {where}"
            return replace(report, rewritten=(fits, one.size - 1), summary=summary)
    return report


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
        cosigned = cosigners(identity, against) if against is not None and found.ok else ()
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
        summary=" ".join((found.summary, *map(_seen, cosigned))),
        cosigned=cosigned,
    )


def _seen(one: Cosigned) -> str:
    return f"Witness {one.witness} cosigned that checkpoint at {one.at:%Y-%m-%d %H:%M:%S} UTC."


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
