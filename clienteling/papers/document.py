"""A paper as titled sections of labelled lines, and its three forms."""

import json
from dataclasses import asdict, dataclass
from html import escape

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2rem; border-bottom: 1px solid; }
dt { font-weight: 600; margin-top: 1rem; }
dd { margin: 0 0 0 1rem; overflow-wrap: anywhere; }
"""


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
    """A paper in one language; `demo` that of a shop in which everything is invented."""

    language: str
    title: str
    demo: bool
    intro: str
    sections: tuple[Section, ...]

    @property
    def heading(self) -> str:
        """The title, with the word DEMO where it belongs."""
        return f"DEMO: {self.title}" if self.demo else self.title


def as_markdown(document: Document) -> str:
    """Return the paper as Markdown."""
    parts = [f"# {document.heading}", document.intro]
    for section in document.sections:
        parts.append(f"## {section.title}")
        for row in section.rows:
            parts.append(f"**{row.label}**")
            parts.append("\n".join(f"- {line}" for line in row.lines))
    return "\n\n".join(parts) + "\n"


def as_html(document: Document) -> str:
    """Return the paper as one file, without scripts and with nothing from elsewhere."""
    title = escape(document.heading)
    parts = [
        f'<!doctype html>\n<html lang="{document.language}">\n<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>",
        f"<h1>{title}</h1>\n<p>{escape(document.intro)}</p>",
    ]
    for section in document.sections:
        parts.append(f"<h2>{escape(section.title)}</h2>\n<dl>")
        for row in section.rows:
            lines = "".join(f"<dd>{escape(line)}</dd>" for line in row.lines)
            parts.append(f"<dt>{escape(row.label)}</dt>{lines}")
        parts.append("</dl>")
    return "\n".join([*parts, "</body>\n</html>"]) + "\n"


def as_json(document: Document) -> str:
    """Return the paper as one line of JSON."""
    return json.dumps(asdict(document), ensure_ascii=False) + "\n"
