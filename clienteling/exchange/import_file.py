"""A file of customers, as the shop's earlier system wrote it: CSV in UTF-8, one person a row.

    name      needed
    email     one of these three is needed: by it the person is told (GDPR 13 and 14),
    phone     found again, and recognised when the same file comes twice
    card
    language  nl or en; else the shop's

Nothing else can come from a file: what needs a consent is asked of the customer here.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from clienteling.customers.contact import CONTACTS, ContactKind, card_number, phone_number
from clienteling.customers.profile import Account, digests_of, stated
from clienteling.errors import UsageError
from consent.office import Office

COLUMNS: Final = ("name", "email", "phone", "card", "language")
#: What an export of ours has besides; not taken over.
_OURS: Final = frozenset({"customer", "joined"})
LANGUAGES: Final = ("nl", "en")
#: Before what a spreadsheet would take for a formula stands this, in our exports.
QUOTE: Final = "'"
TEMPLATE: Final = ",".join(COLUMNS) + "\n"
_MOST_BYTES: Final = 200_000_000
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not taken over, and why; it names no content.

    Attributes:
        row: Counted from 1, without the heading.
        line: In the file.
        column: Which value is wrong; "": the row as a whole.
        what: A sentence: what is wrong and what to do.
    """

    row: int
    line: int
    column: str
    what: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken over. `digests`: of its contacts, as they are looked up."""

    row: int
    line: int
    account: Account = field(repr=False)
    digests: tuple[str, ...] = field(repr=False)
    language_given: bool = False


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """A file that was read. `sha256`: hexadecimal, of its bytes."""

    sha256: str
    rows: tuple[Row, ...] = field(repr=False)
    problems: tuple[Problem, ...]

    @property
    def length(self) -> int:
        """How many rows it has."""
        return len(self.rows) + len(self.problems)


def read_file(office: Office, path: Path, *, ignored: Collection[str] = ()) -> CustomerFile:
    """Read a file and check every row of it; nothing is written.

    Args:
        office: Whose look-up key, country and language count.
        path: The file.
        ignored: Columns that are there and not to be taken over.

    Raises:
        UsageError: it cannot be read, or its columns are not known.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from error
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{path} is larger than 200 MB. Divide it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8. Save it as “CSV UTF-8”.") from error
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = _columns(next(reader, []), ignored)
    rows: list[Row] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, line, values in _lines(reader, path):
        made = _row(office, number, line, columns, values)
        if isinstance(made, Row):
            made = _once(made, seen)
        if isinstance(made, Row):
            rows.append(made)
        else:
            problems.append(made)
    return CustomerFile(hashlib.sha256(content).hexdigest(), tuple(rows), tuple(problems))


def _columns(heading: Sequence[str], ignored: Collection[str]) -> tuple[str, ...]:
    columns = tuple(name.strip().casefold() for name in heading)
    if "name" not in columns:
        raise UsageError(
            f"The first line must name the columns, name among them: {', '.join(COLUMNS)}. "
            "`--template` writes such a line."
        )
    skipped = {name.strip().casefold() for name in ignored} | _OURS
    unknown = sorted(set(columns) - set(COLUMNS) - skipped)
    if unknown:
        raise UsageError(
            f"These columns are not taken over: {', '.join(unknown)}. Only {', '.join(COLUMNS)} "
            "can come from a file: tastes, allergies and faces are asked of the customer here. "
            "Leave the columns out, or name them with --ignore."
        )
    if len(set(columns)) != len(columns):
        raise UsageError("A column is there twice. Leave one out.")
    return columns


def _lines(reader: Iterator[list[str]], path: Path) -> Iterator[tuple[int, int, list[str]]]:
    number, line = 0, 1
    try:
        for values in reader:
            begins, line = line + 1, reader.line_num  # type: ignore[attr-defined]
            if any(value.strip() for value in values):
                number += 1
                yield number, begins, values
    except csv.Error as error:
        raise UsageError(
            f"{path}: from line {line + 1} on the file is not CSV ({error}). Mend the quotes."
        ) from error


def _row(
    office: Office, number: int, line: int, columns: tuple[str, ...], values: list[str]
) -> Row | Problem:
    if len(values) != len(columns):
        what = f"It has {len(values)} values, the first line {len(columns)}. Mend the separators."
        return Problem(number, line, "", what)
    told = {
        name: value.strip().removeprefix(QUOTE).strip()
        for name, value in zip(columns, values, strict=True)
        if name in COLUMNS
    }
    wrong = _wrong(told)
    if wrong is not None:
        return Problem(number, line, *wrong)
    normal: dict[str, Callable[[str], str]] = {
        "phone": lambda typed: phone_number(office, typed),
        "card": card_number,
    }
    kept: dict[str, str | None] = {"email": told.get("email") or None}
    for column, make in normal.items():
        try:
            kept[column] = make(told[column]) if told.get(column) else None
        except UsageError as error:
            return Problem(number, line, column, str(error))
    language = told.get("language", "").casefold()
    account = stated(Account, name=told["name"], language=language or "nl", **kept)
    return Row(number, line, account, digests_of(office, account), bool(language))


def _wrong(told: Mapping[str, str]) -> tuple[str, str] | None:
    """Return which column is wrong and why, of what needs no shop to be checked."""
    if not told["name"]:
        return "name", "There is no name. Fill it in."
    if len(told["name"]) > _LONGEST_NAME:
        return "name", f"The name has more than {_LONGEST_NAME} characters. Shorten it."
    if not any(told.get(kind) for kind in ContactKind):
        return "", "There is no e-mail address, phone or card number. Fill one in."
    if told.get("email") and not _is_email(told["email"]):
        return "email", "The e-mail address is not complete. Mend it, or empty it."
    if told.get("language", "").casefold() not in {"", *LANGUAGES}:
        return "language", "The language is nl or en. Change it, or empty it."
    return None


def _is_email(text: str) -> bool:
    try:
        stated(Account, name="-", email=text)
    except UsageError:
        return False
    return True


def _once(row: Row, seen: dict[str, int]) -> Row | Problem:
    """Let each contact stand for one row of the file: the first that has it."""
    for (kind, _), digest in zip(row.account.contacts(), row.digests, strict=True):
        earlier = seen.setdefault(digest, row.line)
        if earlier != row.line:
            what = f"Line {earlier} has the same {CONTACTS[kind]}. Keep one of the two."
            return Problem(row.row, row.line, kind.value, what)
    return row
