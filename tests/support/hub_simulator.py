"""A complete hub in memory over real HTTP, for tests of the camera: signatures, HPKE, SSE, leases.

It follows `clienteling.edge_protocol` and nothing else, so that the camera is tested against the
protocol and not against one implementation of it. Faults are attributes that a test sets.
"""

import itertools
import queue
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from clienteling.edge_protocol import (
    MAX_SKEW_SECONDS,
    Ack,
    BatchReply,
    CloseWindow,
    EdgeEvent,
    EdgePolicy,
    ErrorCode,
    GalleryChanged,
    GalleryEntry,
    GalleryReply,
    Health,
    HealthReply,
    Hello,
    Mosaic,
    OpenWindow,
    PairReply,
    PairRequest,
    PolicyChanged,
    Resume,
    Revoke,
    ShowView,
    Sighting,
    SightingBatch,
    Stop,
    WindowClosed,
    WireError,
    gallery_aad,
    gallery_info,
    read_headers,
    request_message,
)
from consent.sealing import hpke_wrap, new_key, seal, verify
from tests.support.hub_http import HubServer, RefusalError
from tests.support.simulated_log import SimulatedLog

CAMERA = "entrance"


@dataclass
class Device:
    sign_public: bytes
    open_public: bytes
    revoked: bool = False
    sequence: int = -1
    nonces: set[str] = field(default_factory=set)


