"""Where pictures come from: a file, a USB camera, a stream (RTSP, MJPEG over HTTP), or a push.

Everything but a push is read through OpenCV's FFmpeg or Video4Linux. An address may hold a
password: `Source.shown` is the only part of it that may stand in a message.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

# Before OpenCV opens anything: the libraries write to stderr what concerns nobody who reads it.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")

import cv2

from camera.diagnose import why_closed
from clienteling.edge_protocol import SourceState
from clienteling.errors import ClientelingError, StartError, UsageError
from clienteling.recognition.frames import Frame, Image, is_picture

_OPEN_TIMEOUT_MS = 5_000
_READ_TIMEOUT_MS = 5_000
_DEFAULT_FPS = 25.0
_TOKEN_LENGTH = 16
_STREAMS = frozenset({"rtsp", "rtsps", "http", "https"})


class SourceKind(StrEnum):
    FILE = "file"
    DEVICE = "device"
    STREAM = "stream"
    PUSH = "push"


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from. `shown` may stand in a message: a stream's address holds secrets.

    Attributes:
        kind: What it is.
        value: The path, the device's number, the stream's address, or host:port of a push.
        shown: How to name it to a person.
        secret: The token that a push must carry.
    """

    kind: SourceKind
    value: str
    shown: str
    secret: str = ""

    def __repr__(self) -> str:
        return f"Source({self.kind}, {self.shown!r})"


class SourceFailedError(ClientelingError):
    """A camera or stream gives no pictures now; trying again later may help. `state` says why."""

    def __init__(self, state: SourceState, message: str) -> None:
        super().__init__(message)
        self.state: SourceState = state


class Pictures(Protocol):
    """An opened source: `grab` moves to the next picture, `picture` makes it.

    Between the two lies the reason: outside a window no picture is made at all, but for the
    occasional one that shows whether the lens sees anything.
    """

    @property
    def at(self) -> float:
        """Clip seconds of the picture that was last grabbed; 0 for cameras and streams."""

    def grab(self) -> bool:
        """Move to the next picture; False at the end."""

    def picture(self) -> Image | None:
        """Make the picture that was grabbed; the caller owns it and overwrites it after use."""

    def close(self) -> None:
        """Let go of the source."""


def parse_source(text: str, token: str = "") -> Source:
    """Return the source that a setting names; `token` is a push's.

    Raises:
        UsageError: an address of a kind that is not read, or without a host; a push without a token
            of at least 16 characters.
    """
    if text.isdecimal():
        return Source(SourceKind.DEVICE, text, f"camera {text}")
    scheme, mark, rest = text.partition("://")
    if not mark:
        return Source(SourceKind.FILE, text, text)
    scheme, host = scheme.lower(), _host(text)
    if scheme == "push":
        return _push(text, rest, token)
    if scheme not in _STREAMS:
        raise UsageError(
            "Streams are read by rtsp://, rtsps://, http:// or https://; pictures that a camera "
            "sends are taken at push://. Give one of these."
        )
    return Source(SourceKind.STREAM, text, f"the stream of {host}")


def has_password(text: str) -> bool:
    """Whether an address holds a name or password, which a command line would show to everybody."""
    authority = text.partition("://")[2].partition("/")[0]
    return "@" in authority


def _push(text: str, place: str, token: str) -> Source:
    shown = f"the camera that sends to port {_port(text)}"
    if len(token) < _TOKEN_LENGTH:
        raise UsageError(
            "A source push:// needs push_token_file: a file with a token of at least "
            f"{_TOKEN_LENGTH} characters, which the camera sends with its pictures."
        )
    return Source(SourceKind.PUSH, place, shown, token)


def _host(text: str) -> str:
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    if not host:
        raise UsageError("The camera's address names no host. Write it like rtsp://camera/stream.")
    return host


def _port(text: str) -> int:
    try:
        port = urlsplit(text).port
    except ValueError:
        port = None
    if port is None:
        raise UsageError("Write where pictures are taken like push://0.0.0.0:8090.")
    return port


