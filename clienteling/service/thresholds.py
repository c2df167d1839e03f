"""Thresholds of the shop's own need two persons (R44); those that the program brings do not.

What is approved is the digest of the calibration file, so that not a number of it can change after.
"""

from sqlalchemy.orm import Session

from clienteling.access.approvals import Matter, approved, require
from consent.office import Office

_CODE = "calibration"
#: Cameras are told the newest so many.
_MOST = 16


def check_calibration(office: Office, own: str | None, *, actor: str = "command") -> None:
    """Return if this calibration (hex SHA-256; None: the packaged one) may decide whom we greet.

    Raises:
        ApprovalNeededError: it is the shop's own, and nobody else has approved it (yet).
    """
    if own is not None and own not in _approved(office):
        require(office, Matter.THRESHOLD, f"{_CODE} {own}", actor=actor, once=False)


def approved_calibrations(identity: Session) -> tuple[str, ...]:
    """Return the digests that two persons approved, the newest 16."""
    found = (what.partition(" ") for what in approved(identity, Matter.THRESHOLD))
    return tuple(digest for code, _, digest in found if code == _CODE)[:_MOST]


def _approved(office: Office) -> tuple[str, ...]:
    with office.databases.identity.read() as identity:
        return approved_calibrations(identity)
