"""Pictures from a file, a USB camera or an RTSP stream, through OpenCV's FFmpeg.

There is no reconnect in this version: a device or stream that stops ends the process with a clear
message, and the service manager starts it again.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

# Before OpenCV opens anything: the libraries write to stderr what concerns nobody who reads it.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")

import cv2
import numpy as np

from clienteling.errors import ClientelingError, StartError, UsageError
from clienteling.recognition.frames import Frame, Image

_OPEN_TIMEOUT_MS = 5_000
_READ_TIMEOUT_MS = 5_000
_DEFAULT_FPS = 25.0


class SourceEndedError(ClientelingError):
    """A camera or stream stopped delivering pictures."""


class SourceKind(StrEnum):
    FILE = "file"
    DEVICE = "device"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Source:
    """Where pictures come from. `shown` may stand in a message: a stream's address holds secrets.

    Attributes:
        kind: What it is.
        value: The path, the device's number, or the stream's address.
        shown: How to name it to a person.
    """

    kind: SourceKind
    value: str
    shown: str

    def __repr__(self) -> str:
        return f"Source({self.kind}, {self.shown!r})"


def parse_source(text: str) -> Source:
    """Return the source that a command's argument names.

    Raises:
        UsageError: an address of another kind than rtsp:// or rtsps://.
    """
    if text.isdecimal():
        return Source(SourceKind.DEVICE, text, f"camera {text}")
    scheme, mark, _ = text.partition("://")
    if not mark:
        return Source(SourceKind.FILE, text, text)
    if scheme.lower() not in {"rtsp", "rtsps"}:
        raise UsageError("Streams are read by rtsp:// or rtsps:// only. Give one of these.")
    return Source(SourceKind.STREAM, text, f"the stream of {urlsplit(text).hostname or 'no host'}")


class Video:
    """An opened source: `grab` moves to the next picture, `picture` makes it.

    Between the two lies the reason: outside a window no picture is made at all.
    """

    def __init__(self, source: Source) -> None:
        """Open the source and move to its first picture.

        Raises:
            StartError: it is missing, empty, no video, or refuses.
        """
        self.source = source
        self._capture = _open(source)
        self._step = 1.0 / _fps(self._capture)
        self._first = self._capture.grab()
        self._at = 0.0
        if not self._first:
            self._capture.release()
            raise StartError(_no_picture(source))

    @property
    def at(self) -> float:
        """Clip seconds of the picture that was last grabbed; 0 for cameras and streams."""
        return self._at

    def grab(self) -> bool:
        """Move to the next picture; False at the end."""
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
        """Make the picture that was grabbed; the caller owns it and overwrites it after use."""
        taken, image = self._capture.retrieve()
        return np.asarray(image, np.uint8) if taken and image is not None else None

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
        raise StartError(_not_opened(source))
    return capture


def _check_file(source: Source) -> None:
    path = Path(source.value)
    if not path.is_file():
        raise StartError(f"There is no file {path}. Give the path of a video.")
    if path.stat().st_size == 0:
        raise StartError(f"{path} is empty. Give a video with at least one picture.")
    if not os.access(path, os.R_OK):
        raise StartError(f"{path} may not be read by this user. Change its permissions.")


def _not_opened(source: Source) -> str:
    if source.kind is SourceKind.FILE:
        return f"{source.shown} is not a video that can be read. Give an AVI, MP4 or MJPEG file."
    if source.kind is SourceKind.DEVICE:
        return (
            f"There is no {source.shown}, or another program uses it. Plug it in, close the other "
            "program, or give another number."
        )
    return (
        f"No answer from {source.shown}, or it refused. Check its address, name and password, and "
        "that this machine can reach it."
    )


def _no_picture(source: Source) -> str:
    if source.kind is SourceKind.FILE:
        return f"{source.shown} holds no picture. Give a video with at least one."
    return f"No picture came from {source.shown}. Check that nothing else uses it."


def _fps(capture: cv2.VideoCapture) -> float:
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if 0 < fps <= 1000 else _DEFAULT_FPS  # noqa: PLR2004  # a nonsense header
