"""Cameras as the officer must know them: what they do, what they hold, until when."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from clienteling.access.devices import EDGES
from clienteling.access.models import DeviceRow
from clienteling.edge_protocol import HEALTH_SECONDS, Health
from consent.clock import parse

#: A camera that has not reported for this long counts as silent.
SILENT_AFTER = timedelta(seconds=3 * HEALTH_SECONDS)


@dataclass(frozen=True, slots=True)
class EdgeState:
    """One camera box.

    Attributes:
        state: Its own words (`MatchingState`), or None while it has reported nothing readable.
        heard: Whether it reported within the last half minute; `state` is old news otherwise.
        gallery_version: The version that it acknowledged.
        lease_until: Until when it may match without hearing from the hub; None: it never had a
            gallery.
        leased: Whether that lease still runs.
        calibration: The source of its thresholds.
        attack_check: What it does against prints and screens held up to the camera (its level).
        without_permit: Encoder calls without a permit since its start; anything but 0 is a fault.
    """

    id: str
    name: str
    camera: str
    revoked: bool
    seen_at: datetime | None
    heard: bool
    state: str | None
    gallery_version: int
    lease_until: datetime | None
    leased: bool
    calibration: str | None
    attack_check: str | None
    without_permit: int | None


def edge_states(identity: Session, now: datetime) -> tuple[EdgeState, ...]:
    """Return every camera that works here, and those revoked whose lease still runs."""
    rows = identity.scalars(
        select(DeviceRow)
        .where(DeviceRow.kind.in_([kind.value for kind in EDGES]))
        .order_by(DeviceRow.camera, DeviceRow.name)
    )
    states = (_state(row, now) for row in rows)
    return tuple(edge for edge in states if edge.leased or not edge.revoked)


def _state(row: DeviceRow, now: datetime) -> EdgeState:
    health = _health(row)
    seen_at = parse(row.seen_at) if row.seen_at else None
    lease_until = parse(row.lease_until) if row.lease_until else None
    return EdgeState(
        id=row.id,
        name=row.name,
        camera=row.camera or "",
        revoked=row.revoked_at is not None,
        seen_at=seen_at,
        heard=seen_at is not None and now - seen_at <= SILENT_AFTER,
        state=health.state if health else None,
        gallery_version=row.gallery_version,
        lease_until=lease_until,
        leased=lease_until is not None and lease_until > now,
        calibration=health.calibration if health else None,
        attack_check=health.attack_check if health else None,
        without_permit=health.encoder_calls_without_permit if health else None,
    )


def _health(row: DeviceRow) -> Health | None:
    if row.health is None:
        return None
    try:
        return Health.model_validate_json(json.dumps(row.health))
    except ValidationError:
        return None
