"""The record of processing activities (GDPR 30), as a live start asks for it (R40)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: So long after a change was noticed a start still goes on with the record from before. Design
#: default: a witness that is registered, or a word in an address, must not leave a shop without
#: its hub until somebody with a keyboard comes by (docs/decisions/0201).
GRACE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Article30:
    """The newest export of the record, and whether it still describes the shop.

    `changed_on`: when it was first noticed that it does not; None: it does, or nobody noted it yet.
    """

    exported: date
    current: bool
    changed_on: date | None = None

    def due(self, today: date) -> date | None:
        """Return by which day it must be exported again; None: it describes the shop."""
        return None if self.current else (self.changed_on or today) + GRACE


class RecordState(StrEnum):
    """Whether that export counts."""

    HELD = "held"
    MISSING = "missing"
    OLD = "old"
    DUE = "due"  # changed, and the days of grace run
    CHANGED = "changed"


_EXPORT = " (`clienteling papers article30 --out FILE`)"

#: What a start without it is told is missing.
LACKING = {
    RecordState.MISSING: f"the record of processing activities, which nobody exported{_EXPORT}",
    RecordState.OLD: f"a record of processing activities that is recent enough{_EXPORT}",
    RecordState.CHANGED: "the record of processing activities, which no longer describes this "
    f"shop: settings, rules or the program changed more than {GRACE.days} days ago{_EXPORT}",
}


def record_state(held: Article30 | None, valid_days: int, today: date) -> RecordState:
    """Return whether the newest export counts on that day; one dated in the future does not."""
    if held is None:
        return RecordState.MISSING
    if not held.exported <= today <= held.exported + timedelta(days=valid_days):
        return RecordState.OLD
    due = held.due(today)
    if due is None:
        return RecordState.HELD
    return RecordState.DUE if today <= due else RecordState.CHANGED
