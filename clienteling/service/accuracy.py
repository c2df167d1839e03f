"""What is known of how well, and how evenly, this shop recognises (R28).

The operator puts the newest report of `clienteling evaluate` into the data folder. The officer
reads it there and is reminded after a year; the gate on the groups' ratio reads it before a start.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from clienteling.errors import StartError
from clienteling.evaluation.fairness import beyond, is_measured
from clienteling.evaluation.results import Report
from clienteling.home import Home
from clienteling.recognition.calibration import Calibration
from clienteling.service.thresholds import GROUPS_DIFFER, GROUPS_UNMEASURED
from consent.files import write_whole
from consent.log import ledger
from consent.log.events import EventKind
from consent.rights.deadlines import add_months

#: Measured again within a year (PRIVACY.md R28); the health page warns a month later.
YEARLY, OVERDUE = 12, 13
_REPORT = TypeAdapter(Report)


class Age(StrEnum):
    """Whether the measurement that the shop relies on is recent enough."""

    UNKNOWN = "unknown"
    CURRENT = "current"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Published:
    """The report in place, and the digest of its file."""

    report: Report
    sha256: str


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What there is to know.

    Attributes:
        published: None: no report is in place, or it cannot be read.
        problem: Why it cannot be read; "" otherwise.
        measured_on: Of the report, or of the calibration in use if there is none.
        age: Of that day.
    """

    published: Published | None
    problem: str
    measured_on: date | None
    age: Age


def report_path(home: Home) -> Path:
    """Return where the report lies."""
    return home.path / home.config.recognition.report


def publish(home: Home, text: str) -> Path:
    """Put a report in place, whole, and log that it was; returns where.

    Raises:
        StorageError: it cannot be written.
    """
    path = report_path(home)
    found = _parsed(text.encode())
    write_whole(path, text.encode())
    with home.databases.identity.write() as identity:
        ledger.append(
            identity,
            home.office.ring,
            EventKind.REPORT_PUBLISHED,
            actor="command",
            about=None,
            detail={
                "report": found.sha256,
                "made_on": found.report.made_on,
                "source": found.report.source,
            },
            now=home.office.now(),
        )
    return path


def read_report(home: Home) -> Published | None:
    """Return the report in place; None: there is none.

    Raises:
        StartError: it cannot be read, or is none of this version.
    """
    path = report_path(home)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StartError(
            f"{path} is not a report of this version of `clienteling evaluate`. Measure again, or "
            "remove the file."
        ) from error


def accuracy_of(home: Home, calibration: Calibration | None) -> Accuracy:
    """Return what is known; `calibration`: the one in use, None where this hub has none."""
    problem, published = "", None
    try:
        published = read_report(home)
    except StartError as error:
        problem = str(error)
    measured = None if calibration is None else calibration.measured_on
    if published is not None:
        measured = date.fromisoformat(published.report.made_on)
    return Accuracy(published, problem, measured, age_of(measured, home.office.now().date()))


def age_of(measured_on: date | None, today: date) -> Age:
    """Return whether a measurement of that day still counts."""
    if measured_on is None:
        return Age.UNKNOWN
    if today > add_months(measured_on, OVERDUE):
        return Age.OVERDUE
    return Age.DUE if today > add_months(measured_on, YEARLY) else Age.CURRENT


def group_matter(home: Home, own: str | None) -> str | None:
    """Return what two persons must accept before this calibration of the shop's own is used.

    The report must be of the same run as the calibration (it names its digest) and have two groups
    that are large enough; then no difference may be beyond `[recognition] group_ratio` for certain.

    Raises:
        StartError: the report cannot be read.
    """
    if own is None:
        return None
    found = read_report(home)
    if found is None or found.report.calibration != own or not is_measured(found.report):
        return f"{GROUPS_UNMEASURED} {own}"
    if beyond(found.report, home.config.recognition.group_ratio):
        return f"{GROUPS_DIFFER} {own}"
    return None


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Published:
    """Read anew only when the file has changed: the health page asks often."""
    return _parsed(path.read_bytes())


def _parsed(content: bytes) -> Published:
    report = _REPORT.validate_json(content)
    date.fromisoformat(report.made_on)
    return Published(report, hashlib.sha256(content).hexdigest())