class Video:
    """A file, camera or stream, opened by OpenCV."""

    def __init__(self, source: Source) -> None:
        """Open the source and move to its first picture.

        Raises:
            StartError: a file that is missing, empty or no video.
            SourceFailedError: a camera or stream that does not answer, refuses, or sends nothing.
        """
        self.source = source
        self._capture = _open(source)
        self._step = 1.0 / _fps(self._capture)
        self._first = self._capture.grab()
        self._at = 0.0
        if not self._first:
            self._capture.release()
            raise _no_picture(source)

    @property
    def at(self) -> float:
        return self._at

    def grab(self) -> bool:
        if self._first:
            self._first = False
            return True
        if not self._capture.grab():
            return False
        if self.source.kind is SourceKind.FILE:
            # A file whose time stamps stand still or go back is paced by its frame rate.
            stamped = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
            self._at = stamped if stamped > self._at else self._at + self._step
        return True

    def picture(self) -> Image | None:
        taken, image = self._capture.retrieve()
        return image if taken and is_picture(image) else None

    def close(self) -> None:
        self._capture.release()


def read_clip(path: Path) -> Iterator[Frame]:
    """Every picture of a file, as fast as they are taken; `at` is in clip seconds.

    Raises:
        StartError: the file is missing, empty or no video (before the first picture).
    """
    video = Video(Source(SourceKind.FILE, str(path), str(path)))
    try:
        number = 0
        while video.grab():
            image = video.picture()
            if image is not None:
                yield Frame(image, video.at, number)
            number += 1
    finally:
        video.close()


def _open(source: Source) -> cv2.VideoCapture:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    if source.kind is SourceKind.FILE:
        _check_file(source)
        capture = cv2.VideoCapture(source.value, cv2.CAP_FFMPEG)
    elif source.kind is SourceKind.DEVICE:
        capture = cv2.VideoCapture(int(source.value), cv2.CAP_ANY)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    else:
        limits = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS),
        ]
        capture = cv2.VideoCapture(source.value, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        raise _not_opened(source)
    return capture


def _check_file(source: Source) -> None:
    path = Path(source.value)
    if not path.is_file():
        raise StartError(f"There is no file {path}. Give the path of a video.")
    if path.stat().st_size == 0:
        raise StartError(f"{path} is empty. Give a video with at least one picture.")
    if not os.access(path, os.R_OK):
        raise StartError(f"{path} may not be read by this user. Change its permissions.")


def _not_opened(source: Source) -> ClientelingError:
    if source.kind is SourceKind.FILE:
        return StartError(
            f"{source.shown} is not a video that can be read. Give an AVI, MP4 or MJPEG file."
        )
    if source.kind is SourceKind.DEVICE:
        return SourceFailedError(
            "no_device",
            f"There is no {source.shown}, or another program uses it. Plug it in, close the other "
            "program, or give another number.",
        )
    return _failed(source, why_closed(source.value))


def _no_picture(source: Source) -> ClientelingError:
    if source.kind is SourceKind.FILE:
        return StartError(f"{source.shown} holds no picture. Give a video with at least one.")
    if source.kind is SourceKind.DEVICE:
        return _failed(source, "no_pictures")
    return _failed(source, why_closed(source.value))


_REASONS: dict[SourceState, str] = {
    "unreachable": "{} does not answer. Check its address, its power and the network.",
    "not_found": "{} is not there, though its host answers. Check the path in its address.",
    "refused": "{} refuses this name and password. Correct them in the configuration.",
    "wrong_codec": "{} is in a format that is not read. Set the camera to H.264, H.265 or MJPEG.",
    "no_pictures": "{} sends no pictures. Check the camera and that nothing else uses it.",
}


def _failed(source: Source, state: SourceState) -> SourceFailedError:
    text = _REASONS[state].format(source.shown)
    return SourceFailedError(state, text[0].upper() + text[1:])


def ended(source: Source) -> SourceFailedError:
    """Return what to say when a camera or stream that gave pictures stops."""
    return _failed(source, "no_pictures")


def _fps(capture: cv2.VideoCapture) -> float:
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if 0 < fps <= 1000 else _DEFAULT_FPS  # noqa: PLR2004  # a nonsense header
