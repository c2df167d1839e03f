"""The permission without which the encoder does not run (R1).

A `CapturePermit` comes from one of the five functions below and from nowhere else; `Encoder.encode`
asks for one and checks it against the time of the frame. Times are seconds on the frame's clock.
"""

import math
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from typing import Final

from clienteling.errors import RefusedError

#: A window that a customer opened lasts at most this long (R1).
WINDOW_SECONDS: Final = 10.0
#: Clocks are floats, and a window may have been counted from a rounded stamp.
_ROUNDING: Final = 1e-3


class PermitError(RefusedError):
    """A face was to be encoded without a permit that is valid at that moment."""


class Ground(StrEnum):
    """Why the encoder may run."""

    WINDOW_PASS = "pass"  # noqa: S105  # the policy's name
    WINDOW_TRIGGER = "trigger"
    ZONE_DWELL = "zone"
    AMBIENT = "ambient"
    ENROLMENT = "enrolment"
    FILES = "files"


_KEY: Final = object()


@dataclass(frozen=True, slots=True)
class CapturePermit:
    """May faces seen between two moments be encoded, and why. Made by this module only.

    Attributes:
        ground: Why.
        reference: Which window, track, enrolment or run: an id, never anything personal.
        opens_at: First moment at which it is valid.
        expires_at: Last moment at which it is valid.
    """

    ground: Ground
    reference: str
    opens_at: float
    expires_at: float
    key: InitVar[object] = field(kw_only=True)

    def __post_init__(self, key: object) -> None:
        if key is not _KEY:
            raise PermitError("A capture permit is made by the functions of its module only.")
        if not self.reference:
            raise PermitError("A capture permit must name what it belongs to.")
        # Written so that a NaN fails.
        if not self.opens_at <= self.expires_at:
            raise PermitError("A capture permit must end after it begins.")

    def valid_at(self, at: float) -> bool:
        """Whether a frame of that moment may be encoded; False for a time that is not a number."""
        return self.opens_at <= at <= self.expires_at


def for_window(window_id: str, policy: str, opens_at: float, expires_at: float) -> CapturePermit:
    """Permit what a customer asked for by pressing (`trigger`) or showing the pass (`pass`).

    Raises:
        PermitError: Another policy was named, or the window is longer than `WINDOW_SECONDS`.
    """
    grounds = {"pass": Ground.WINDOW_PASS, "trigger": Ground.WINDOW_TRIGGER}
    if policy not in grounds:
        raise PermitError(f"The policy {policy} opens no windows; only pass and trigger do.")
    if not expires_at - opens_at <= WINDOW_SECONDS + _ROUNDING:
        raise PermitError(f"A window lasts at most {WINDOW_SECONDS:.0f} seconds.")
    return CapturePermit(grounds[policy], window_id, opens_at, expires_at, key=_KEY)


def for_zone_dwell(track_id: str, opens_at: float, expires_at: float) -> CapturePermit:
    """Permit the face that dwells in a marked opt-in lane (`zone`), for one visit."""
    return CapturePermit(Ground.ZONE_DWELL, track_id, opens_at, expires_at, key=_KEY)


def for_ambient(source_id: str) -> CapturePermit:
    """Permit any face in view, for regions whose profile allows it (`ambient`). Without end."""
    return CapturePermit(Ground.AMBIENT, source_id, -math.inf, math.inf, key=_KEY)


def for_enrolment(enrolment_id: str, expires_at: float) -> CapturePermit:
    """Permit the photographs of one consented enrolment in progress, until it lapses."""
    return CapturePermit(Ground.ENROLMENT, enrolment_id, -math.inf, expires_at, key=_KEY)


def for_files(reason: str) -> CapturePermit:
    """Permit files that an operator gave to `evaluate` or `bench`. Without end."""
    return CapturePermit(Ground.FILES, reason, -math.inf, math.inf, key=_KEY)
