"""Blurred views of cameras, for whoever marks a zone: asked for, logged, a minute long.

The newest mosaic of each is in memory for seconds, and nowhere else (docs/decisions/0088).
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from clienteling.access.devices import live_edges
from clienteling.bus import Bus
from clienteling.edge_protocol import VIEW_SECONDS, Mosaic, ShowView
from clienteling.errors import UsageError
from clienteling.service.cameras import connected, tell
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import Office

#: How long a mosaic may be shown after it came.
FRESH: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class OpenView:
    """One view that somebody asked for. `mosaic` and `came_at`: the newest, and when."""

    id: str
    expires_at: datetime
    mosaic: Mosaic | None = None
    came_at: datetime | None = None


class ViewBoard:
    """The open views of this shop's cameras. Every method may be called from any thread."""

    def __init__(self, office: Office, bus: Bus) -> None:
        """Start with none open."""
        self._office = office
        self._bus = bus
        self._now: Callable[[], datetime] = office.now
        self._views: dict[str, OpenView] = {}
        self._lock = threading.Lock()

    def open(self, camera: str, *, actor: str) -> OpenView:
        """Ask a camera to show its scene for a minute, and log who asked.

        Raises:
            UsageError: the camera is not there or not connected.
        """
        now = self._now()
        with self._office.databases.identity.write() as identity:
            if not live_edges(identity, camera) or not connected(self._bus, camera):
                raise UsageError("This camera is not connected. See its state on the health page.")
            ledger.append(
                identity,
                self._office.ring,
                EventKind.VIEW_OPENED,
                actor=actor,
                about=None,
                detail={"camera": camera, "seconds": int(VIEW_SECONDS)},
                now=now,
            )
        view = OpenView(str(uuid.uuid4()), now + timedelta(seconds=VIEW_SECONDS))
        with self._lock:
            self._views[camera] = view
        event = ShowView(camera=camera, view_id=view.id, opened_at=now, expires_at=view.expires_at)
        tell(self._bus, camera, event)
        return view

    def take(self, camera: str, mosaic: Mosaic) -> bool:
        """Keep the newest mosaic of a camera; False if nobody asked for it."""
        now = self._now()
        with self._lock:
            view = self._standing(camera, now)
            if view is None or view.id != mosaic.view_id:
                return False
            self._views[camera] = OpenView(view.id, view.expires_at, mosaic, now)
            return True

    def newest(self, camera: str) -> OpenView | None:
        """Return the open view, its mosaic only while it is fresh; None: none is open."""
        now = self._now()
        with self._lock:
            view = self._standing(camera, now)
            if view is None or view.came_at is None or now - view.came_at <= FRESH:
                return view
            stale = OpenView(view.id, view.expires_at)
            self._views[camera] = stale
            return stale

    def _standing(self, camera: str, now: datetime) -> OpenView | None:
        for name in [name for name, view in self._views.items() if now >= view.expires_at]:
            del self._views[name]
        return self._views.get(camera)
