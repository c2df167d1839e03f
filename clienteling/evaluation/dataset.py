"""The photographs to measure with: a folder for each person, and files that say more about them."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clienteling.errors import UsageError

_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
_LEAST_PEOPLE: Final = 2
#: Fields of a line about two photographs of one person, and of two people.
_SAME, _DIFFERENT = 3, 4


@dataclass(frozen=True, slots=True)
class Photo:
    """One file.

    Attributes:
        person: Whose; the name of the folder.
        path: Where it lies.
    """

    person: str
    path: Path

    @property
    def name(self) -> str:
        """`<person>/<file>`."""
        return f"{self.person}/{self.path.name}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photographs to compare, as `<person>/<file without its ending>`."""

    one: str
    other: str

    @property
    def same(self) -> bool:
        """Whether both are of one person."""
        return self.one.rpartition("/")[0] == self.other.rpartition("/")[0]


def read_photos(folder: Path, exclude: frozenset[str] = frozenset()) -> tuple[Photo, ...]:
    """All photographs below `<folder>/<person>/`, in the order of their names.

    Args:
        folder: Has a folder for each person. Hidden files and files that are no pictures by their
            ending are passed over.
        exclude: People and `<person>/<file>` to leave out.

    Raises:
        UsageError: The folder cannot be read, has fewer than two people, or lacks what is excluded.
    """
    try:
        photos = tuple(_photos(folder))
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    known = {photo.person for photo in photos} | {photo.name for photo in photos}
    if unknown := sorted(exclude - known):
        raise UsageError(f"--exclude names {unknown[0]}, which is not in {folder}.")
    kept = tuple(p for p in photos if p.person not in exclude and p.name not in exclude)
    if len({photo.person for photo in kept}) < _LEAST_PEOPLE:
        raise UsageError(
            f"{folder} needs photographs of at least two people, in one folder for each person: "
            "<person>/<photograph>.jpg."
        )
    return kept


def _photos(folder: Path) -> Iterator[Photo]:
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        if person.name.startswith("."):
            continue
        for path in sorted(person.iterdir()):
            if path.suffix.lower() in _SUFFIXES and not path.name.startswith("."):
                yield Photo(person.name, path)


def read_exclude(path: Path) -> frozenset[str]:
    """People and `<person>/<file>`, one a line; `#` begins a comment.

    Raises:
        UsageError: The file cannot be read.
    """
    lines = (line.partition("#")[0].strip() for line in _lines(path, "--exclude"))
    return frozenset(line for line in lines if line)


def read_groups(path: Path) -> dict[str, dict[str, str]]:
    """For each attribute, the value that each person has.

    The file is a table with tabs between its columns; the first line names them; the first column
    is the person. An empty value is none.

    Raises:
        UsageError: The file cannot be read, or is no such table; the message names the line.
    """
    header, *rows = list(csv.reader(_lines(path, "--groups"), delimiter="\t")) or [[]]
    if len(header) < 2 or len(set(header)) != len(header):  # noqa: PLR2004  # a person and a value
        raise UsageError(
            f"--groups {path}: the first line must name the person's column and at least one "
            "attribute, each once, with tabs between them."
        )
    for number, row in enumerate(rows, start=2):
        if row and len(row) != len(header):
            raise UsageError(
                f"--groups {path}, line {number}: {len(row)} columns, not {len(header)}."
            )
    return {
        attribute: {row[0]: row[place] for row in rows if row and row[place]}
        for place, attribute in enumerate(header)
        if place
    }


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Pairs in the format of Labeled Faces in the Wild.

    `name n1 n2`: two photographs of one person; `name1 n1 name2 n2`: of two. Photograph n of a
    person is `<person>/<person>_000n`. A first line of one or two numbers (folds and their size) is
    passed over.

    Raises:
        UsageError: The file cannot be read, or a line is no pair; the message names it.
    """
    lines = [line.split() for line in _lines(path, "--pairs")]
    begin = 1 if lines and all(re.fullmatch(r"\d+", field) for field in lines[0]) else 0
    pairs = tuple(
        _pair(fields, f"--pairs {path}, line {number}")
        for number, fields in enumerate(lines[begin:], start=begin + 1)
        if fields
    )
    if not pairs:
        raise UsageError(f"--pairs {path} has no pairs.")
    return pairs


def _pair(fields: list[str], where: str) -> Pair:
    if len(fields) == _SAME:
        name, n1, n2 = fields
        fields = [name, n1, name, n2]
    if len(fields) != _DIFFERENT or not (fields[1].isdecimal() and fields[3].isdecimal()):
        raise UsageError(f"{where}: not “name n1 n2” or “name1 n1 name2 n2”.")
    return Pair(_numbered(fields[0], fields[1]), _numbered(fields[2], fields[3]))


def _numbered(name: str, number: str) -> str:
    return f"{name}/{name}_{int(number):04d}"


def _lines(path: Path, option: str) -> list[str]:
    try:
        return path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"{option} {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{option} {path} is not a text in UTF-8.") from error
