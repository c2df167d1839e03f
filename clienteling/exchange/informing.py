"""Whom to tell that their data was taken over (GDPR 13 and 14), with the code of each receipt.

A private file, for the operator alone: each code opens and erases its customer's data at the
kiosk. It is to be deleted once everybody is told.
"""

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from clienteling.customers.profile import Account
from clienteling.errors import UsageError
from clienteling.exchange.import_file import QUOTE

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "@", "-", "+", "\t", "\r")
#: So much of a file's SHA-256 says which import a line is of.
_NAME_LETTERS: Final = 16
_COLUMNS: Final = ("row", "name", "email", "phone", "language", "code", "file")


@dataclass(frozen=True, slots=True)
class Told:
    """One customer to tell."""

    row: int
    account: Account = field(repr=False)
    code: str = field(repr=False)


class InformFile:
    """The file, written to the disk as each batch is recorded."""

    def __init__(self, path: Path) -> None:
        """Open or make the file, for this user only.

        Raises:
            UsageError: it cannot be made there.
        """
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise UsageError(f"{path} cannot be written ({error.strerror}).") from error
        self._path = path
        self._name = ""

    def __enter__(self) -> Self:
        """Use it in `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        os.close(self._file)

    def keep(self, sha256: str, through: int) -> None:
        """Begin, or go on after row `through`: later lines were written and never recorded.

        Raises:
            UsageError: the file is of another import, or holds something else.
        """
        self._name = sha256[:_NAME_LETTERS]
        os.lseek(self._file, 0, os.SEEK_SET)
        content = os.read(self._file, os.fstat(self._file).st_size).decode("utf-8", "replace")
        rows = [row for row in csv.reader(io.StringIO(content, newline="")) if row]
        whole = [row for row in rows[1:] if len(row) == len(_COLUMNS)]
        if (rows and tuple(rows[0]) != _COLUMNS) or any(row[-1] != self._name for row in whole):
            raise UsageError(f"{self._path} holds something else already. Name a new file.")
        kept = [row for row in whole if row[0].isdecimal() and int(row[0]) <= through]
        os.ftruncate(self._file, 0)
        os.lseek(self._file, 0, os.SEEK_SET)
        self._write([_COLUMNS, *kept])

    def add(self, several: Iterable[Told]) -> None:
        """Add customers, and wait until the disk has them."""
        self._write(
            (
                one.row,
                plain_cell(one.account.name),
                plain_cell(one.account.email or ""),
                one.account.phone or "",
                one.account.language,
                one.code,
                self._name,
            )
            for one in several
        )

    def _write(self, rows: Iterable[Iterable[object]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        left = memoryview(text.getvalue().encode())
        while left:
            left = left[os.write(self._file, left) :]
        os.fsync(self._file)


def plain_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; the import takes the quote away."""
    return f"{QUOTE}{text}" if text.startswith(_FORMULA) else text
