"""Serving the hub: waitress, threads for event streams, and no request body on disk.

docs/decisions/0040 says why waitress, 0042 how streams end.
"""

import signal
import socket
import sys
import threading
from contextlib import nullcontext, suppress
from types import FrameType
from urllib.parse import urlsplit

from flask import Flask
from waitress.server import BaseWSGIServer, create_server
from waitress.wasyncore import close_all

from clienteling.edge_protocol import EdgePolicy
from clienteling.errors import RefusedError, StartError
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.region import edge_policy
from clienteling.service.mqtt import MqttEntrance
from consent.region.policy import Admission
from web.app import MAX_BODY, create_app
from web.context import EXTENSION, Hub

THREADS = 48

#: Above this waitress answers 413 by itself, between it and MAX_BODY the pages do, with a sentence.
_MAX_TAKEN = 8 * MAX_BODY

_SETTINGS: dict[str, object] = {
    "threads": THREADS,
    "max_request_body_size": _MAX_TAKEN,
    # Bodies and answers stay in memory: waitress spools to disk what exceeds these (R3).
    "inbuf_overflow": 4 * _MAX_TAKEN,
    "outbuf_overflow": 128 * 1024 * 1024,
    "channel_request_lookahead": 1,  # so that a stream learns that its client has gone
    "clear_untrusted_proxy_headers": True,
    "expose_tracebacks": False,
    "ident": "",
}

#: The last proxy's word only: what came before it, anybody can write.
_BEHIND_A_PROXY: dict[str, object] = {
    "trusted_proxy_count": 1,
    "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
}


class HubServer:
    """A hub that listens: the web server and what runs beside it, started and ended together."""

    def __init__(self, app: Flask, *, host: str, port: int, proxy: str | None = None) -> None:
        """Take the port; port 0 takes any that is free.

        Args:
            app: What answers.
            host: Where to listen.
            port: At which port.
            proxy: The address of a proxy whose word about who asks is believed.

        Raises:
            StartError: the port is taken or may not be used.
        """
        self.app = app
        self.hub: Hub = app.extensions[EXTENSION]
        self._server = _listen(app, host, port, proxy)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.effective_port}"
        self._thread: threading.Thread | None = None
        self._serving = threading.Event()

    def start(self) -> None:
        """Serve in a thread; the log is watched when this returns."""
        self._thread = threading.Thread(target=self.run, name="hub", daemon=True)
        self._thread.start()
        self._serving.wait(timeout=15)

    def run(self) -> None:
        """Serve until `close`."""
        self.hub.watcher.start()
        self.hub.directory.start()
        self.hub.suggestions.learner.start()
        self.hub.courier.start()
        self._serving.set()
        try:
            self._server.run()
        finally:
            self.hub.bus.close()
            self.hub.courier.stop()
            self.hub.directory.stop()
            self.hub.suggestions.learner.stop()
            self.hub.watcher.stop()

    def close(self) -> None:
        """End: streams first, then answers under way, then the sockets."""
        self.hub.bus.close()
        self._server.task_dispatcher.shutdown()
        if self._serving.is_set():
            # In the loop's own thread: taking its sockets away from another one breaks its select.
            with suppress(OSError):  # it ended meanwhile, and took its sockets with it
                self._server.trigger.pull_trigger(self._close_sockets)
        else:
            self._close_sockets()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def _close_sockets(self) -> None:
        self._serving.clear()
        close_all(self._server._map, ignore_all=True)  # noqa: SLF001 - waitress has no public end


def serve(home: Home, admitted: Admission, engine: Engine, *, port: int) -> int:
    """Serve a shop until it is interrupted; returns the command's exit code.

    Raises:
        RefusedError: the policy was not admitted for live cameras.
        StartError: the port is taken.
    """
    policy = live_policy(admitted, engine, challenge=home.config.recognition.challenge)
    listen = home.config.hub
    outside = urlsplit(home.config.processing.address).hostname
    hosts = (listen.host, *listen.names, *((outside,) if outside else ()))
    app = create_app(home, engine, policy=policy, hosts=hosts)
    proxy = None if listen.proxy is None else str(listen.proxy)
    server = HubServer(app, host=listen.host, port=port, proxy=proxy)
    mqtt = home.config.mqtt
    hub = server.hub
    entrance = MqttEntrance(mqtt, hub.presses, hub.windows) if mqtt else nullcontext()
    _end_on_signal(server)
    sys.stderr.write(f"clienteling: {server.url} ({home.config.store.name})\n")
    with entrance:
        server.run()
    return 0


def live_policy(admitted: Admission, engine: Engine, *, challenge: bool) -> EdgePolicy:
    """Return what cameras may do here, live.

    Raises:
        RefusedError: the policy was admitted for files only.
        StartError: a challenge is wanted where nobody presses.
    """
    if not admitted.live:
        raise RefusedError(f"The policy {admitted.policy.value} was admitted for files only.")
    model_id, *also = (encoder.model_id for encoder in engine.encoders)
    return edge_policy(admitted, model_id, live=True, also=tuple(also), challenge=challenge)


def _listen(app: Flask, host: str, port: int, proxy: str | None) -> BaseWSGIServer:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)  # at once: two hubs that only bind would not notice each other
    except OSError as error:
        listener.close()
        raise StartError(
            f"The hub cannot listen on {host}:{port} ({error.strerror or error}). End what uses "
            "that port, or choose another with --port."
        ) from error
    trusted = {} if proxy is None else {"trusted_proxy": proxy, **_BEHIND_A_PROXY}
    return create_server(app, sockets=[listener], **_SETTINGS, **trusted)


def _end_on_signal(server: HubServer) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.close, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
