"""Handing something personal out as a file: for its owner's eyes, never over another file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clienteling.files import write_new


def write_private(path: Path, make: Callable[[], Any]) -> None:
    """Write what `make` returns as JSON into a new file that only its owner may read (0600).

    Raises:
        UsageError: the file is there already, or cannot be written; then nothing is made or logged.
    """
    write_new(path, lambda: json.dumps(make(), ensure_ascii=False, indent=2) + "\n")
