"""One look at the log: does what is offered begin with what was seen? Only then it is cosigned.

1. The clocks of hub and witness agree, and ours did not go back.
2. The checkpoint is signed by the key that this witness was given.
3. It is not shorter than the one held; of the same length it has the same root.
4. A longer one comes with a proof of consistency that holds (RFC 9162 §2.1.4.2).
5. It is cosigned, kept on the disk, and only then brought to the hub.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from clienteling.witness.errors import AlarmError, ClockError
from clienteling.witness.folder import WitnessFolder
from clienteling.witness.log import UnprovenError
from consent.log.cosignatures import cosign, cosigned_at, with_lines
from consent.log.merkle import verify_consistency
from consent.log.notes import Checkpoint, is_signed, signature_lines

#: More than that between the clocks of hub and witness, and nothing is cosigned.
MOST_SKEW: Final = timedelta(minutes=5)


class Log(Protocol):
    """What is asked of a hub; `PublicLog` asks it over the network."""

    hub_time: datetime | None

    def checkpoint(self) -> Checkpoint: ...
    def consistency(self, old: int, new: int) -> tuple[bytes, ...]: ...
    def cosign(self, note: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Look:
    """A look that ended well.

    Attributes:
        size: Entries in the log.
        grown: How many are new since the last look; None: this was the first.
        at: The time in the cosignature.
    """

    size: int
    grown: int | None
    at: datetime


def look(folder: WitnessFolder, log: Log, now: datetime) -> Look:
    """Look once.

    Raises:
        AlarmError: the log was rewritten, went back, cannot be proven or is another one.
        ClockError, HubAwayError, NotRegisteredError, StartError: see the classes; no alarm.
    """
    held = folder.held()
    offered = log.checkpoint()
    _check_clocks(folder, held, log.hub_time, now)
    if not is_signed(offered, folder.settings.log_public):
        raise _alarm(folder, "wrong_key", held, offered)
    if held is not None:
        _check_growth(folder, log, held, offered)
    line = cosign(folder.key, folder.settings.name, offered, now)
    note = with_lines(_by_log_alone(offered), [line])
    folder.keep(note, now)
    log.cosign(note)
    return Look(
        size=offered.size,
        grown=None if held is None else offered.size - held.size,
        at=now.replace(microsecond=0),
    )


def _check_clocks(
    folder: WitnessFolder, held: Checkpoint | None, hub: datetime | None, now: datetime
) -> None:
    if hub is not None and abs(now - hub) > MOST_SKEW:
        raise ClockError(
            f"The clocks of this machine ({now:%H:%M:%S} UTC) and of the hub ({hub:%H:%M:%S} UTC) "
            "differ by more than 5 minutes. Set both by NTP; nothing was cosigned."
        )
    public = folder.key.public_key().public_bytes_raw()
    last = None if held is None else cosigned_at(held, folder.settings.name, public)
    if last is not None and now + MOST_SKEW < last:
        raise ClockError(
            f"This machine's clock went back: it last cosigned at {last:%Y-%m-%d %H:%M} UTC. "
            "Set it by NTP; nothing was cosigned."
        )


def _check_growth(folder: WitnessFolder, log: Log, held: Checkpoint, offered: Checkpoint) -> None:
    if offered.size < held.size:
        raise _alarm(folder, "rolled_back", held, offered)
    if offered.size == held.size:
        if offered.root != held.root:
            raise _alarm(folder, "fork", held, offered)
        return
    try:
        path = log.consistency(held.size, offered.size)
    except UnprovenError as error:
        raise _alarm(folder, "unproven", held, offered, said=str(error)) from error
    if not verify_consistency(held.size, offered.size, held.root, offered.root, path):
        raise _alarm(folder, "fork", held, offered, path=path)


def _by_log_alone(offered: Checkpoint) -> str:
    """Return the note without the lines of others: we vouch for the checkpoint, not for them."""
    own = (line for line in signature_lines(offered) if line.split(" ")[1:2] == [offered.origin])
    return with_lines(offered.note.partition("\n\n")[0] + "\n\n", own)


_SENTENCES: Final = {
    "fork": (
        "THE LOG WAS REWRITTEN: what the hub offers ({new} entries) does not begin with the "
        "{old} entries that this witness saw."
    ),
    "rolled_back": (
        "THE LOG WENT BACK: it has {new} entries, and this witness saw {old}. Entries {new} to "
        "{last} were cut off, or an older copy was put back."
    ),
    "unproven": (
        "THE LOG IS NOT PROVEN: the hub offers {new} entries and cannot prove that they begin "
        "with the {old} that this witness saw."
    ),
    "wrong_key": "ANOTHER LOG: what the hub offers is not signed by the key that this witness has.",
}


def _alarm(
    folder: WitnessFolder,
    state: str,
    held: Checkpoint | None,
    offered: Checkpoint,
    *,
    path: Sequence[bytes] = (),
    said: str = "",
) -> AlarmError:
    """Keep the evidence and return the alarm."""
    old = 0 if held is None else held.size
    sentence = _SENTENCES[state].format(new=offered.size, old=old, last=old - 1)
    files = {"offered.txt": offered.note, "what.txt": f"{sentence}\n{said}".rstrip() + "\n"}
    if held is not None:
        files["held.txt"] = held.note
    if path:
        files["proof.txt"] = "".join(f"{base64.b64encode(step).decode()}\n" for step in path)
    kept = folder.keep_evidence(state, files)
    return AlarmError(
        state,
        f"{sentence} Nothing was cosigned. Both checkpoints are kept in {kept}: copy them now, "
        "keep the hub as it is, and follow docs/privacy/verify.md.",
        kept,
    )
