"""Where each camera looks: one rectangle and the smallest face in it, marked by a manager.

It is part of the policy that the camera is given, so that a camera without the hub's word has none.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from clienteling.access.devices import live_edges, purpose_at
from clienteling.edge_protocol import EdgePolicy, Zone
from clienteling.errors import UsageError
from clienteling.service.models import ZoneRow
from clienteling.service.thresholds import approved_calibrations
from clienteling.service.till_cameras import at_till
from consent.clock import stamp
from consent.keystore.keys import KeyRing
from consent.log import ledger
from consent.log.events import EventKind
from consent.purposes import Purpose

#: Smaller, and nobody could stand in it.
SMALLEST: Final = 0.1
#: Of the picture's height. Below a tenth whoever passes far behind would count as near.
LEAST_FACE: Final = 0.1
MOST_FACE: Final = 0.8
_ROUNDING: Final = 1e-6


def policy_of(identity: Session, policy: EdgePolicy, camera: str) -> EdgePolicy:
    """Return the shop's policy for this camera: its zone, if one was marked, and the thresholds.

    For a camera at a till it is that of a till.
    """
    policy = policy.model_copy(update={"calibrations": approved_calibrations(identity)})
    if purpose_at(identity, camera) is Purpose.TILL:
        policy = at_till(policy)
    row = identity.get(ZoneRow, camera)
    if row is None:
        return policy
    zone = Zone(x=row.x, y=row.y, w=row.w, h=row.h)
    return policy.model_copy(update={"zone": zone, "min_face_height": row.min_face_height})


def is_marked(identity: Session, camera: str) -> bool:
    """Return whether a manager marked this camera's zone."""
    return identity.get(ZoneRow, camera) is not None


def save_zone(
    identity: Session,
    ring: KeyRing,
    camera: str,
    zone: Zone,
    min_face_height: float,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Mark a camera's zone, and log who did.

    Raises:
        UsageError: no such camera is paired; the rectangle leaves the picture or is too small; or
            no face could be that high or low.
    """
    if not live_edges(identity, camera):
        raise UsageError("There is no such camera. Pair it first.")
    if zone.x + zone.w > 1 + _ROUNDING or zone.y + zone.h > 1 + _ROUNDING:
        raise UsageError("The zone leaves the picture. Make it smaller or move it.")
    if min(zone.w, zone.h) < SMALLEST - _ROUNDING:
        raise UsageError("Make the zone at least a tenth of the picture wide and high.")
    if not LEAST_FACE - _ROUNDING <= min_face_height <= MOST_FACE + _ROUNDING:
        raise UsageError("The smallest face is between 10 and 80 percent of the picture's height.")
    identity.merge(
        ZoneRow(
            camera=camera,
            x=zone.x,
            y=zone.y,
            w=zone.w,
            h=zone.h,
            min_face_height=min_face_height,
            changed_at=stamp(now),
        )
    )
    percent = [round(100 * part) for part in (zone.x, zone.y, zone.w, zone.h, min_face_height)]
    ledger.append(
        identity,
        ring,
        EventKind.ZONE_CHANGED,
        actor=actor,
        about=None,
        detail={"camera": camera, "percent": percent},
        now=now,
    )
