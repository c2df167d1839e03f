"""One try: what is sent, to whom, for how long, and what is made of the answer."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from clienteling.egress import Place, only_to, place_of
from clienteling.errors import StartError
from clienteling.webhooks.sending import Answer, Failure, Sender
from tests.support.receiver import Receiver, receiving

HEADERS = {"webhook-id": "one"}


def test_it_is_a_post_and_its_status_comes_back(receiver: Receiver) -> None:
    answer = Sender()(f"{receiver.url}/hooks?shop=1", HEADERS, b"{}")

    assert answer == Answer(204)
    assert answer.is_success
    (heard,) = receiver.heard
    assert (heard.path, heard.id, heard.body) == ("/hooks?shop=1", "one", b"{}")
    assert heard.headers["host"] == receiver.url.removeprefix("http://")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
def test_everything_but_2xx_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert Sender()(receiver.url, HEADERS, b"{}") == Answer(status)
    assert not Answer(status).is_success
    assert Answer(status).result == str(status)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.extra = 307, {"location": elsewhere.url}
        Sender()(receiver.url, HEADERS, b"{}")
        assert not elsewhere.heard


def test_the_body_of_an_answer_is_not_read(receiver: Receiver) -> None:
    receiver.status, receiver.length = 200, 50_000_000
    began = time.monotonic()
    assert Sender()(receiver.url, HEADERS, b"{}").is_success
    assert time.monotonic() - began < 5


def test_who_does_not_answer_is_not_waited_for(receiver: Receiver) -> None:
    receiver.open.clear()
    assert Sender(deadline=0.2)(receiver.url, HEADERS, b"{}").failure is Failure.TIMEOUT


def test_who_drips_is_cut_off(receiver: Receiver) -> None:
    """Each byte comes in time, all of them never."""
    receiver.drip = 0.02
    began = time.monotonic()
    answer = Sender(deadline=0.3)(receiver.url, HEADERS, b"{}")
    assert answer.failure is Failure.TIMEOUT
    assert time.monotonic() - began < 5


def test_who_asks_for_patience_gets_it(receiver: Receiver) -> None:
    receiver.status, receiver.extra = 503, {"retry-after": "120"}
    assert Sender()(receiver.url, HEADERS, b"{}").wait == timedelta(seconds=120)

    at = datetime.now(UTC) + timedelta(hours=1)
    receiver.extra = {"retry-after": format_datetime(at, usegmt=True)}
    wait = Sender()(receiver.url, HEADERS, b"{}").wait
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)

    for nonsense in ("soon", "-5", "Wed, 01 Jan 2020 00:00:00 GMT", "Wed, 99 Foo"):
        receiver.extra = {"retry-after": nonsense}
        assert Sender()(receiver.url, HEADERS, b"{}").wait == timedelta()


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert Sender()(url, HEADERS, b"{}").failure is Failure.CONNECT


def test_what_speaks_no_http_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
        assert Sender(deadline=0.2)(url, HEADERS, b"{}").failure is not None


def test_https_to_a_name_that_its_authority_vouches_for(tmp_path: Path) -> None:
    """The connection goes to a number; the certificate must be the name's all the same."""
    with receiving(tmp_path) as receiver:
        sender = Sender(tmp_path / "hook.crt")
        assert sender(f"{receiver.url}/hooks", HEADERS, b"{}").is_success
        assert len(receiver.heard) == 1

        other_name = receiver.url.replace("localhost", "127.0.0.1")
        assert sender(other_name, HEADERS, b"{}").failure is Failure.CONNECT
        assert Sender()(receiver.url, HEADERS, b"{}").failure is Failure.CONNECT
        assert len(receiver.heard) == 1


def test_a_certificate_file_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "hook.crt").write_text("nothing")
    for file in ("hook.crt", "missing.crt"):
        with pytest.raises(StartError, match="certificate file"):
            Sender(tmp_path / file)


def _leads_to(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> list[str]:
    """Let every name lead to these numbers; returns what is looked up."""
    asked: list[str] = []
    really = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kind: Any) -> list[Any]:
        asked.append(host)
        if host[0].isdigit():
            return really(host, port, *args, **kind)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "240.0.0.1"],  # noqa: S104
)
def test_a_name_that_leads_where_no_receiver_is_is_not_followed(
    number: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers for the name cannot make this hub talk to itself, or to a cloud's secrets."""
    _leads_to(monkeypatch, number)
    url = receiver.url.replace("localhost", "erp.example")
    assert Sender()(url, HEADERS, b"{}").failure is Failure.ADDRESS
    assert not receiver.heard


def test_a_name_is_looked_up_once_and_the_next_number_is_tried(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the check and the connection nobody can change the number."""
    asked = _leads_to(monkeypatch, "127.0.0.9", "127.0.0.1")
    assert Sender()(receiver.url, HEADERS, b"{}").is_success
    assert asked == ["localhost", "127.0.0.9", "127.0.0.1"]


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert Sender()("https://erp.example", HEADERS, b"{}").failure is Failure.UNKNOWN_HOST


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # its socket
def test_what_the_configuration_does_not_name_hears_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R42, below everything else: both the look-up and the connection are refused."""
    with only_to(()):
        assert Sender()("https://192.0.2.1/", HEADERS, b"{}").failure is Failure.EGRESS
        assert Sender()("https://erp.example/", HEADERS, b"{}").failure is Failure.EGRESS
    with only_to((Place("192.0.2.7", 443, "webhooks.to"), place_of("https://erp.example", "x"))):
        assert Sender()("https://192.0.2.1/", HEADERS, b"{}").failure is Failure.EGRESS
