"""Pictures that a camera sends: `POST` or `PUT` of one JPEG, with the box's token (0085).

A body is read into one buffer of ours, which the next picture or the end overwrites; a body that
is not taken is overwritten at once. Nothing is kept in a file, and nothing but a JPEG is taken.
"""

import hmac
import threading
from base64 import b64decode
from binascii import Error as Base64Error
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from camera.sources import Source, SourceFailedError
from clienteling.recognition.frames import Image
from clienteling.recognition.pictures import PictureError, PictureLimits, read_picture

MAX_BYTES: Final = 4 * 1024 * 1024
#: Larger than what cameras for rooms give (8 megapixels); a small file can claim far more.
_LIMITS: Final = PictureLimits(MAX_BYTES, 8_192, 16_000_000, ("JPEG",))
_CONNECTIONS: Final = 8
_SECONDS: Final = 5.0  # for one request; a slow sender must not hold a thread
_WAKE_SECONDS: Final = 0.2
_JPEG: Final = b"\xff\xd8"


class Push:
    """Takes pictures at an address; the newest replaces the one before."""

    def __init__(self, source: Source, stopping: threading.Event) -> None:
        """Listen at the source's host and port.

        Raises:
            SourceFailedError: the address cannot be listened at.
        """
        self._stopping = stopping
        self._arrived = threading.Condition()
        self._waiting: bytearray | None = None
        self._current = bytearray()
        host, _, port = source.value.strip("/").rpartition(":")
        try:
            self._server = _Server((host.strip("[]"), int(port)), self._put, source.secret)
        except OSError as error:
            raise SourceFailedError(
                "unreachable",
                f"Nothing can be taken at {source.value}: {error.strerror}. Choose a free port of "
                "this machine.",
            ) from error
        self.port: Final = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_WAKE_SECONDS,), daemon=True
        )
        self._thread.start()

    @property
    def at(self) -> float:
        return 0.0

    def grab(self) -> bool:
        with self._arrived:
            while self._waiting is None:
                if self._stopping.is_set():
                    return False
                self._arrived.wait(_WAKE_SECONDS)
            _overwrite(self._current)
            self._current, self._waiting = self._waiting, None
            return True

    def picture(self) -> Image | None:
        try:
            return read_picture(self._current, _LIMITS)
        except PictureError:
            return None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        with self._arrived:
            _overwrite(self._current)
            if self._waiting is not None:
                _overwrite(self._waiting)

    def _put(self, jpeg: bytearray) -> None:
        with self._arrived:
            if self._waiting is not None:
                _overwrite(self._waiting)
            self._waiting = jpeg
            self._arrived.notify()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], put: Any, token: str) -> None:
        self.put = put
        self.token = token.encode()
        self._places = threading.BoundedSemaphore(_CONNECTIONS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve it on a thread of its own; one too many is closed unheard."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks concerns nobody; the condition tells when pictures stay away."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SECONDS
    server_version = "camera"
    sys_version = ""

    def do_POST(self) -> None:
        status, words = self._take()
        self.close_connection = status != HTTPStatus.NO_CONTENT
        self.send_response(status)
        if status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    do_PUT = do_POST  # noqa: N815  # http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
        """Log nothing: an address or a name may hold the token."""

    def _take(self) -> tuple[HTTPStatus, str]:
        if not self._is_known():
            return HTTPStatus.UNAUTHORIZED, "Give this box's token as Bearer, or as the password."
        if self.headers.get_content_type() != "image/jpeg":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send one JPEG as the body (image/jpeg)."
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return HTTPStatus.LENGTH_REQUIRED, "Say how long the picture is (Content-Length)."
        if not 0 < int(length) <= MAX_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {MAX_BYTES} bytes."
        body = bytearray(int(length))
        if self.rfile.readinto(body) != len(body) or not body.startswith(_JPEG):
            _overwrite(body)
            return HTTPStatus.BAD_REQUEST, "That is no whole JPEG. Send the picture again."
        self.server.put(body)
        return HTTPStatus.NO_CONTENT, ""

    def _is_known(self) -> bool:
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                given = b64decode(given, validate=True).decode().partition(":")[2]
            except (Base64Error, UnicodeDecodeError):
                return False
        elif kind.lower() != "bearer":
            return False
        return hmac.compare_digest(given.encode(), self.server.token)


def _overwrite(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))
