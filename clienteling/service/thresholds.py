"""Thresholds of the shop's own need two persons (R44); those that the program brings do not.

What is approved is the digest of the calibration file, so that not a number of it can change after.
Where that calibration errs more with one group of people than the shop puts up with, or nobody
measured it, two persons must accept that too (R28).
"""

from sqlalchemy.orm import Session

from clienteling.access.approvals import (
    ApprovalNeededError,
    Matter,
    approved,
    require,
    unapproved,
)
from consent.office import Office

_CODE = "calibration"
#: Codes of what may have to be accepted besides; each with the calibration's digest after it.
GROUPS_DIFFER = "groups-differ"
GROUPS_UNMEASURED = "groups-unmeasured"
#: Cameras are told the newest so many.
_MOST = 16


def check_calibration(
    office: Office, own: str | None, groups: str | None, *, actor: str = "command"
) -> None:
    """Return if this calibration may decide whom we greet.

    Args:
        office: The setting.
        own: Hex SHA-256; None: the packaged one.
        groups: What must be accepted besides (`service.accuracy.group_matter`), or None.
        actor: Who wants it.

    Raises:
        ApprovalNeededError: it is the shop's own, and nobody else has approved it (yet).
    """
    if own is None:
        return
    with office.databases.identity.read() as identity:
        given = approved(identity, Matter.THRESHOLD)
    wanted = [what for what in (groups, f"{_CODE} {own}") if what is not None]
    refusal: ApprovalNeededError | None = None
    for what in wanted:
        if what in given:
            continue
        try:
            require(office, Matter.THRESHOLD, what, actor=actor, once=False)
        except ApprovalNeededError as error:
            refusal = error  # both are proposed before either is waited for
    if refusal is not None:
        raise refusal


def approved_calibrations(identity: Session) -> tuple[str, ...]:
    """Return the digests that two persons approved, the newest 16; none that waits for more."""
    found = (what.partition(" ") for what in approved(identity, Matter.THRESHOLD))
    held = {
        what.partition(" ")[2]
        for what in unapproved(identity, Matter.THRESHOLD)
        if what.startswith((GROUPS_DIFFER, GROUPS_UNMEASURED))
    }
    return tuple(digest for code, _, digest in found if code == _CODE and digest not in held)[
        :_MOST
    ]
