"""A paper as titled sections of labelled lines, and its three forms."""

from dataclasses import asdict, dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what stands under it."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its rows."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A paper in one language."""

    language: str
    title: str
    intro: str
    sections: tuple[Section, ...]


def as_markdown(document: Document) -> str:
    """Return the paper as Markdown."""
    parts = [f"# {document.title}", document.intro]
    for section in document.sections:
        parts.append(f"## {section.title}")
        for row in section.rows:
            parts.append(f"**{row.label}**")
            parts.append("\n".join(f"- {line}" for line in row.lines))
    return "\n\n".join(parts) + "\n"


def as_html(document: Document) -> str:
    """Return the paper as a page of its own, without scripts or styles from elsewhere."""
    parts = [
        f'<!doctype html>\n<html lang="{document.language}"><head><meta charset="utf-8">'
        f"<title>{escape(document.title)}</title></head><body>",
        f"<h1>{escape(document.title)}</h1><p>{escape(document.intro)}</p>",
    ]
    for section in document.sections:
        parts.append(f"<h2>{escape(section.title)}</h2><dl>")
        for row in section.rows:
            lines = "".join(f"<dd>{escape(line)}</dd>" for line in row.lines)
            parts.append(f"<dt>{escape(row.label)}</dt>{lines}")
        parts.append("</dl>")
    return "\n".join([*parts, "</body></html>"]) + "\n"


def as_data(document: Document) -> dict[str, Any]:
    """Return the paper for JSON."""
    return asdict(document)
