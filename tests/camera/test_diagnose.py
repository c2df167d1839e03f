"""What is made of a server's answer: names and passwords as RFC 2617 has them, and nonsense."""

import hashlib
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.request import parse_http_list, parse_keqv_list

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera.diagnose import why_closed

VIDEO = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
JPEG = "v=0\r\nm=video 0 RTP/AVP 26\r\n"
UNREAD = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 jpeg2000/90000\r\n"

Answer = Callable[[str], bytes]


@contextmanager
def server(answer: Answer) -> Iterator[int]:
    """Answer each request of one connection; `answer` gets its head."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with line, suppress(OSError):  # whoever asks may go at any time
                while head := line.recv(4096):
                    line.sendall(answer(head.decode()))
                    if not head.startswith(b"DESCRIBE"):
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]


def ok(sdp: str) -> bytes:
    head = f"RTSP/1.0 200 OK\r\nContent-Type: application/sdp\r\nContent-Length: {len(sdp)}"
    return f"{head}\r\n\r\n{sdp}".encode()


def header(head: str, name: str) -> str:
    lines = (line.partition(": ") for line in head.split("\r\n"))
    return next((value for key, _, value in lines if key == name), "")


def locked(challenge: str, is_right: Callable[[str], bool]) -> Answer:
    def answer(head: str) -> bytes:
        if is_right(header(head, "Authorization")):
            return ok(VIDEO)
        return f"RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n\r\n".encode()

    return answer


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def with_qop(given: str) -> bool:
    """RFC 2617, 3.2.2: the answer to a challenge with qop."""
    if not given.startswith("Digest "):
        return False
    said = parse_keqv_list(parse_http_list(given.removeprefix("Digest ")))
    a1, a2 = md5("shop:cam:p@ss"), md5(f"DESCRIBE:{said['uri']}")
    middle = f"{said['nonce']}:{said['nc']}:{said['cnonce']}:{said['qop']}"
    return said["response"] == md5(f"{a1}:{middle}:{a2}") and "@" not in said["uri"]


def with_basic(given: str) -> bool:
    return given == "Basic " + b64encode(b"shop:p@ss").decode()


@pytest.mark.parametrize(
    ("challenge", "is_right"),
    [
        ('Digest realm="cam", nonce="n1", qop="auth"', with_qop),
        ('Basic realm="cam"', with_basic),
    ],
)
def test_a_right_name_and_password_come_through(
    challenge: str, is_right: Callable[[str], bool]
) -> None:
    """The server lets us in, so the password is not what is wrong."""
    with server(locked(challenge, is_right)) as port:
        assert why_closed(f"rtsp://shop:p%40ss@127.0.0.1:{port}/live") == "no_pictures"
    with server(locked(challenge, is_right)) as port:
        assert why_closed(f"rtsp://shop:wrong@127.0.0.1:{port}/live") == "refused"


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (ok(VIDEO), "no_pictures"),
        (ok(JPEG), "no_pictures"),
        (ok(UNREAD), "wrong_codec"),
        (ok("v=0\r\nm=audio 0 RTP/AVP 0\r\n"), "wrong_codec"),
        (b"RTSP/1.0 403 Forbidden\r\n\r\n", "refused"),
        (b"RTSP/1.0 404 Not Found\r\n\r\n", "not_found"),
        (b"RTSP/1.0\r\n\r\n", "unreachable"),
        (b"HTTP/1.1 two hundred\r\n\r\n", "unreachable"),
        (b"SSH-2.0-OpenSSH_9.2\r\n" * 4000, "unreachable"),
    ],
)
def test_an_answer_has_its_meaning(reply: bytes, state: str) -> None:
    with server(lambda _: reply) as port:
        assert why_closed(f"rtsp://127.0.0.1:{port}/live") == state


@settings(max_examples=40)
@given(status=st.sampled_from(["RTSP/1.0 200 OK", "RTSP/1.0 401 No"]), tail=st.binary(max_size=200))
def test_no_answer_is_too_strange(status: str, tail: bytes) -> None:
    """Whatever a server says, it is one of the states, never an error."""
    reply = f"{status}\r\nContent-Length: 3\r\nWWW-Authenticate: ".encode() + tail + b"\r\n\r\nabc"
    answers = iter((reply,))
    with server(lambda _: next(answers, b"RTSP/1.0 401 No\r\n\r\n")) as port:
        state = why_closed(f"rtsp://shop:word@127.0.0.1:{port}/live")
    assert state in {"unreachable", "refused", "wrong_codec", "not_found", "no_pictures"}
