from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from camera.sources import SourceFailedError, SourceKind, Video, parse_source, read_clip
from clienteling.errors import StartError, UsageError
from tests.support.clips import PHOTOS, compose, empty, jpegs, scene
from tests.support.mjpeg import MjpegCamera


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0", SourceKind.DEVICE),
        ("clip.avi", SourceKind.FILE),
        ("/srv/a clip.avi", SourceKind.FILE),
        ("rtsp://cam.example/live", SourceKind.STREAM),
        ("rtsps://cam.example/live", SourceKind.STREAM),
        ("http://cam.example/live.mjpg", SourceKind.STREAM),
    ],
)
def test_a_source_is_what_it_looks_like(text: str, kind: SourceKind) -> None:
    assert parse_source(text).kind is kind


def test_other_streams_are_a_usage_error() -> None:
    for text in ("ftp://cam.example/live", "rtsp://", "rtsp://[half/live"):
        with pytest.raises(UsageError, match="rtsp"):
            parse_source(text)


def test_a_streams_password_is_in_no_message() -> None:
    source = parse_source("rtsp://user:secret@127.0.0.1:9/live")
    with pytest.raises(
        SourceFailedError, match=r"The stream of 127\.0\.0\.1 does not answer"
    ) as caught:
        Video(source)
    assert caught.value.state == "unreachable"
    assert "secret" not in f"{source!r} {caught.value}"


def test_every_frame_of_a_clip_carries_its_clip_second(tmp_path: Path) -> None:
    clip = compose(tmp_path / "c.avi", [empty(0.5), scene(0.5, PHOTOS / "a1.jpg")], fps=10)
    frames = list(read_clip(clip))
    assert [frame.number for frame in frames] == list(range(10))
    assert [frame.at for frame in frames] == pytest.approx([n / 10 for n in range(10)])
    assert all(frame.image.shape == (480, 640, 3) for frame in frames)


def test_every_frame_has_a_picture_of_its_own(tmp_path: Path) -> None:
    """Overwriting one frame must not touch another one."""
    clip = compose(tmp_path / "c.avi", [scene(0.3, PHOTOS / "a1.jpg")], fps=10)
    first, second, _ = read_clip(clip)
    first.image.fill(0)
    assert np.any(second.image)


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "There is no file"), (b"", "is empty"), (b"no video" * 999, "is not a video")],
)
def test_a_file_that_is_no_video_is_a_sentence(
    tmp_path: Path, content: bytes | None, why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clip.avi"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StartError, match=why):
        next(read_clip(path))
    assert capfd.readouterr().err == ""


def test_a_video_without_a_picture_is_a_sentence(tmp_path: Path) -> None:
    path = compose(tmp_path / "c.avi", [])
    with pytest.raises(StartError, match="holds no picture"):
        next(read_clip(path))


def test_an_absent_camera_is_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceFailedError, match="There is no camera 63"):
        Video(parse_source("63"))
    assert capfd.readouterr().err == ""


@pytest.fixture
def mjpeg() -> Iterator[MjpegCamera]:
    camera = MjpegCamera(jpegs((PHOTOS / "a1.jpg",)), name="shop", password="p@ss word")
    camera.start()
    yield camera
    camera.stop()


def test_motion_jpeg_over_http_is_read(mjpeg: MjpegCamera) -> None:
    video = Video(parse_source(f"http://shop:p%40ss%20word@127.0.0.1:{mjpeg.port}/live"))
    assert video.grab()
    image = video.picture()
    video.close()
    assert image is not None
    assert image.shape == (480, 640, 3)


@pytest.mark.parametrize(
    ("name", "path", "state"),
    [
        ("shop:wrong@", "live", "refused"),
        ("", "live", "refused"),
        ("shop:p%40ss%20word@", "other", "not_found"),
        ("shop:p%40ss%20word@", "page", "wrong_codec"),
    ],
)
def test_a_stream_that_does_not_open_says_why(
    mjpeg: MjpegCamera, name: str, path: str, state: str
) -> None:
    with pytest.raises(SourceFailedError, match=r"The stream of 127\.0\.0\.1") as caught:
        Video(parse_source(f"http://{name}127.0.0.1:{mjpeg.port}/{path}"))
    assert caught.value.state == state
    assert "ss word" not in str(caught.value)
