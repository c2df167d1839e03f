"""A receiver of webhooks on this machine: a real HTTP server that answers as a test says."""

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from standardwebhooks import Webhook

from tests.support.certificates import certificate


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> dict[str, Any]:
        """Return what it says, as a receiver with this secret takes it.

        Raises:
            WebhookVerificationError: this secret did not sign it.
        """
        return dict(Webhook(secret).verify(self.body, self.headers))


@dataclass
class Receiver:
    """What it heard, and what it answers.

    Attributes:
        status: Of its answers.
        extra: Further headers of its answers.
        length: Of the body that it answers with.
        open: Cleared: it does not answer until it is set.
        drip: Seconds between the bytes of the answer's head; 0: all at once.
    """

    url: str
    heard: list[Heard] = field(default_factory=list)
    status: int = 204
    extra: dict[str, str] = field(default_factory=dict)
    length: int = 0
    open: threading.Event = field(default_factory=threading.Event)
    drip: float = 0.0


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = cast(_Server, self.server).receiver
        size = int(self.headers["content-length"])
        names = {name.lower(): value for name, value in self.headers.items()}
        receiver.heard.append(Heard(self.path, names, self.rfile.read(size)))
        receiver.open.wait(20)
        if receiver.drip:
            self._drip(receiver.drip)
            return
        self.send_response(receiver.status)
        for name, value in receiver.extra.items():
            self.send_header(name, value)
        if receiver.length:
            self.send_header("content-length", str(receiver.length))
        self.end_headers()
        for _ in range(receiver.length):
            self.wfile.write(b"x")

    def _drip(self, seconds: float) -> None:
        for byte in b"HTTP/1.1 200 OK" + b" " * 1000:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(seconds)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, *_: object) -> None:
        pass  # whoever asked has gone


@contextmanager
def receiving(folder: Path | None = None) -> Iterator[Receiver]:
    """Run a receiver; with a folder by https, as `localhost`, vouched for by its `hook.crt`."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        scheme = "http"
        if folder is not None:
            vouching, key = certificate()
            (folder / "hook.crt").write_bytes(vouching)
            (folder / "hook.key").write_bytes(key)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "hook.crt", folder / "hook.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        server.receiver = Receiver(f"{scheme}://localhost:{server.server_port}")
        server.receiver.open.set()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.receiver
        finally:
            server.receiver.open.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving() as made:
        yield made
