"""Exporting papers, and whether what was exported still describes the shop (R40)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from clienteling.home import Home
from clienteling.papers.article30 import article30
from clienteling.papers.description import Description, describe
from clienteling.papers.document import Document, as_data, as_html, as_markdown
from clienteling.papers.dpia import dpia
from clienteling.recognition.calibration import Calibration
from clienteling.service.models import ExportRow
from consent import ledger
from consent.clock import parse, stamp
from consent.events import EventKind
from consent.policy import Article30

FORMS: dict[str, Callable[[Document], str]] = {
    "md": as_markdown,
    "html": as_html,
    "json": lambda document: json.dumps(as_data(document), ensure_ascii=False, indent=2) + "\n",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A paper as it was handed out; `sha256` is that of its text, as the log has it."""

    name: str
    text: str
    sha256: str


def export_article30(home: Home, *, language: str, form: str, actor: str) -> Exported:
    """Write the record of processing, and log that it was made. A start asks for it."""
    shop = describe(home)
    return _export(home, shop, "article30", article30(shop, language), form, actor)


def export_dpia(
    home: Home, calibration: Calibration, *, language: str, form: str, actor: str
) -> Exported:
    """Write the skeleton of the impact assessment, and log that it was made."""
    shop = describe(home)
    return _export(home, shop, "dpia", dpia(shop, calibration, language), form, actor)


def held_article30(home: Home) -> Article30 | None:
    """Return the newest export of the record, and whether it still describes the shop."""
    with home.databases.identity.read() as identity:
        row = identity.get(ExportRow, "article30")
    if row is None:
        return None
    return Article30(parse(row.exported_at).date(), row.described == describe(home).sha256)


def _export(
    home: Home, shop: Description, paper: str, document: Document, form: str, actor: str
) -> Exported:
    text = FORMS[form](document)
    digest, now = hashlib.sha256(text.encode()).hexdigest(), home.office.now()
    with home.databases.identity.write() as identity:
        identity.merge(ExportRow(paper=paper, described=shop.sha256, exported_at=stamp(now)))
        ledger.append(
            identity,
            home.office.ring,
            EventKind.PAPER_EXPORTED,
            actor=actor,
            about=None,
            detail={
                "paper": paper,
                "language": document.language,
                "sha256": digest,
                "describes": shop.sha256,
            },
            now=now,
        )
    return Exported(f"{paper}-{document.language}.{form}", text, digest)
