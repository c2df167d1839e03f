"""The newest checkpoint of the hub's log, kept at the camera so that a cut log shows.

A checkpoint is a C2SP signed note: origin, tree size, root hash, an empty line, signatures. The
camera compares sizes and roots; an auditor checks the signatures with the file that is kept here.
"""

from dataclasses import dataclass

from clienteling.edge_protocol import WireError

_BODY_LINES = 3


@dataclass(frozen=True, slots=True)
class CheckpointBody:
    origin: str
    size: int
    root: str


def read_checkpoint(note: str) -> CheckpointBody:
    """Return what a signed note says.

    Raises:
        WireError: it is not a checkpoint.
    """
    lines = note.split("\n")
    if len(lines) <= _BODY_LINES or not lines[1].isdecimal() or lines[_BODY_LINES] != "":
        raise WireError("The hub sent a checkpoint of its log that cannot be read.")
    return CheckpointBody(lines[0], int(lines[1]), lines[2])


def goes_back(held: str | None, offered: str) -> bool:
    """Whether `offered` cannot follow what was seen: another log, a shorter one, another root."""
    new = read_checkpoint(offered)
    if held is None:
        return False
    old = read_checkpoint(held)
    if new.origin != old.origin or new.size < old.size:
        return True
    return new.size == old.size and new.root != old.root
