"""A pass as a file, for enrolment from the command line: printed, handed over, deleted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import segno

from clienteling.errors import UsageError
from consent.keystore.holder import HolderSecret, new_holder_secret

_KINDS: Final = (".svg", ".png", ".pdf", ".txt")
#: Pixels a module in a PNG: a card of 8 cm prints at 150 dots an inch.
_SCALE: Final = 12


@dataclass(frozen=True, slots=True)
class PreparedPass:
    """A pass that is about to be made, and the empty file that will hold it."""

    holder: HolderSecret
    path: Path

    def deliver(self) -> None:
        """Write the pass: its template is stored."""
        self.path.write_bytes(_content(self.holder, self.path.suffix.lower()))


@contextmanager
def handing_over(path: Path | None, *, needed: bool) -> Iterator[PreparedPass | None]:
    """Make the file before anything is recorded: a pass that cannot be written is lost.

    Yields what to deliver; None: this shop needs no pass. An undelivered pass leaves no file.

    Args:
        path: Where to; it must not exist, and is readable by this user only.
        needed: Whether this shop makes templates for a pass.

    Raises:
        UsageError: it is needed and not given, or the other way round; or it cannot be made.
    """
    prepared = _prepare(path, needed=needed)
    try:
        yield prepared
    finally:
        if prepared is not None and not prepared.path.stat().st_size:
            prepared.path.unlink()


def _prepare(path: Path | None, *, needed: bool) -> PreparedPass | None:
    if path is None:
        if needed:
            raise UsageError(
                "This shop's policy is pass: say with --pass-out where the customer's pass goes."
            )
        return None
    if not needed:
        raise UsageError("No pass is made here. Leave --pass-out away.")
    if path.suffix.lower() not in _KINDS:
        raise UsageError(f"A pass is written as one of: {', '.join(_KINDS)}. Rename {path.name}.")
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise UsageError(f"{path} exists already. Choose another name.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    return PreparedPass(new_holder_secret(), path)


def _content(holder: HolderSecret, kind: str) -> bytes:
    if kind == ".txt":
        return f"{holder.text}\n".encode()
    out = BytesIO()
    code = segno.make(holder.text, error="m", boost_error=False, micro=False)
    code.save(out, kind=kind.removeprefix("."), scale=_SCALE, border=4)
    return out.getvalue()
