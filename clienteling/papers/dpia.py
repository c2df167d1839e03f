"""A skeleton of the impact assessment of GDPR 35: what the program knows.

What only people can judge is left open, for the data protection officer to complete.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from clienteling.evaluation.results import Group, Groups
from clienteling.papers.article30 import about_section, basis_of, data_of, policy, who_section
from clienteling.papers.description import Activity, Description
from clienteling.papers.document import Document, Row, Section
from clienteling.papers.risks import RISKS, Present, active_controls
from clienteling.papers.words import words
from clienteling.recognition.calibration import Calibration
from clienteling.service.accuracy import Accuracy
from consent.canonical import canonical


@dataclass(frozen=True, slots=True)
class Measured:
    """What decides whom we greet, and how well and evenly it does.

    Attributes:
        calibration: The active one; None: this hub has no encoder.
        accuracy: With the newest report of `clienteling evaluate`, if one is in place.
    """

    calibration: Calibration | None
    accuracy: Accuracy

    @property
    def groups(self) -> tuple[Groups, ...]:
        """The report's groups, of the encoder that is in use."""
        published = self.accuracy.published
        if published is None:
            return ()
        return tuple(
            group for group in published.report.groups if group.encoder == published.report.encoder
        )


def dpia_hash(shop: Description, measured: Measured) -> str:
    """Return the hash of what the assessment rests on, beyond the record of processing."""
    numbers, published = measured.calibration, measured.accuracy.published
    rests = {
        "shop": shop.sha256,
        "calibration": None if numbers is None else numbers.model_dump(mode="json"),
        "report": None if published is None else published.sha256,
        "risks": {threat: list(controls) for threat, controls in RISKS.items()},
    }
    return hashlib.sha256(canonical(rests)).hexdigest()


def dpia(
    shop: Description, measured: Measured, now: Present, language: str, made_on: date
) -> Document:
    """Return the skeleton in a language ("nl" or "en")."""
    say = words(language)
    own, open_ = say["dpia"], (say["complete"],)
    return Document(
        language=language,
        title=own["title"],
        demo=shop.demo,
        intro=own["intro"],
        sections=(
            who_section(shop, say),
            Section(
                own["description"],
                (policy(shop, say), *(_purpose(it, say) for it in shop.purposes)),
            ),
            Section(
                own["necessity"],
                (
                    *(_necessity(it, say) for it in shop.purposes),
                    Row(own["free"], (*own["free_text"], *open_)),
                    Row(own["rights"], tuple(own["rights_text"])),
                ),
            ),
            Section(own["accuracy"], tuple(_accuracy(measured, say))),
            Section(own["now"], _now(now, say)),
            Section(own["risks"], tuple(_risks(shop, now, say))),
            Section(
                own["advice"],
                tuple(Row(own[name], open_) for name in ("advice_dpo", "views", "decision")),
            ),
            about_section(dpia_hash(shop, measured), say, made_on),
        ),
    )


def _purpose(activity: Activity, say: dict[str, Any]) -> Row:
    title = f"{activity.code} {say['activities'][activity.name]}"
    return Row(title, (f"{data_of(activity, say)} ({basis_of(activity, say)})",))


def _necessity(activity: Activity, say: dict[str, Any]) -> Row:
    why = say["necessity"][activity.name]
    return Row(f"{activity.code} {say['activities'][activity.name]}", (why, say["complete"]))


def _accuracy(measured: Measured, say: dict[str, Any]) -> Iterable[Row]:
    own, found = say["dpia"], measured.calibration
    if found is None:
        yield Row(own["source"], (own["no_encoder"],))
        return
    source, on = say["texts"].get(found.source, found.source), measured.accuracy.measured_on
    yield Row(own["source"], (source, own["model"].format(text=found.model_id)))
    day = own["unknown"] if on is None else on.isoformat()
    yield Row(own["measured_on"], (day, own["ages"][measured.accuracy.age.value]))
    yield Row(own["fpir"], (own["fpir_text"].format(rate=_percent(found.fpir, say)),))
    yield Row(own["fnir"], tuple(_missed(found, say)) or (own["not_measured"],))
    for groups in measured.groups:
        title = own["groups"].format(text=groups.attribute, n=groups.enrol)
        yield Row(title, tuple(_group(row, say) for row in groups.rows))
    if not measured.groups:
        yield Row(own["no_groups"], (own["no_groups_text"], say["complete"]))


def _missed(calibration: Calibration, say: dict[str, Any]) -> Iterable[str]:
    """Yield for each number of photographs the rates at the smallest and the largest gallery."""
    cells = [(c.enrol, c.gallery, c.fnir) for c in calibration.cells if c.frames == 1]
    for enrol in sorted({cell[0] for cell in cells}):
        found = sorted(
            (gallery, fnir)
            for photographs, gallery, fnir in cells
            if photographs == enrol and fnir is not None
        )
        if found:
            (small, low), (large, high) = found[0], found[-1]
            yield say["dpia"]["fnir_text"].format(
                n=enrol, small=small, low=_percent(low, say), large=large, high=_percent(high, say)
            )


def _group(row: Group, say: dict[str, Any]) -> str:
    fmr, fnmr = (
        say["dpia"]["not_measured"] if rate is None else _percent(rate, say)
        for rate in (row.fmr, row.fnmr)
    )
    return str(say["dpia"]["group"].format(text=row.value, n=row.people, fmr=fmr, fnmr=fnmr))


def _now(now: Present, say: dict[str, Any]) -> tuple[Row, ...]:
    own = say["dpia"]
    none = (own["no_cameras"],)
    checks = tuple(f"{camera}: {say['levels'][level]}" for camera, level in now.attack_checks)
    signs = tuple(
        f"{camera}: {own['attested'] if counts else own['not_attested']}"
        for camera, counts in now.signs
    )
    return (
        Row(own["witness"], (say["witness"][now.witness.value],)),
        Row(own["attack_check"], checks or none),
        Row(own["signs"], signs or none),
        Row(own["stopped"], (say["yes"] if now.stopped else say["no"],)),
    )


def _risks(shop: Description, now: Present, say: dict[str, Any]) -> Iterable[Row]:
    own, active = say["dpia"], active_controls(shop, now)
    for threat, controls in RISKS.items():
        lines = tuple(
            (own["active"] if name in active else own["inactive"]).format(
                text=say["controls"][name]
            )
            for name in controls
        )
        residual = own["residual"].format(text=say["threats"][threat]["residual"])
        yield Row(say["threats"][threat]["name"], (*lines, residual, own["weight"]))


def _percent(rate: float, say: dict[str, Any]) -> str:
    """Return a rate as a percentage of two digits, with the language's decimal sign."""
    return f"{100 * rate:.2g}".replace(".", say["decimal"]) + " %"
