"""How differently one threshold treats groups of people, and whether the data establish it (R28).

Two groups never show the same rate, and small ones show anything. So what counts is not the ratio
of the two rates but the least that their intervals leave: the lower end of the worst group's by the
upper end of the best group's. Groups of fewer than 30 people take no part.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clienteling.evaluation.results import Group, Groups, Report
from clienteling.evaluation.statistics import Interval


@dataclass(frozen=True, slots=True)
class Difference:
    """The worst and the best group of one attribute, for one rate.

    Attributes:
        rate: "fmr" or "fnmr".
        ratio: Of the two rates; None where the best group showed no error at all.
        least: What their 95 % intervals leave of it at least.
    """

    attribute: str
    rate: str
    worst: str
    best: str
    ratio: float | None
    least: float


def differences(report: Report) -> tuple[Difference, ...]:
    """Return for each attribute and rate the greatest difference between groups, worst first."""
    found = (one for table in report.groups for one in _of(table))
    return tuple(sorted(found, key=lambda one: one.least, reverse=True))


def beyond(report: Report, limit: float) -> tuple[Difference, ...]:
    """Return the differences that are above the limit for certain (at 95 %), worst first."""
    return tuple(one for one in differences(report) if one.least > limit)


def is_measured(report: Report) -> bool:
    """Whether any attribute has two groups that are large enough to be compared."""
    return bool(differences(report))


def _of(table: Groups) -> Iterator[Difference]:
    large = [row for row in table.rows if row.hint is None]
    for rate in ("fmr", "fnmr"):
        known = [(row, *_rate(row, rate)) for row in large if getattr(row, rate) is not None]
        if len(known) < 2:  # noqa: PLR2004 - nothing to compare with
            continue
        worst = max(known, key=lambda one: (one[1], one[2]))
        best = min((one for one in known if one is not worst), key=lambda one: (one[1], one[2]))
        yield Difference(
            attribute=table.attribute,
            rate=rate,
            worst=worst[0].value,
            best=best[0].value,
            ratio=worst[1] / best[1] if best[1] else None,
            least=worst[2][0] / best[2][1] if best[2][1] else 0.0,
        )


def _rate(row: Group, rate: str) -> tuple[float, Interval]:
    value, interval = getattr(row, rate), getattr(row, f"{rate}_ci")
    return float(value), interval or (0.0, 1.0)
