"""The little Markdown that notices use: headings, paragraphs, lists, bold. As data, not as HTML.

Templates print the words, so that they are escaped like everything else.
"""

import re
from dataclasses import dataclass

_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one weight."""

    words: str
    bold: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A heading ("h"), a paragraph ("p") or a list ("ul"): lines of runs, one unless a list."""

    kind: str
    lines: tuple[tuple[Run, ...], ...]


def blocks(text: str) -> tuple[Block, ...]:
    """Split a text at its blank lines."""
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return tuple(block for part in parts if part for block in _blocks_of(part))


def _blocks_of(part: str) -> list[Block]:
    found: list[Block] = []
    items: list[str] = []
    words: list[str] = []

    def close() -> None:
        if words:
            found.append(Block("p", (_runs(" ".join(words)),)))
            words.clear()
        if items:
            found.append(Block("ul", tuple(_runs(item) for item in items)))
            items.clear()

    for line in (raw.strip() for raw in part.splitlines()):
        if line.startswith("#"):
            close()
            found.append(Block("h", (_runs(line.lstrip("# ")),)))
        elif line.startswith(("- ", "* ")):
            if words:
                close()
            items.append(line[2:])
        elif items:
            items[-1] += f" {line}"
        else:
            words.append(line)
    close()
    return found


def _runs(line: str) -> tuple[Run, ...]:
    pieces = _BOLD.split(line)
    return tuple(Run(piece, bold=place % 2 == 1) for place, piece in enumerate(pieces) if piece)
