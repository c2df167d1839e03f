"""A camera that serves Motion JPEG over HTTP, as many do; it can be switched off and on again."""

import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_INTERVAL = 0.05


class MjpegCamera:
    """Plays JPEGs round and round at `/live`; anything else is not there."""

    def __init__(self, pictures: Sequence[bytes], *, name: str = "", password: str = "") -> None:
        self.pictures = pictures
        self.expected = ""
        if name:
            self.expected = "Basic " + b64encode(f"{name}:{password}".encode()).decode()
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        self.on = True
        handler = type("Handler", (_Handler,), {"camera": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.on = False
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    camera: MjpegCamera

    def do_GET(self) -> None:
        if self.path not in {"/live", "/page"}:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif self.camera.expected not in {"", self.headers.get("Authorization", "")}:
            self.send_response(HTTPStatus.UNAUTHORIZED)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
        elif self.path == "/page":
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<p>Sign in to your camera.</p>")
        else:
            self._play()

    def _play(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        number = 0
        while self.camera.on:
            jpeg = self.camera.pictures[number % len(self.camera.pictures)]
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            try:
                self.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                return
            number += 1
            time.sleep(_INTERVAL)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        """Keep the test's output clean."""
