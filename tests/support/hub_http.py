"""HTTP and server-sent events for the hub simulator, on localhost."""

import queue
import threading
from collections.abc import Callable
from datetime import datetime
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel

from clienteling.edge_protocol import LEASE_HEADER, PREFIX, ErrorCode, ErrorReply, encode_event
from consent.clock import stamp

if TYPE_CHECKING:
    from tests.support.hub_simulator import HubSimulator


class RefusalError(Exception):
    def __init__(self, code: ErrorCode, status: HTTPStatus) -> None:
        super().__init__(code)
        self.code: ErrorCode = code
        self.status = status


class HubServer(ThreadingHTTPServer):
    """Serves one simulator. After `stop`, connections that were kept alive are ended too."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, hub: "HubSimulator", port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.hub = hub
        self.stopped = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.stopped = True
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HubServer

    @property
    def hub(self) -> "HubSimulator":
        return self.server.hub

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        self._guard(self._get)

    def do_POST(self) -> None:
        self._guard(self._post)

    def _guard(self, act: Callable[[], None]) -> None:
        if self.server.stopped:  # a kept-alive connection to a hub that is gone
            self.close_connection = True
            return
        try:
            act()
        except RefusalError as error:
            self.hub.refusals.append(error.code)
            self._reply(
                error.status,
                ErrorReply(error=error.code, message=f"No: {error}.", hub_time=self.hub.now()),
            )
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _get(self) -> None:
        url = urlsplit(self.path)
        device_id = self.hub.check("GET", self.path, _plain(self.headers), b"")
        if url.path == f"{PREFIX}/events":
            self._stream()
            return
        asked = {name: int(values[0]) for name, values in parse_qs(url.query).items()}
        reply = self.hub.gallery(device_id, asked.get("have"), asked.get("log"))
        if isinstance(reply, datetime):
            self.send_response(HTTPStatus.NOT_MODIFIED)
            self.send_header(LEASE_HEADER, stamp(reply))
            self.end_headers()
        else:
            self._reply(HTTPStatus.OK, reply)

    def _post(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.removeprefix(PREFIX)
        if path == "/pair":
            self._reply(HTTPStatus.OK, self.hub.pair(body))
            return
        device_id = self.hub.check("POST", self.path, _plain(self.headers), body)
        self._reply(HTTPStatus.OK, self.hub.answer(path, device_id, body))

    def _reply(self, status: HTTPStatus, message: BaseModel | None) -> None:
        content = b"" if message is None else message.model_dump_json().encode()
        self.send_response(status if content else HTTPStatus.NO_CONTENT)
        self.send_header("Content-Type", "application/json")
        if content:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(b"retry: 1000\n\n")  # as the real hub begins
        events = self.hub.subscribe()
        try:
            while True:
                try:
                    event = events.get(timeout=1.0)
                except queue.Empty:
                    self.wfile.write(b": keep-alive\n\n")
                    continue
                if event is None:
                    return
                name, data = encode_event(event)
                self.wfile.write(f"event: {name}\ndata: {data}\n\n".encode())
        finally:
            self.hub.unsubscribe(events)


def _plain(headers: "Message[str, str]") -> dict[str, str]:
    """Names as the protocol writes them; a client may send them in lower case."""
    return {name.title(): value for name, value in headers.items()}
