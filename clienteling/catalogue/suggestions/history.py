"""What customers bought, as far as suggestions need it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

#: Days after which a purchase counts half: for what it says of tastes, and of habits.
TASTE_HALVES = 120.0
HABIT_HALVES = 180.0


@dataclass(frozen=True, slots=True)
class Bought:
    """A product that somebody bought on a day."""

    product_id: str
    on: date


def halved(on: date, today: date, halves: float) -> float:
    """Return what a day's purchase counts today: 1 on that day, half of it each `halves` days."""
    return float(0.5 ** (max(0, (today - on).days) / halves))


def counted(history: Iterable[Bought], today: date, halves: float) -> Mapping[str, float]:
    """Return what each product counts, each of its days once."""
    counts: dict[str, float] = {}
    for bought in set(history):
        counts[bought.product_id] = counts.get(bought.product_id, 0.0) + halved(
            bought.on, today, halves
        )
    return counts


def last_days(history: Iterable[Bought]) -> Mapping[str, date]:
    """Return the last day on which each product was bought."""
    days: dict[str, date] = {}
    for bought in history:
        days[bought.product_id] = max(bought.on, days.get(bought.product_id, bought.on))
    return days
