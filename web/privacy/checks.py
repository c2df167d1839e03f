"""Verifications of the log on their way: each in a thread, its progress in memory."""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from flask import current_app

from clienteling.service.verify import LogReport

CHECKS = "clienteling.checks"

#: Results that are remembered; the log itself keeps that they were made.
_KEPT = 20

_log = logging.getLogger(__name__)

Run = Callable[[Callable[[int], None]], LogReport]


@dataclass(frozen=True, slots=True)
class Check:
    """One verification. It runs until there is a report or it failed.

    Attributes:
        done: Entries read so far.
        total: Entries when it began.
        outside: Size of the outside checkpoint that was compared with; None: there was none.
    """

    id: str
    total: int
    outside: int | None
    done: int = 0
    report: LogReport | None = None
    failed: bool = False

    @property
    def running(self) -> bool:
        """Whether it is still on its way."""
        return self.report is None and not self.failed


class CheckBoard:
    """The verifications of this process. Every method may be called from any thread."""

    def __init__(self) -> None:
        """Begin with none."""
        self._checks: dict[str, Check] = {}
        self._lock = threading.Lock()

    def start(self, total: int, outside: int | None, run: Run) -> Check:
        """Start one. While one is on its way that one stands: two would only slow each other."""
        with self._lock:
            for check in self._checks.values():
                if check.running:
                    return check
            check = Check(str(uuid.uuid4()), total, outside)
            self._checks[check.id] = check
            for old in list(self._checks)[:-_KEPT]:
                del self._checks[old]
        threading.Thread(target=self._run, args=(check.id, run), name="verify", daemon=True).start()
        return check

    def get(self, check_id: str) -> Check | None:
        """Return a verification, or None: unknown or long past."""
        with self._lock:
            return self._checks.get(check_id)

    def _run(self, check_id: str, run: Run) -> None:
        try:
            report = run(lambda done: self._change(check_id, done=done))
        except Exception as error:  # noqa: BLE001 - whoever waits must hear that it ended
            _log.error("verification: %s", type(error).__name__)
            self._change(check_id, failed=True)
            return
        self._change(check_id, done=report.size, report=report)

    def _change(self, check_id: str, **changes: object) -> None:
        with self._lock:
            if check_id in self._checks:
                self._checks[check_id] = replace(self._checks[check_id], **changes)  # type: ignore[arg-type]


def check_board() -> CheckBoard:
    """Return the verifications of the app that answers this request."""
    return cast(CheckBoard, current_app.extensions[CHECKS])
