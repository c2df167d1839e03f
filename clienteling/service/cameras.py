"""What a camera is told: over the bus, one topic per camera."""

from clienteling.access.devices import live_edges
from clienteling.access.models import DeviceRow
from clienteling.bus import Bus
from clienteling.edge_protocol import EdgeEvent, Reset, encode_event
from consent.storage import Databases

#: States of a source in which nothing that is seen is of now; a camera without any is an older one.
_SEEING = frozenset({None, "connecting", "ok"})

#: What the bus's `reset` becomes on the wire.
RESET_DATA = Reset().model_dump(mode="json")


def topic(camera: str) -> str:
    """Return the bus topic of a camera."""
    return f"camera:{camera}"


def tell(bus: Bus, camera: str, event: EdgeEvent) -> None:
    """Send an event to one camera."""
    name, _ = encode_event(event)
    bus.publish(topic(camera), name, event.model_dump(mode="json"))


def tell_all(bus: Bus, databases: Databases, event: EdgeEvent) -> None:
    """Send an event to every camera of the shop."""
    with databases.identity.read() as identity:
        cameras = {row.camera for row in live_edges(identity) if row.camera is not None}
    for camera in sorted(cameras):
        tell(bus, camera, event)


def connected(bus: Bus, camera: str) -> bool:
    """Whether the camera listens now, so that a press would reach it."""
    return bus.listeners(topic(camera)) > 0


def sees(edge: DeviceRow) -> bool:
    """Whether something comes from this camera's lens, as far as it has said."""
    source = (edge.health or {}).get("source") or {}
    return source.get("state") in _SEEING
