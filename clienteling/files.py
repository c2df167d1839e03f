"""Small files that are new and never written over another; for their owner's eyes."""

import os
from collections.abc import Callable
from pathlib import Path

from clienteling.errors import UsageError


def write_new(path: Path, make: Callable[[], str]) -> None:
    """Write what `make` returns into a new file that only its owner may read (0600).

    The file is made first: what cannot be written is neither made nor logged. Where `make` raises,
    the file is gone again.

    Raises:
        UsageError: the file is there already, or cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already. Name a new file.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(make())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
