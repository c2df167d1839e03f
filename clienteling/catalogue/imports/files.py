"""Opening what somebody brings: plain or gzip, UTF-8, and not larger than a shop's catalogue is."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clienteling.catalogue.imports.rows import FileError
from clienteling.errors import UsageError

#: Bytes, unpacked. A hundred thousand products with their ingredients are about as much.
MOST_BYTES = 100_000_000
MOST_ROWS = 100_000

_GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table: where it begins in the file, and its cells by the header's names."""

    line: int
    cells: dict[str, str]
    surplus: bool


def read_file(path: Path) -> str:
    """Return the text of a file.

    Raises:
        UsageError: it is missing, too large, damaged, or not UTF-8; the message says what to do.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    return text_of(content)


def text_of(content: bytes) -> str:
    """Return the text of a file's bytes.

    Raises:
        UsageError: as `read_file`.
    """
    if content.startswith(_GZIP):
        try:
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FileError("This gzip file is damaged or cut off. Make it again.") from error
    if len(content) > MOST_BYTES:
        raise FileError("This file is larger than 100 MB. Divide it, and import the parts.")
    if content.startswith(_UTF_16):
        raise FileError("This file is UTF-16. Save it as “CSV UTF-8” in your spreadsheet.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileError(
            "Line {line} is not UTF-8. Save the file as “CSV UTF-8” in your spreadsheet.", line=line
        ) from error
    if "\0" in text:
        raise FileError("This is no text file. Save it as “CSV UTF-8” in your spreadsheet.")
    if not text.strip():
        raise FileError("This file is empty.")
    return text


def records(text: str, known: Sequence[str]) -> tuple[tuple[str, ...], Iterator[Record]]:
    """Return a table's header and its rows.

    The delimiter is the one that finds most of the columns that are `known` in the first line.

    Raises:
        UsageError: two columns have the same name. While rows are read: a quote that is never
            closed, or more rows than a hundred thousand.
    """
    first = text.splitlines()[0]
    header = max(
        (_header(first, delimiter) for delimiter in _DELIMITERS),
        key=lambda names: len(set(names[1]) & set(known)),
    )
    delimiter, names = header
    named = [name for name in names if name]
    if len(set(named)) < len(named):
        raise FileError("Two columns have the same name. Name each once.")
    return names, _rows(text, delimiter, names)


def _header(line: str, delimiter: str) -> tuple[str, tuple[str, ...]]:
    cells = next(csv.reader([line], delimiter=delimiter), [])
    return delimiter, tuple(cell.strip().casefold() for cell in cells)


def _rows(text: str, delimiter: str, names: Sequence[str]) -> Iterator[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line, count = 1, -1
    try:
        for cells in reader:
            count += 1
            if count > MOST_ROWS:
                raise FileError("There are more than 100,000 rows. Divide the file.")
            if count and any(cell.strip() for cell in cells):
                surplus = any(cell.strip() for cell in cells[len(names) :])
                padded = cells + [""] * (len(names) - len(cells))
                yield Record(line, dict(zip(names, padded, strict=False)), surplus)
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileError(
            "From line {line} the table cannot be read: a quote is not closed, or stands in a "
            "cell without being doubled. Nothing was imported.",
            line=line,
        ) from error
