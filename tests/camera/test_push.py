"""A camera that sends its pictures by HTTP."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from camera.push import MAX_BYTES, Push
from camera.sources import SourceFailedError, parse_source
from clienteling.errors import UsageError
from tests.support.clips import PHOTOS, jpegs

TOKEN = "a-token-of-a-camera"
BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/jpeg"}


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    return jpegs((PHOTOS / "a1.jpg",), 2)


@pytest.fixture
def push() -> Iterator[Push]:
    stopping = threading.Event()
    push = Push(parse_source("push://127.0.0.1:0", TOKEN), stopping)
    yield push
    stopping.set()
    push.close()


def url(push: Push, path: str = "/") -> str:
    return f"http://127.0.0.1:{push.port}{path}"


def test_a_picture_that_was_sent_is_the_next_one(push: Push, pictures: list[bytes]) -> None:
    for method in ("POST", "PUT"):
        reply = httpx.request(method, url(push, "/cam/1.jpg"), content=pictures[0], headers=BEARER)
        assert reply.status_code == 204
        assert push.grab()
        image = push.picture()
        assert image is not None
        assert image.shape == (480, 640, 3)


def test_the_newest_picture_replaces_one_that_nobody_took(
    push: Push, pictures: list[bytes]
) -> None:
    for jpeg in pictures:
        httpx.post(url(push), content=jpeg, headers=BEARER)
    first = push._waiting
    assert first is not None
    assert bytes(first) == pictures[1]
    httpx.post(url(push), content=pictures[0], headers=BEARER)
    assert not any(first), "what was replaced is overwritten (R3)"


def test_a_camera_that_knows_names_and_passwords_only_gives_the_token_as_password(
    push: Push, pictures: list[bytes]
) -> None:
    reply = httpx.post(
        url(push),
        content=pictures[0],
        auth=("camera", TOKEN),
        headers={"Content-Type": "image/jpeg"},
    )
    assert reply.status_code == 204


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Authorization": "Bearer another-token-here"}, b"\xff\xd8", 401),
        ({"Authorization": "Basic !!"}, b"\xff\xd8", 401),
        ({"Authorization": ""}, b"\xff\xd8", 401),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"\xff\xd8", 415),
        ({"Content-Type": "image/png"}, b"\xff\xd8", 415),
        ({}, b"GIF89a", 400),
        ({}, b"", 413),
    ],
)
def test_what_is_no_picture_of_ours_is_refused_with_a_sentence(
    push: Push, headers: dict[str, str], body: bytes, status: int
) -> None:
    reply = httpx.post(url(push), content=body, headers=BEARER | headers)
    assert reply.status_code == status
    assert reply.text.endswith(".")
    assert push._waiting is None


@pytest.mark.parametrize(
    ("length", "status"), [(str(MAX_BYTES + 1), b"413"), ("1000", b"400"), ("many", b"411")]
)
def test_a_body_is_as_long_as_it_says_and_not_too_long(
    push: Push, length: str, status: bytes
) -> None:
    head = f"POST / HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: image/jpeg\r\n"
    with socket.create_connection(("127.0.0.1", push.port), timeout=10) as line:
        line.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + b"\xff\xd8 half")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(4096).split()[1] == status
    assert push._waiting is None


def test_a_damaged_jpeg_is_no_picture(push: Push, pictures: list[bytes]) -> None:
    at = pictures[0].index(b"\xff\xc0") + 5
    huge = pictures[0][:at] + (20_000).to_bytes(2, "big") * 2 + pictures[0][at + 4 :]
    for damaged in (b"\xff\xd8 no more", pictures[0][:-2], huge):
        httpx.post(url(push), content=damaged, headers=BEARER)
        assert push.grab()
        assert push.picture() is None


def test_waiting_ends_when_the_camera_stops(push: Push) -> None:
    push._stopping.set()
    assert push.grab() is False


def test_a_port_that_is_taken_is_a_sentence(push: Push) -> None:
    source = parse_source(f"push://127.0.0.1:{push.port}", TOKEN)
    with pytest.raises(SourceFailedError, match="Choose a free port"):
        Push(source, threading.Event())


@pytest.mark.parametrize(("text", "token"), [("push://0.0.0.0:8090", "short"), ("push://h", TOKEN)])
def test_a_push_needs_a_port_and_a_token(text: str, token: str) -> None:
    with pytest.raises(UsageError, match="push"):
        parse_source(text, token)
