"""Collect, check and compile the translations: `python -m web.translations.build`.

Each area has its catalogue, `web/translations/<area>/nl/LC_MESSAGES/messages.po`: what its Python
and its templates say in English, and the Dutch for it. Texts of `web/*.py`, `base.html`,
`components.html` and the error pages belong to the area `base`. The build fails while anything is
untranslated, doubtful or has lost a placeholder; with `--check` it writes nothing, and fails also
when a catalogue is not what the code says. Names of areas limit it to those.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent.parent
TRANSLATIONS = Path(__file__).parent
AREAS = (
    "base",
    "api",
    "approvals",
    "auth",
    "front",
    "greet",
    "staff",
    "team",
    "suggestions",
    "kiosk",
    "me",
    "privacy",
    "public",
    "rights",
    "manage",
    "help",
    "smile",
    "products",
    "till",
)

_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def main(arguments: list[str]) -> int:
    """Build every catalogue; returns the exit code."""
    check = "--check" in arguments
    areas = [name for name in arguments if name != "--check"] or AREAS
    problems = [problem for area in areas for problem in build(area, check=check)]
    for problem in problems:
        sys.stderr.write(problem + "\n")
    return 1 if problems else 0


def build(area: str, *, check: bool) -> list[str]:
    """Bring one area's catalogue up to date and compile it; returns what is wrong with it."""
    wanted = collect(area)
    folder = TRANSLATIONS / area / "nl" / "LC_MESSAGES"
    source = folder / "messages.po"
    catalogue = _read(source)
    known = {message.id for message in catalogue if message.id}
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    problems = [f"{source}: {what}" for what in _problems(catalogue)]
    if check:
        if known != {message.id for message in wanted if message.id}:
            problems.append(f"{source}: not what the code says; run web.translations.build")
        return problems
    if not len(catalogue):
        return problems
    folder.mkdir(parents=True, exist_ok=True)
    source.write_bytes(_written(catalogue))
    if not problems:
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        (folder / "messages.mo").write_bytes(compiled.getvalue())
    return problems


def collect(area: str) -> Catalog:
    """Return the English texts of an area."""
    found = _empty()
    for folder in _folders(area):
        for name, line, text, comments, context in extract_from_dir(
            folder,
            method_map=_METHODS,
            keywords=_KEYWORDS,
            comment_tags=("For translators:",),
            directory_filter=(lambda _path: False) if area == "base" else None,
        ):
            if area != "base" or _is_base(folder, name):
                place = (folder / name).relative_to(WEB).as_posix()
                found.add(text, locations=[(place, line)], auto_comments=comments, context=context)
    return found


def _folders(area: str) -> Iterator[Path]:
    if area == "base":
        yield from (WEB, WEB / "templates", WEB / "templates" / "errors")
        return
    yield from (path for path in (WEB / area, WEB / "templates" / area) if path.is_dir())


def _is_base(folder: Path, name: str) -> bool:
    return "/" not in name and (folder == WEB or name.endswith(".html"))


def _read(source: Path) -> Catalog:
    if not source.exists():
        return _empty()
    with source.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    catalogue.revision_date = _NO_DATE
    return catalogue


def _empty() -> Catalog:
    """Return a catalogue that is the same file, byte for byte, for the same texts."""
    return Catalog(
        locale="nl",
        charset="utf-8",
        fuzzy=False,
        project="clienteling",
        version="0",
        header_comment="# Dutch translations.",
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
        last_translator="clienteling",
        language_team="nl",
        msgid_bugs_address="clienteling",
    )


def _written(catalogue: Catalog) -> bytes:
    target = BytesIO()
    # Neither a date nor line numbers: a catalogue changes only when a text does.
    write_po(
        target, catalogue, width=100, omit_header=False, include_lineno=False, sort_by_file=True
    )
    lines = target.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', "# FIRST AUTHOR")
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def _problems(catalogue: Catalog) -> Iterator[str]:
    for message in catalogue:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"doubtful (fuzzy): {message.id!r}"
        if not _is_translated(message):
            yield f"not translated: {message.id!r}"
        elif _placeholders(message.id) != _placeholders(message.string):
            yield f"other placeholders than the English: {message.id!r}"


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(strings)


def _placeholders(text: object) -> set[str]:
    texts = text if isinstance(text, tuple | list) else (text,)
    return {name for one in texts for name in _PLACEHOLDER.findall(str(one))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
