"""The camera's line to the hub: signed requests, bounded replies, one event stream.

Nobody but the hub is spoken to: redirects and proxies of the environment are not followed.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
from httpx_sse import EventSource, SSEError
from pydantic import BaseModel, ValidationError

from clienteling.edge_protocol import (
    KEEPALIVE_SECONDS,
    LEASE_HEADER,
    MAX_GALLERY_BYTES,
    PREFIX,
    Ack,
    BatchReply,
    EdgeEvent,
    ErrorCode,
    ErrorReply,
    GalleryReply,
    Health,
    HealthReply,
    Mosaic,
    PairReply,
    PairRequest,
    SightingBatch,
    WireError,
    decode_event,
    sign_request,
)
from clienteling.errors import ClientelingError, StartError
from consent.clock import parse
from consent.sealing import DeviceKeys

M = TypeVar("M", bound=BaseModel)

_CONNECT_SECONDS: Final = 3.0
_READ_SECONDS: Final = 10.0
#: Two keep-alives missed and a little: the stream is dead even if nobody said so.
_SILENCE_SECONDS: Final = 2 * KEEPALIVE_SECONDS + 2


class HubUnreachableError(ClientelingError):
    """The hub does not answer now; trying again later may help."""


class HubRefusedError(ClientelingError):
    """The hub answered no. `code` says why, where it said so by this protocol."""

    def __init__(
        self, message: str, code: ErrorCode | None, hub_time: datetime | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hub_time = hub_time


@dataclass(frozen=True, slots=True)
class Renewed:
    """The gallery that is held is still current; its lease runs until then, by the hub's clock."""

    lease_until: datetime


