"""Exporting papers, and whether what was exported still describes the shop (R40)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from clienteling.home import Home
from clienteling.papers.article30 import article30
from clienteling.papers.description import describe
from clienteling.papers.document import Document, as_html, as_json, as_markdown
from clienteling.papers.dpia import Measured, dpia, dpia_hash
from clienteling.papers.risks import present
from clienteling.recognition.calibration import Calibration
from clienteling.service.accuracy import accuracy_of
from clienteling.service.models import ExportRow
from consent.clock import parse, stamp
from consent.log import ledger
from consent.log.events import EventKind
from consent.region.article30 import Article30
from consent.region.policy import CapturePolicy, Paper

FORMS: Final[dict[str, Callable[[Document], str]]] = {
    "md": as_markdown,
    "html": as_html,
    "json": as_json,
}

ARTICLE30: Final = "article30"
DPIA: Final = "dpia"


@dataclass(frozen=True, slots=True)
class Exported:
    """A paper as it was handed out.

    Attributes:
        name: For a file.
        sha256: Of its text in UTF-8, as the log has it.
        describes: The hash of what it describes.
    """

    name: str
    text: str
    sha256: str
    describes: str


@dataclass(frozen=True, slots=True)
class Held:
    """The newest export of a paper.

    Attributes:
        current: What it describes has not changed since.
        changed_at: When it was first noticed that it has.
    """

    exported_at: datetime
    current: bool
    changed_at: datetime | None = None


def export_article30(home: Home, *, language: str, form: str, actor: str) -> Exported:
    """Make the record of processing, and log that it was made. A live start asks for it.

    Args:
        home: The shop.
        language: One of `papers.words.LANGUAGES`.
        form: One of `FORMS`.
        actor: Who asked, as the log names people.
    """
    shop = describe(home)
    document = article30(shop, language, home.office.now().date())
    return _export(home, ARTICLE30, shop.sha256, document, form, actor)


def export_dpia(
    home: Home, calibration: Calibration | None, *, language: str, form: str, actor: str
) -> Exported:
    """Make the skeleton of the impact assessment, and log that it was made.

    As `export_article30`; `calibration` is the active one, None where this hub has no encoder.
    """
    shop, measured = describe(home), measured_here(home, calibration)
    document = dpia(shop, measured, present(home), language, home.office.now().date())
    return _export(home, DPIA, dpia_hash(shop, measured), document, form, actor)


def measured_here(home: Home, calibration: Calibration | None) -> Measured:
    """Return what recognition in this shop rests on."""
    return Measured(calibration, accuracy_of(home, calibration))


def held_papers(home: Home, calibration: Calibration | None) -> dict[str, Held | None]:
    """Return the newest export of each paper."""
    shop = describe(home)
    described = {
        ARTICLE30: shop.sha256,
        DPIA: dpia_hash(shop, measured_here(home, calibration)),
    }
    return {paper: _held(home, paper, described[paper]) for paper in (ARTICLE30, DPIA)}


def held_article30(home: Home) -> Article30 | None:
    """Return the newest export of the record, as a live start asks for it."""
    held = _held(home, ARTICLE30, describe(home).sha256)
    if held is None:
        return None
    changed = None if held.changed_at is None else held.changed_at.date()
    return Article30(held.exported_at.date(), held.current, changed)


def noted_article30(home: Home) -> Article30 | None:
    """As `held_article30`, noting a change that is seen for the first time: its grace begins."""
    held = held_article30(home)
    if held is None or held.current == (held.changed_on is None):
        return held
    at = None if held.current else home.office.now()
    with home.databases.identity.write() as identity:
        row = identity.get_one(ExportRow, ARTICLE30)
        row.changed_at = None if at is None else stamp(at)
    return replace(held, changed_on=None if at is None else at.date())


def export_due(home: Home) -> str | None:
    """Return the sentence that asks for a new export, after a change; None: the record holds.

    It notes the change, and is asked for at the change itself: the next start may be far away.
    """
    asked = home.profile.papers
    policy = home.config.region.policy or home.profile.default_policy
    if policy is None or Paper.ARTICLE30 not in asked.get(CapturePolicy(policy), ()):
        return None
    held = noted_article30(home)
    due = None if held is None else held.due(home.office.now().date())
    if due is None:
        return None
    return (
        "The record of processing no longer describes this shop. Export it again by "
        f"{due.isoformat()}: clienteling papers article30 --out FILE. After that day the hub does "
        "not start."
    )


def _held(home: Home, paper: str, described: str) -> Held | None:
    with home.databases.identity.read() as identity:
        row = identity.get(ExportRow, paper)
    if row is None:
        return None
    changed = None if row.changed_at is None else parse(row.changed_at)
    return Held(parse(row.exported_at), row.described == described, changed)


def _export(
    home: Home, paper: str, describes: str, document: Document, form: str, actor: str
) -> Exported:
    text = FORMS[form](document)
    digest, now = hashlib.sha256(text.encode()).hexdigest(), home.office.now()
    with home.databases.identity.write() as identity:
        identity.merge(
            ExportRow(paper=paper, described=describes, exported_at=stamp(now), changed_at=None)
        )
        ledger.append(
            identity,
            home.office.ring,
            EventKind.PAPER_EXPORTED,
            actor=actor,
            about=None,
            detail={
                "paper": paper,
                "language": document.language,
                "form": form,
                "sha256": digest,
                "describes": describes,
            },
            now=now,
        )
    return Exported(f"{paper}-{document.language}.{form}", text, digest, describes)
