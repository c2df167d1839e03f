"""How the hub and its cameras are. Numbers and states; nothing about any person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, get_args

from clienteling.access.devices import live_edges
from clienteling.access.models import DeviceRow
from clienteling.customers.passes import without_usable_template
from clienteling.edge_protocol import AttackCheck
from clienteling.oversight.watching import watched, watches
from clienteling.retention.clock import doubt
from clienteling.service.accuracy import accuracy_of
from clienteling.service.cameras import connected
from clienteling.service.figures import figures
from clienteling.service.signs import Hold
from clienteling.service.stop import is_stopped
from consent.clock import parse
from consent.log import ledger
from consent.region.policy import CounselSignature
from web.context import Hub

#: A camera that was not heard of for so long counts as away; a watcher's round takes far less.
AWAY = timedelta(seconds=30)
STUCK = 5.0


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One camera box as it last reported."""

    camera: str
    connected: bool
    heard: str | None
    state: str
    knows_current_gallery: bool
    calibration: str
    attack_check: str
    encoder_calls: int
    encoder_calls_without_permit: int
    source: str
    fps: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The whole page."""

    ok: bool
    watcher_seconds: float
    log_entries: int
    log_key: str
    log_witness: str
    clock_believed: bool
    stopped: bool
    region: str
    policy: str | None
    profile: str
    counsel: CounselSignature | None
    demo: bool
    development_key: bool
    attack_check: str
    challenge: bool
    calibration: str
    measured_on: str | None
    measurement: str
    by_pass: bool
    without_usable_template: int
    cameras: tuple[CameraHealth, ...]
    figures: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the report for a monitor."""
        return asdict(self)


def health_of(hub: Hub) -> HealthReport:
    """Gather the report."""
    now = hub.now()
    with hub.databases.identity.read() as identity:
        entries = ledger.size(identity)
        version = ledger.gallery_version(identity)
        believed = doubt(identity, now) is None
        stopped = is_stopped(identity)
        rows = live_edges(identity)
        allowed = timedelta(hours=hub.home.config.log.witness_hours)
        witnessed = watched(watches(identity, now, allowed))
        waiting = without_usable_template(identity, by_pass=hub.home.by_pass)
        counted = figures(identity, now.date())
        holds = {row.id: hub.signs.hold(identity, row.camera or "") for row in rows}
    known = accuracy_of(hub.home, None if hub.engine is None else hub.engine.calibration)
    cameras = tuple(_camera(hub, row, version, holds[row.id], now) for row in rows)
    return HealthReport(
        ok=hub.watcher.running and hub.watcher.lag < STUCK,
        watcher_seconds=round(hub.watcher.lag, 1),
        log_entries=entries,
        log_key="development" if hub.home.development_key else "sealed",
        log_witness=witnessed.value,
        clock_believed=believed,
        stopped=stopped,
        region=hub.home.profile.region,
        policy=None if hub.policy is None else hub.policy.policy,
        profile=hub.home.profile.sha256,
        counsel=hub.home.profile.counsel,
        demo=hub.demo,
        development_key=hub.home.development_key,
        attack_check=_weakest(cameras),
        challenge=hub.policy is not None and hub.policy.challenge,
        calibration="" if hub.engine is None else hub.engine.calibration.source,
        measured_on=None if known.measured_on is None else known.measured_on.isoformat(),
        measurement=known.age.value,
        by_pass=hub.home.by_pass,
        without_usable_template=waiting,
        cameras=cameras,
        figures={figure.value: number for figure, number in counted.items()},
    )


def _weakest(cameras: tuple[CameraHealth, ...]) -> str:
    """The level of the shop is that of its weakest camera; without a camera there is none."""
    levels = [camera.attack_check for camera in cameras]
    return min(levels, key=get_args(AttackCheck).index, default="none")


def _camera(
    hub: Hub, row: DeviceRow, version: int, hold: Hold | None, now: datetime
) -> CameraHealth:
    said: Mapping[str, Any] = row.health or {}
    source: Mapping[str, Any] = said.get("source") or {}
    heard = row.seen_at is not None and now - parse(row.seen_at) < AWAY
    return CameraHealth(
        camera=row.camera or "",
        connected=connected(hub.bus, row.camera or ""),
        heard=row.seen_at,
        # The hub knows why a camera stands still; the camera only that it was told to.
        state=(hold or str(said.get("state", "ended"))) if heard else "away",
        knows_current_gallery=row.gallery_version >= version,
        calibration=str(said.get("calibration", "")),
        attack_check=_level(said),
        encoder_calls=int(said.get("encoder_calls", 0)),
        encoder_calls_without_permit=int(said.get("encoder_calls_without_permit", 0)),
        source=str(source.get("state", "unknown")) if heard else "unknown",
        fps=float(source.get("fps", 0.0)) if heard else 0.0,
        width=int(source.get("width", 0)),
        height=int(source.get("height", 0)),
    )


def _level(said: Mapping[str, Any]) -> str:
    """What the camera said; of a word that this hub does not know it expects nothing."""
    level = str(said.get("attack_check"))
    return level if level in get_args(AttackCheck) else "none"
