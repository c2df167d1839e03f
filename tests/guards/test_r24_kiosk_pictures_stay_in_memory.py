"""R3 and R24 at the kiosk: through the real server, no frame or photograph reaches a file."""

import sys
import tempfile
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent.purposes import Purpose
from tests.support import webcam
from tests.support.kiosk import (
    EVERYTHING,
    detecting_engine,
    good_views,
    only_subject,
    standing,
    walk,
)
from tests.support.web import LiveHub, pair

_COOKIES = ("device_kiosk", "session")
_WRITES = ("w", "a", "x", "+")


class _Opened:
    """Every file that this process opens for writing while the test looks (SQLite's own excepted:
    it opens them in C, and their content is searched by test_r3_nothing_of_a_face_stays)."""

    def __init__(self) -> None:
        self.looking = False
        self.files: list[str] = []

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.looking:
            return
        if event.startswith("tempfile."):
            self.files.append(f"{event} {arguments}")
        elif event == "open":
            path, mode, flags = (*arguments, None, None, None)[:3]
            writes = any(mark in str(mode) for mark in _WRITES) if mode else int(flags or 0) & 3  # type: ignore[call-overload]
            if writes and not str(path).startswith("/dev/") and not _is_memory_of_endings(path):
                self.files.append(str(path))


def _is_memory_of_endings(path: object) -> bool:
    """Whether it is the log's newest checkpoint, which the watcher notes meanwhile, and its lock.

    A number is a file that was opened by its name before, and was heard then.
    """
    return isinstance(path, int) or Path(str(path)).name in {".log.tip.new", ".endings.log.lock"}


_OPENED = _Opened()
sys.addaudithook(_OPENED.hear)  # a hook cannot be removed; it is deaf outside of the test


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def opened() -> Iterator[_Opened]:
    _OPENED.files = []
    _OPENED.looking = True
    yield _OPENED
    _OPENED.looking = False


def test_the_listener_hears_a_spooled_body(temporary: Path, opened: _Opened) -> None:
    """The guard itself: a body that is spooled would be heard."""
    with tempfile.TemporaryFile() as spooled:
        spooled.write(b"x")
    assert opened.files


def test_frames_and_captures_touch_no_file(
    live: LiveHub, shop: Home, temporary: Path, opened: _Opened
) -> None:
    opened.looking = False
    client = live.app.test_client()
    pair(client, "kiosk")
    customer = walk(client)
    customer.walk(EVERYTHING)
    cookies = {one.key: one.value for one in map(client.get_cookie, _COOKIES) if one is not None}
    headers = {"X-CSRFToken": customer.token, "Accept": "application/json"}
    with httpx.Client(base_url=live.url, cookies=cookies, headers=headers, timeout=60) as kiosk:
        opened.looking = True
        path = urlsplit(customer.at).path
        heavy = webcam.jpeg(webcam.scene(), quality=100)
        answers = [_post(kiosk, f"{path}/frame", heavy, "image/jpeg")]
        views = good_views()
        answers.append(_post(kiosk, f"{path}/capture", views, "application/octet-stream"))
        opened.looking = False
    assert [answer.status_code for answer in answers] == [200, 200]
    assert opened.files == []
    assert list(temporary.iterdir()) == []
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))


def test_no_picture_outlives_its_request(live: LiveHub) -> None:
    """After the capture no thread of the hub holds a session with a picture in it."""
    client = live.app.test_client()
    pair(client, "kiosk")
    customer = walk(client)
    customer.walk(EVERYTHING)
    assert customer.capture(good_views()).status_code == 200
    session = live.app.extensions["clienteling.kiosk"]._sessions[customer.at.rpartition("/")[2]]
    kept = [
        getattr(session, name)
        for cls in type(session).__mro__
        for name in getattr(cls, "__slots__", ())
    ]
    assert not any(
        isinstance(one, bytes | bytearray | memoryview) or hasattr(one, "dtype") for one in kept
    )
    assert threading.active_count() < 200


def _post(kiosk: httpx.Client, path: str, body: bytes, kind: str) -> httpx.Response:
    return kiosk.post(path, content=body, headers={"Content-Type": kind})


def test_a_form_that_would_be_spooled_to_a_disk_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/kiosk/session",
        data={"photo": (BytesIO(b"jpeg"), "a.jpg")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 415
