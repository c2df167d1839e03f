"""A skeleton of the impact assessment of GDPR 35: what the program knows, for the DPO to complete."""

from typing import Any

from clienteling.papers.article30 import policy, who_section
from clienteling.papers.description import Description
from clienteling.papers.document import Document, Row, Section
from clienteling.papers.words import words
from clienteling.recognition.calibration import Calibration


def dpia(shop: Description, calibration: Calibration, language: str) -> Document:
    """Return the skeleton in a language ("nl" or "en")."""
    say = words(language)
    own, open_ = say["dpia"], (say["complete"],)
    purposes = tuple(say["purposes"][activity.purpose.value] for activity in shop.activities)
    return Document(
        language=language,
        title=own["title"],
        intro=own["intro"].format(sha256=shop.sha256),
        sections=(
            who_section(shop, say),
            Section(
                own["description"],
                (policy(shop, say), Row(say["article30"]["activities"], purposes)),
            ),
            Section(own["necessity"], (Row(own["necessity_why"], open_), Row(own["free"], open_))),
            Section(own["accuracy"], _accuracy(calibration, own)),
            Section(own["risks"], tuple(_risk(risk, shop, say) for risk in say["risks"])),
            Section(
                own["advice"],
                tuple(Row(own[name], open_) for name in ("advice_dpo", "views", "decision")),
            ),
        ),
    )


def _accuracy(calibration: Calibration, own: dict[str, Any]) -> tuple[Row, ...]:
    missed = [cell.fnir for cell in calibration.cells if cell.fnir is not None]
    rows = [
        Row(own["source"], (calibration.source, calibration.measured)),
        Row(own["fpir"], (own["fpir_text"].format(rate=f"{calibration.fpir:.2%}"),)),
    ]
    if missed:
        spread = own["fnir_text"].format(low=f"{min(missed):.1%}", high=f"{max(missed):.1%}")
        rows.append(Row(own["fnir"], (spread,)))
    return (*rows, Row(own["own"], (own["own_text"],)))


def _risk(risk: dict[str, str], shop: Description, say: dict[str, Any]) -> Row:
    own = say["dpia"]
    active = say["yes"] if risk["active"] in shop.measures else say["no"]
    return Row(
        risk["threat"],
        (
            own["controls"].format(text=risk["controls"]),
            own["active"].format(text=active),
            own["residual"].format(text=risk["residual"]),
        ),
    )
