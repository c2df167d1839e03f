"""The receipt as a screen and a sheet of paper show it; the signed one lies in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
        entries=tuple(
            proven["entry"]["index"] for proven in (*receipt["records"], *receipt.get("events", []))
        ),
        size=int(size),
        root=root,
    )


def names_of(granted: frozenset[Purpose]) -> tuple[Purpose, ...]:
    """Return what stands, in the order in which it was asked."""
    return tuple(purpose for purpose in Purpose if purpose in granted)
