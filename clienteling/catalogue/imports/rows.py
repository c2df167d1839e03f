"""What becomes of a line of a file: what it says of a product, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from clienteling.errors import UsageError

_SHOWN = 60


class FileError(UsageError):
    """A file as a whole cannot be read. `sentence` has places for `values`, for a translation."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence.format(**values))
        self.sentence, self.values = sentence, values


class Trouble(StrEnum):
    """What kind of problem it is."""

    INVALID = "invalid"
    DUPLICATE = "duplicate"
    CLASH = "clash"
    NO_BARCODE = "no_barcode"
    UNKNOWN_ALLERGEN = "unknown_allergen"
    CONFLICT = "conflict"
    SHORTENED = "shortened"


#: With these, the line is left out; with the others it is kept, and somebody should look.
FATAL = frozenset({Trouble.INVALID, Trouble.DUPLICATE, Trouble.CLASH})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that somebody must look at.

    Attributes:
        line: Of the file, from 1.
        column: As the file calls it; empty: the whole line.
        value: What stands there, shortened.
        advice: A sentence: what to do.
    """

    line: int
    column: str
    value: str
    trouble: Trouble
    advice: str

    @property
    def is_fatal(self) -> bool:
        """Whether the line was left out."""
        return self.trouble in FATAL


def problem(line: int, column: str, value: str, trouble: Trouble, advice: str) -> Problem:
    """Return a problem with its value on one short line."""
    flat = " ".join(value.split())
    short = flat if len(flat) <= _SHOWN else flat[: _SHOWN - 1] + "…"
    return Problem(line, column, short, trouble, advice)


@dataclass(frozen=True, slots=True)
class Cells:
    """One product as a file tells it, before it is checked.

    Attributes:
        line: Where it begins in the file, from 1.
        values: By our own column's name; what the file does not have is absent.
        names: What the file calls a column, where it is another name.
        problems: What the reader of the format found.
    """

    line: int
    values: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One product as a file tells it, checked.

    Attributes:
        facts: By the name of the product's attribute; absent: the file does not say.
        stock: The quantity and nothing else, where the file says it; {"stock": None}: unknown.
    """

    line: int
    facts: Mapping[str, Any]
    stock: Mapping[str, int | None]
    problems: tuple[Problem, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be kept."""
        return not any(each.is_fatal for each in self.problems)


Read = Iterator[Cells]
