"""What the camera knows at this moment, and whether it may match (R49).

Every thread reads and changes it here, under one lock. The answer to "may we match?" is yes only
if nothing speaks against it; what is missing, unknown or contradictory speaks against it.
"""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from camera.checkpoints import Break
from camera.held import HeldPass, open_held
from clienteling.edge_protocol import (
    MAX_SKEW_SECONDS,
    EdgePolicy,
    EdgePurpose,
    MatchingState,
    Zone,
)
from clienteling.recognition.calibration import CalibrationError
from clienteling.recognition.engine import Engine
from clienteling.recognition.gallery import Gallery
from consent.keystore.holder import HolderSecret

_NO_PASSES: Mapping[str, HeldPass] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on both clocks: monotonic seconds, and this machine's UTC."""

    mono: float
    wall: datetime


class EdgeState:
    """The gallery with its lease, the policy, the hub's clock, the stop switch."""

    def __init__(self, engine: Engine, purpose: EdgePurpose = "recognise") -> None:
        """Know nothing yet; `purpose` is what this camera is set up for."""
        self.purpose = purpose
        self._lock = threading.RLock()
        self._engine = engine
        self._policy: EdgePolicy | None = None
        self._gallery: Gallery | None = None
        self._passes = _NO_PASSES
        self._opened: Gallery | None = None  # of the pass that was shown, while its window is open
        self._opened_alias = ""
        self._lease_end = 0.0
        self._stopped = False
        self._log_break: Break | None = None
        self._hub_anchor: Moment | None = None
        self._skew = 0.0
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """Counts what the hub told us to forget or stop; see `install`."""
        with self._lock:
            return self._epoch

    @property
    def policy(self) -> EdgePolicy | None:
        with self._lock:
            return self._policy

    @property
    def version(self) -> int | None:
        """Version of the gallery that is held; None when there is none."""
        with self._lock:
            return None if self._gallery is None else self._gallery.version

    def heard(self, hub_time: datetime, at: Moment) -> None:
        """Take the hub's time from an answer that has just come."""
        with self._lock:
            self._hub_anchor = Moment(at.mono, hub_time)
            self._skew = abs((at.wall - hub_time).total_seconds())

    def hub_now(self, mono: float) -> datetime | None:
        """Return the hub's time, carried on from when it was last heard; None if it never was."""
        with self._lock:
            if self._hub_anchor is None:
                return None
            return self._hub_anchor.wall + timedelta(seconds=mono - self._hub_anchor.mono)

    def set_policy(self, policy: EdgePolicy) -> bool:
        """Take the policy; True if it is another one, so that the gallery must be pulled anew."""
        with self._lock:
            is_new = policy != self._policy
            self._policy = policy
            return is_new

    def set_stopped(self, stopped: bool) -> None:
        """Stop at once and forget the gallery; or allow matching again once one was pulled."""
        with self._lock:
            if stopped == self._stopped:
                return
            self._stopped = stopped
            self._epoch += 1
            if stopped:
                self._replace(None)
                self._lease_end = 0.0

    def log_broke(self, why: Break) -> None:
        """The hub's log is not one that only grew: nothing that it says about consent counts."""
        with self._lock:
            self._log_break = why
            self._replace(None)

    def install(
        self,
        gallery: Gallery,
        lease_end: float,
        *,
        stopped: bool,
        epoch: int,
        passes: Mapping[str, HeldPass] = _NO_PASSES,
    ) -> bool:
        """Hold this gallery until `lease_end` (monotonic); the one before is overwritten.

        `passes` are what a pass opens, by alias. While recognition is stopped, nothing is held.
        `epoch` is what it was before the question: if the hub has told us since then to forget
        somebody or to stop, the answer may be older than that: False, and it was not taken.
        """
        with self._lock:
            if epoch != self._epoch:
                gallery.wipe()
                return False
            self._stopped = stopped
            self._replace(None if stopped else gallery, _NO_PASSES if stopped else passes)
            self._lease_end = 0.0 if stopped else lease_end
            return True

    def renew(self, lease_end: float) -> None:
        with self._lock:
            self._lease_end = lease_end

    def revoke(self, aliases: Collection[str]) -> None:
        """Forget these templates now. The version stays: only a pull can vouch for a newer one."""
        with self._lock:
            self._epoch += 1
            if self._gallery is not None:
                held = self._gallery
                gone = set(aliases)
                left = {alias: one for alias, one in self._passes.items() if alias not in gone}
                self._replace(held.without(*aliases), left)

    def lease_left(self, mono: float) -> float:
        with self._lock:
            return self._lease_end - mono if self._gallery is not None else 0.0

    def sweep(self, mono: float) -> bool:
        """Overwrite a gallery whose lease is out; True if there was one."""
        with self._lock:
            if self._gallery is None or mono < self._lease_end:
                return False
            self._replace(None)
            return True

    def clear(self) -> None:
        with self._lock:
            self._replace(None)

    def matching(self, mono: float) -> MatchingState:
        """Return "matching", or the reason why not."""
        with self._lock:
            return self._reason(mono)

    @contextmanager
    def gallery(self, mono: float) -> Iterator[Gallery | None]:
        """Lend the gallery for one decision; None when matching is not allowed.

        Under `pass` it is that of the one customer whose pass is open. The lock is held meanwhile,
        so that a template cannot be overwritten under a search, and no decision can come out after
        `revoke` has returned.
        """
        with self._lock:
            lent = self._opened if self._by_pass() else self._gallery
            yield lent if self._reason(mono) == "matching" else None

    def holds_pass(self, alias: str, mono: float) -> bool:
        """Whether the template of this pass is here, and may be matched now."""
        with self._lock:
            return self._reason(mono) == "matching" and alias in self._passes

    def open_pass(self, holder: HolderSecret, mono: float) -> bool:
        """Open the template of a pass, until `close_pass`; False: it is not here any more."""
        with self._lock:
            self.close_pass()
            held = self._passes.get(holder.alias)
            if held is None or self._gallery is None or self._reason(mono) != "matching":
                return False
            self._opened = open_held(held, holder, self._gallery)
            self._opened_alias = held.alias
            return self._opened is not None

    def close_pass(self) -> None:
        """Overwrite the template that a pass opened."""
        with self._lock:
            if self._opened is not None:
                self._opened.wipe()
            self._opened, self._opened_alias = None, ""

    def _by_pass(self) -> bool:
        return self._policy is not None and self._policy.policy == "pass"

    def _reason(self, mono: float) -> MatchingState:
        policy, gallery, model_id = self._policy, self._gallery, self._engine.encoder.model_id
        against: tuple[tuple[bool, MatchingState], ...] = (
            (self._stopped, "stopped"),
            (self._log_break is not None, self._log_break or "log_unproven"),
            (policy is None or not policy.live, "no_policy"),
            (policy is not None and policy.purpose != self.purpose, "no_policy"),
            # Without a marked lane `zone` would be `ambient` with a delay.
            (policy is not None and policy.policy == "zone" and policy.zone == Zone(), "no_lane"),
            (self._hub_anchor is None or self._skew > MAX_SKEW_SECONDS, "clock_off"),
            (policy is not None and policy.model_id != model_id, "model_differs"),
            (gallery is None and self._lease_end == 0.0, "no_gallery"),
            (gallery is None or mono >= self._lease_end, "lease_out"),
            (gallery is not None and gallery.model_id != model_id, "model_differs"),
            (gallery is not None and not self._is_calibrated(gallery), "calibration_unfit"),
            (policy is not None and not self._is_approved(policy), "calibration_unapproved"),
        )
        return next((reason for speaks, reason in against if speaks), "matching")

    def _is_approved(self, policy: EdgePolicy) -> bool:
        """Whether the thresholds are the packaged ones, or two persons approved them (R44)."""
        return self._engine.own_calibration in {None, *policy.calibrations}

    def _is_calibrated(self, gallery: Gallery) -> bool:
        engines = {one.encoder.model_id: one for one in (self._engine, *self._engine.older)}
        people = 1 if self._by_pass() else gallery.people
        try:
            for held in (gallery, *gallery.older):
                engines[held.model_id].calibration.threshold(people, held.enrol_images, 1)
        except (CalibrationError, KeyError):
            return False
        return True

    def _replace(
        self, gallery: Gallery | None, passes: Mapping[str, HeldPass] = _NO_PASSES
    ) -> None:
        if self._gallery is not None:
            self._gallery.wipe()
        self._gallery, self._passes = gallery, passes
        if self._opened_alias not in passes:
            self.close_pass()