class HubSimulator:
    """One store with one camera. `start` and `stop` may be called again on the same port."""

    def __init__(self, policy: EdgePolicy, *, dimension: int = 128) -> None:
        self.policy = policy
        self.dimension = dimension
        self.version = 1
        self.stopped = False
        self.templates: dict[str, NDArray[np.float32]] = {}
        self.code: str | None = "PAIR-0001"
        self.codes: dict[str, str] = {}  # of further cameras
        self.devices: dict[str, Device] = {}
        self.sightings: list[Sighting] = []
        self.closed: list[WindowClosed] = []
        self.acks: list[tuple[float, int]] = []
        self.mosaics: list[Mosaic] = []
        self.healths: list[Health] = []
        self.newest_health: dict[str, Health] = {}
        self.refusals: list[ErrorCode] = []
        self.pulls = 0
        # Faults.
        self.clock_offset = timedelta(0)
        self.forged = False
        self.lease_seconds = policy.lease_seconds
        self.gallery_down = False
        self.log_size = 10
        self.log_rewritten = False
        self.log_proves = True
        self._log = SimulatedLog()
        self._subscribers: list[queue.SimpleQueue[EdgeEvent | None]] = []
        self._windows = itertools.count(1)
        self._lock = threading.RLock()
        self._server: HubServer | None = None
        self._port = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_offset

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = HubServer(self, self._port)
        self._port = self._server.port
        self._server.start()

    def stop(self) -> None:
        """Go away as a crashed hub does: open streams end, the port refuses."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.put(None)
            self._subscribers.clear()
        if self._server is not None:
            self._server.stop()
            self._server = None

    # What a shop does.

    def enrol(self, alias: str, template: NDArray[np.float32]) -> None:
        with self._lock:
            self.templates[alias] = template
            self.version += 1
        self.tell(GalleryChanged(version=self.version))

    def revoke(self, alias: str) -> None:
        with self._lock:
            del self.templates[alias]
            self.version += 1
        self.tell(Revoke(version=self.version, aliases=(alias,)))

    def stop_recognition(self) -> None:
        self.stopped = True
        self.tell(Stop())

    def resume_recognition(self) -> None:
        self.stopped = False
        self.tell(Resume())

    def change_policy(self, policy: EdgePolicy) -> None:
        self.policy = policy
        self.tell(PolicyChanged(policy=policy))

    def press(self, *, camera: str = CAMERA, seconds: float | None = None) -> OpenWindow:
        opened = self.now()
        length = self.policy.window_seconds if seconds is None else seconds
        event = OpenWindow(
            camera=camera,
            window_id=f"w{next(self._windows)}",
            opened_at=opened,
            expires_at=opened + timedelta(seconds=length),
        )
        self.tell(event)
        return event

    def show_view(self, *, camera: str = CAMERA, seconds: float = 60.0) -> ShowView:
        opened = self.now()
        event = ShowView(
            camera=camera,
            view_id=f"v{next(self._windows)}",
            opened_at=opened,
            expires_at=opened + timedelta(seconds=seconds),
        )
        self.tell(event)
        return event

    def close_window(self, window_id: str) -> None:
        self.tell(CloseWindow(window_id=window_id))

    def tell(self, event: EdgeEvent) -> None:
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.put(event)

    # What a test asks.

    def decision(self, window_id: str) -> WindowClosed | None:
        return next((item for item in self.closed if item.window_id == window_id), None)

    def aliases(self) -> list[str]:
        return [sighting.alias for sighting in self.sightings]

    def connected(self) -> bool:
        return bool(self._subscribers)

    def pending(self) -> bool:
        """Whether an event still waits to be written to a connection."""
        with self._lock:
            return any(not subscriber.empty() for subscriber in self._subscribers)

    # The protocol.

    def subscribe(self) -> "queue.SimpleQueue[EdgeEvent | None]":
        events: queue.SimpleQueue[EdgeEvent | None] = queue.SimpleQueue()
        with self._lock:
            events.put(
                Hello(
                    hub_time=self.now(),
                    gallery_version=self.version,
                    stopped=self.stopped,
                    policy=self.policy,
                )
            )
            self._subscribers.append(events)
        return events

    def unsubscribe(self, events: "queue.SimpleQueue[EdgeEvent | None]") -> None:
        with self._lock:
            if events in self._subscribers:
                self._subscribers.remove(events)

    def pair(self, body: bytes) -> BaseModel:
        request = PairRequest.model_validate_json(body)
        if request.code == self.code:
            self.code, camera = None, CAMERA
        elif request.code in self.codes:
            camera = self.codes.pop(request.code)
        else:
            raise RefusalError("unknown_code", HTTPStatus.FORBIDDEN)
        device_id = f"d{len(self.devices) + 1}"
        self.devices[device_id] = Device(request.sign_public, request.open_public)
        return PairReply(
            device_id=device_id,
            camera=camera,
            tenant="default",
            store="demo",
            policy=self.policy,
            hub_time=self.now(),
            log_key=self._log.verifier_key,
        )

    def check(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
        try:
            signed = read_headers(headers)
        except WireError as error:
            raise RefusalError("bad_signature", HTTPStatus.UNAUTHORIZED) from error
        device = self.devices.get(signed.device_id)
        message = request_message(method, path, signed.time, signed.nonce, body)
        if device is None or not verify(device.sign_public, message, signed.signature):
            raise RefusalError("bad_signature", HTTPStatus.UNAUTHORIZED)
        if device.revoked:
            raise RefusalError("revoked", HTTPStatus.UNAUTHORIZED)
        if abs((self.now() - signed.at).total_seconds()) > MAX_SKEW_SECONDS:
            raise RefusalError("clock_skew", HTTPStatus.CONFLICT)
        if signed.nonce in device.nonces:
            raise RefusalError("replayed", HTTPStatus.CONFLICT)
        device.nonces.add(signed.nonce)
        return signed.device_id

    def gallery(
        self, device_id: str, have: int | None, log_size: int | None = None
    ) -> GalleryReply | datetime:
        """Return the reply, or the end of the renewed lease when `have` is current."""
        if self.gallery_down:
            raise RefusalError("unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
        self.pulls += 1
        lease_until = self.now() + timedelta(seconds=self.lease_seconds)
        with self._lock:
            if have == self.version and not self.stopped:
                return lease_until
            content_key = new_key()
            templates = {} if self.stopped else dict(self.templates)
            return GalleryReply(
                version=self.version,
                model_id=self.policy.model_id,
                issued_at=self.now(),
                lease_until=lease_until,
                content_key=hpke_wrap(
                    self.devices[device_id].open_public,
                    content_key,
                    gallery_info(device_id, self.version),
                ),
                entries=tuple(
                    self._entry(device_id, content_key, alias, template)
                    for alias, template in templates.items()
                ),
                stopped=self.stopped,
                policy=self.policy,
                checkpoint=self._log.checkpoint(self.log_size, rewritten=self.log_rewritten),
                consistency=self._log.proof(log_size, self.log_size, rewritten=self.log_rewritten)
                if self.log_proves
                else None,
            )

    def _entry(
        self, device_id: str, key: bytes, alias: str, template: NDArray[np.float32]
    ) -> GalleryEntry:
        model = self.policy.model_id
        aad = gallery_aad(device_id, self.version, alias, model, 1, 0)
        sealed = seal(key, template.astype("<f4").tobytes(), aad)
        if self.forged:  # the right ciphertext under another's alias
            alias = f"{alias}x"
        return GalleryEntry(alias=alias, sealed=sealed, images=1)

    def take(self, device_id: str, batch: SightingBatch) -> BatchReply:
        device, accepted, refused = self.devices[device_id], 0, 0
        for sighting in batch.sightings:
            age = abs((self.now() - sighting.captured_at).total_seconds())
            if sighting in self.sightings:
                accepted += 1
            elif (
                sighting.ground != {"trigger": "window"}.get(self.policy.policy, self.policy.policy)
                or age > MAX_SKEW_SECONDS
                or sighting.sequence <= device.sequence
            ):
                refused += 1
            else:
                device.sequence = sighting.sequence
                self.sightings.append(sighting)
                accepted += 1
        self.closed += [item for item in batch.closed if item not in self.closed]
        return BatchReply(hub_time=self.now(), accepted=accepted, refused=refused)

    def answer(self, path: str, device_id: str, body: bytes) -> BaseModel | None:
        if path == "/sightings":
            return self.take(device_id, SightingBatch.model_validate_json(body))
        if path == "/ack":
            self.acks.append((time.monotonic(), Ack.model_validate_json(body).version))
            return None
        if path == "/mosaic":
            self.mosaics.append(Mosaic.model_validate_json(body))
            return None
        self.healths.append(Health.model_validate_json(body))
        self.newest_health[device_id] = self.healths[-1]
        return HealthReply(hub_time=self.now(), gallery_version=self.version, stopped=self.stopped)


def random_template(dimension: int = 128) -> NDArray[np.float32]:
    """Return a template of nobody."""
    vector = np.frombuffer(secrets.token_bytes(4 * dimension), np.int32).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))
