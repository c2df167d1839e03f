"""The receipt as a screen and a sheet of paper show it; the signed one lies in the database."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from markupsafe import Markup

from consent.clock import parse
from consent.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Slip:
    """What proves a receipt on paper: number, time, and the log's end at that moment."""

    number: str
    issued_at: datetime
    entries: tuple[int, ...]
    size: int
    root: str


def slip_of(receipt: dict[str, Any]) -> Slip:
    """Return the lines of a signed receipt that are printed."""
    _origin, size, root = receipt["checkpoint"].splitlines()[:3]
    return Slip(
        number=receipt["receipt_id"],
        issued_at=parse(receipt["issued_at"]),
        entries=tuple(record["entry"]["index"] for record in receipt["records"]),
        size=int(size),
        root=root,
    )


def qr_of(address: str) -> Markup:
    """Return a QR code as SVG, sized by CSS, in the colour of the text around it."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=True,
        omitsize=True,
        border=2,
        dark="#221d17",
        light="#fff",
        nl=False,
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - made of the address's modules, no text


def names_of(granted: frozenset[Purpose]) -> tuple[Purpose, ...]:
    """Return what stands, in the order in which it was asked."""
    return tuple(purpose for purpose in Purpose if purpose in granted)
