"""The record of processing activities (GDPR 30), as a live start asks for it (R40)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Article30:
    """The newest export of the record, and whether it still describes the shop."""

    exported: date
    current: bool


class RecordState(StrEnum):
    """Whether that export counts."""

    HELD = "held"
    MISSING = "missing"
    OLD = "old"
    CHANGED = "changed"


_EXPORT = " (`clienteling papers article30 --out FILE`)"

#: What a start without it is told is missing.
LACKING = {
    RecordState.MISSING: f"the record of processing activities, which nobody exported{_EXPORT}",
    RecordState.OLD: f"a record of processing activities that is recent enough{_EXPORT}",
    RecordState.CHANGED: "the record of processing activities, which no longer describes this "
    f"shop: settings, rules or the program changed since it was exported{_EXPORT}",
}


def record_state(held: Article30 | None, valid_days: int, today: date) -> RecordState:
    """Return whether the newest export counts on that day; one dated in the future does not."""
    if held is None:
        return RecordState.MISSING
    if not held.exported <= today <= held.exported + timedelta(days=valid_days):
        return RecordState.OLD
    return RecordState.HELD if held.current else RecordState.CHANGED