class Hub:
    """One hub, seen from one device. For several threads; `interrupt` ends a waiting stream."""

    def __init__(self, address: str, now: Callable[[], datetime], ca_file: Path | None) -> None:
        """Prepare; nothing is sent yet. `address` was checked by the configuration."""
        parts = urlsplit(address)
        self._prefix = parts.path.rstrip("/") + PREFIX
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._shown = self._origin
        self._now = now
        self._device: tuple[str, DeviceKeys] | None = None
        self._stream: httpx.Response | None = None
        self._stream_lock = threading.Lock()
        self._interrupted = False
        self._client = httpx.Client(
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
            verify=_trust(ca_file),
        )

    def sign_as(self, device_id: str, keys: DeviceKeys) -> None:
        """Sign every request from now on."""
        self._device = (device_id, keys)

    def pair(self, request: PairRequest) -> PairReply:
        """Trade the one-time code for an identity."""
        return _read(PairReply, self._send("POST", "/pair", request).content)

    def gallery(self, have: int | None, *, log_size: int | None = None) -> GalleryReply | Renewed:
        """Ask for the gallery.

        Args:
            have: The version that is held, if any.
            log_size: Of the checkpoint that is held, to be proven consistent with the new one.
        """
        asked = {"have": have, "log": log_size}
        query = urlencode({name: number for name, number in asked.items() if number is not None})
        path = f"/gallery?{query}" if query else "/gallery"
        reply = self._send("GET", path)
        if reply.status_code != httpx.codes.NOT_MODIFIED:
            return _read(GalleryReply, reply.content)
        try:
            return Renewed(parse(reply.headers[LEASE_HEADER]))
        except (KeyError, ValueError) as error:
            raise WireError("The hub renewed the gallery without saying until when.") from error

    def sightings(self, batch: SightingBatch) -> BatchReply:
        return _read(BatchReply, self._send("POST", "/sightings", batch).content)

    def ack(self, version: int) -> None:
        self._send("POST", "/ack", Ack(version=version))

    def health(self, health: Health) -> HealthReply:
        return _read(HealthReply, self._send("POST", "/health", health).content)

    def mosaic(self, mosaic: Mosaic) -> None:
        self._send("POST", "/mosaic", mosaic)

    def events(self) -> Iterator[EdgeEvent]:
        """Yield the hub's events until the connection ends.

        Raises:
            HubUnreachableError, HubRefusedError, WireError: see the classes.
        """
        path = f"{self._prefix}/events"
        timeout = httpx.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS)
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        headers |= self._signature("GET", path, b"")
        try:
            with self._client.stream(
                "GET", self._origin + path, headers=headers, timeout=timeout
            ) as reply:
                if reply.status_code != httpx.codes.OK:
                    reply.read()
                    raise self._refusal(reply)
                self._hold(reply)
                for event in EventSource(reply).iter_sse():
                    if event.data:  # without data it is no event (a `retry:` line, say)
                        yield decode_event(event.event, event.data)
        except (httpx.TransportError, httpx.StreamError, SSEError, OSError) as error:
            raise self._unreachable() from error
        finally:
            self._hold(None)

    def interrupt(self) -> None:
        """End the event stream that another thread waits on, now and in future."""
        with self._stream_lock:
            self._interrupted = True
            if self._stream is not None:
                _cut(self._stream)

    def close(self) -> None:
        """End every connection; no other thread may be using one."""
        self._client.close()

    def _hold(self, reply: httpx.Response | None) -> None:
        with self._stream_lock:
            self._stream = reply
            if reply is not None and self._interrupted:
                _cut(reply)

    def _send(self, method: str, path: str, message: BaseModel | None = None) -> httpx.Response:
        body = b"" if message is None else message.model_dump_json().encode()
        headers = {"Content-Type": "application/json"} if body else {}
        headers |= self._signature(method, self._prefix + path, body)
        request = self._client.build_request(
            method, self._origin + self._prefix + path, content=body, headers=headers
        )
        try:
            reply = self._client.send(request, stream=True)
            try:
                content = _bounded(reply)
            finally:
                reply.close()
        except (httpx.TransportError, httpx.StreamError, RuntimeError, OSError) as error:
            raise self._unreachable() from error
        whole = httpx.Response(reply.status_code, headers=_plain(reply.headers), content=content)
        if whole.is_success or whole.status_code == httpx.codes.NOT_MODIFIED:
            return whole
        raise self._refusal(whole)

    def _signature(self, method: str, path_query: str, body: bytes) -> dict[str, str]:
        if self._device is None:
            return {}
        device_id, keys = self._device
        return sign_request(keys.sign, device_id, method, path_query, body, now=self._now())

    def _unreachable(self) -> HubUnreachableError:
        return HubUnreachableError(
            f"The hub at {self._shown} does not answer. Check that it runs (`clienteling serve`) "
            "and that this machine can reach it."
        )

    def _refusal(self, reply: httpx.Response) -> ClientelingError:
        try:
            refusal = ErrorReply.model_validate_json(reply.content)
        except ValidationError:
            if reply.is_server_error:
                return self._unreachable()
            return HubRefusedError(
                f"What answers at {self._shown} is not this shop's hub, or not of this version "
                f"(status {reply.status_code}). Check the hub's address.",
                None,
            )
        if refusal.error == "unavailable":
            return HubUnreachableError(refusal.message)
        return HubRefusedError(refusal.message, refusal.error, refusal.hub_time)


def _read(model: type[M], content: bytes) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise WireError(
            "The hub's answer does not follow this protocol. Install the same version on both."
        ) from error


def _bounded(reply: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in reply.iter_bytes():
        content += chunk
        if len(content) > MAX_GALLERY_BYTES:
            raise WireError("The hub's answer is larger than any gallery may be.")
    return bytes(content)


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Headers of a body that was already decoded."""
    skip = {"content-encoding", "content-length", "transfer-encoding"}
    return {name: value for name, value in headers.items() if name not in skip}


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise StartError(f"{ca_file} is not a certificate file that can be read.") from error


def _cut(reply: httpx.Response) -> None:
    """Wake a thread that waits on this reply: shutting the socket down ends its read."""
    stream = reply.extensions.get("network_stream")
    raw = stream.get_extra_info("socket") if stream is not None else None
    if isinstance(raw, socket.socket):
        try:
            raw.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already closed
