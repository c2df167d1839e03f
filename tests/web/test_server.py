"""The real server: streams that flush and end, bodies that stay in memory, a port that is taken."""

import socket
import tempfile
import threading
import time
from pathlib import Path

import httpx
import pytest
from flask import Flask, request

from clienteling.errors import StartError
from clienteling.home import Home
from clienteling.service.stop import stop
from consent.log import ledger
from tests.support.edges import pair_edge
from tests.support.web import LiveHub, eventually
from web.app import MAX_BODY
from web.context import STREAMS
from web.server import HubServer


def read_events(live: LiveHub, path: str, headers: dict[str, str], count: int) -> list[str]:
    """Return the first events' names from a stream, and close it."""
    names: list[str] = []
    with httpx.stream("GET", live.url + path, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
            if len(names) == count:
                break
    return names


def test_a_camera_hears_of_a_stop_within_a_second(live: LiveHub) -> None:
    """The stop is written by another part of the program; the watcher finds it in the log."""
    edge = pair_edge(live.app.test_client(), live.home)
    headers = edge.sign("GET", "/edge/v1/events", b"", None)
    heard: list[float] = []

    # That its sign was attested is told first.
    with live.home.databases.identity.read() as identity:
        last = ledger.size(identity) - 1
    assert eventually(lambda: live.hub.watcher._seen >= last)

    def listen() -> None:
        assert read_events(live, "/edge/v1/events", headers, 2) == ["hello", "stop"]
        heard.append(time.monotonic())

    listener = threading.Thread(target=listen)
    listener.start()
    assert eventually(lambda: live.hub.bus.listeners("camera:door") == 1)
    begin = time.monotonic()
    stop(live.home.office, actor="user:1")
    listener.join(timeout=10)
    assert heard
    assert heard[0] - begin < 1.0


def test_a_stream_ends_soon_after_its_client_has_gone(live: LiveHub) -> None:
    edge = pair_edge(live.app.test_client(), live.home)
    headers = edge.sign("GET", "/edge/v1/events", b"", None)
    assert read_events(live, "/edge/v1/events", headers, 1) == ["hello"]
    assert eventually(lambda: live.hub.bus.listeners("camera:door") == 0, seconds=4)
    assert live.hub.streams._value == STREAMS


def test_with_every_place_taken_a_stream_is_refused_and_pages_still_answer(live: LiveHub) -> None:
    edge = pair_edge(live.app.test_client(), live.home)
    for _ in range(STREAMS):
        assert live.hub.streams.acquire(blocking=False)
    headers = edge.sign("GET", "/edge/v1/events", b"", None)
    assert httpx.get(f"{live.url}/edge/v1/events", headers=headers).status_code == 503
    assert httpx.get(live.url).status_code == 200


def test_no_request_body_is_spooled_to_disk(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: a picture on its way to the kiosk must not lie in a temporary file on the way."""
    opened: list[str] = []

    def refuse(*_args: object, **_options: object) -> object:
        opened.append("a temporary file")
        raise AssertionError("a temporary file was opened")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    monkeypatch.setattr("waitress.buffers.TempfileBasedBuffer._set_tempfile", refuse, raising=False)
    before = _temporary_files()
    for size in (1000, MAX_BODY - 1000, MAX_BODY + 1000, 3 * MAX_BODY):
        answer = httpx.post(f"{live.url}/edge/v1/ack", content=b"x" * size)
        assert answer.status_code in {401, 413}
    assert opened == []
    assert _temporary_files() == before


def _temporary_files() -> set[str]:
    """Return what this process holds open in the temporary folder, deleted files included."""
    folder = tempfile.gettempdir()
    links = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith(folder) and "(deleted)" in target:
            links.add(target)
    return links


def test_the_server_holds_a_whole_body_in_memory() -> None:
    """The settings that the test above relies on, by their numbers."""
    from web.server import _MAX_TAKEN, _SETTINGS  # noqa: PLC0415 - only here

    assert int(str(_SETTINGS["inbuf_overflow"])) > _MAX_TAKEN >= MAX_BODY


def test_a_body_beyond_the_limit_is_refused_with_a_sentence(live: LiveHub) -> None:
    answer = httpx.post(
        f"{live.url}/sign-in", content=b"x" * (MAX_BODY + 1), headers={"Accept": "text/html"}
    )
    assert answer.status_code == 413
    assert "Traceback" not in answer.text
    assert "<h1>" in answer.text


def test_multipart_is_refused(live: LiveHub) -> None:
    answer = httpx.post(f"{live.url}/sign-in", files={"photo": b"x"})
    assert answer.status_code == 415


def test_a_port_that_is_taken_is_said_in_a_sentence(app: Flask, shop: Home) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"cannot listen on 127\.0\.0\.1:{port}.*--port"):
            HubServer(app, host="127.0.0.1", port=port)


def test_closing_ends_open_streams(app: Flask, shop: Home) -> None:
    server = HubServer(app, host="127.0.0.1", port=0)
    server.start()
    edge = pair_edge(app.test_client(), shop)
    headers = edge.sign("GET", "/edge/v1/events", b"", None)
    with httpx.stream("GET", f"{server.url}/edge/v1/events", headers=headers) as answer:
        lines = answer.iter_lines()
        next(lines)
        begin = time.monotonic()
        server.close()
        for _ in lines:
            pass
    assert time.monotonic() - begin < 5


def test_the_log_is_watched_as_soon_as_it_is_started(live: LiveHub) -> None:
    assert live.hub.watcher.running


def test_health_is_ok_while_the_watcher_runs(live: LiveHub) -> None:
    answers = list[httpx.Response]()

    def is_well() -> bool:
        answers.append(httpx.get(f"{live.url}/health", headers={"Accept": "application/json"}))
        return answers[-1].status_code == 200

    assert eventually(is_well, 60)
    assert answers[-1].json()["ok"] is True
    assert answers[-1].json()["attack_check"] == "none"


def test_no_server_name_is_told(live: LiveHub) -> None:
    assert "server" not in httpx.get(live.url).headers


@pytest.mark.parametrize("proxy", [None, "127.0.0.1", "192.0.2.1"])
def test_who_asks_is_believed_of_the_proxy_that_was_named_only(
    app: Flask, proxy: str | None
) -> None:
    """Limits count addresses: whoever could write theirs would have no limit."""

    @app.before_request
    def tell() -> str:
        return f"{request.remote_addr} {request.scheme}"

    server = HubServer(app, host="127.0.0.1", port=0, proxy=proxy)
    server.start()
    headers = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"}
    try:
        said = httpx.get(f"{server.url}/health", headers=headers).text
    finally:
        server.close()
    believed = proxy == "127.0.0.1"
    assert said == ("203.0.113.9 https" if believed else "127.0.0.1 http")
