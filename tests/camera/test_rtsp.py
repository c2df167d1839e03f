"""RTSP against a real server, GStreamer's: both codecs, refusals, a camera that loses power."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from camera.sources import SourceFailedError, Video, parse_source
from tests.support.cameras import StartCamera, Template, press_and_wait, until
from tests.support.clips import PHOTOS
from tests.support.hub_simulator import HubSimulator
from tests.support.rtsp import RtspCamera

pytestmark = pytest.mark.xdist_group("rtsp")
WHO = "shop:p%40ss%20word@"


@pytest.fixture(scope="module")
def rtsp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspCamera]:
    camera = RtspCamera(tmp_path_factory.mktemp("rtsp"), name="shop", password="p@ss word")
    camera.start()
    yield camera
    camera.stop()


@pytest.mark.parametrize("path", ["h264", "h265"])
def test_both_codecs_of_shop_cameras_are_read(rtsp: RtspCamera, path: str) -> None:
    video = Video(parse_source(rtsp.address(path, WHO)))
    assert all(video.grab() for _ in range(5))
    image = video.picture()
    video.close()
    assert image is not None
    assert image.shape == (480, 640, 3)
    assert image.std() > 20, "a face before a wall, not one colour"


@pytest.mark.parametrize(
    ("who", "path", "state"),
    [
        ("shop:wrong@", "h264", "refused"),
        ("", "h264", "refused"),
        (WHO, "nothing-here", "not_found"),
        (WHO, "sound", "wrong_codec"),
    ],
)
def test_a_stream_that_does_not_open_says_why(
    rtsp: RtspCamera, who: str, path: str, state: str
) -> None:
    with pytest.raises(SourceFailedError) as caught:
        Video(parse_source(rtsp.address(path, who)))
    assert caught.value.state == state
    assert "ss word" not in str(caught.value)


def test_a_customer_is_recognised_over_rtsp_also_after_the_camera_lost_its_power(
    hub: HubSimulator,
    template: Template,
    start_camera: StartCamera,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The whole service: press, sighting; the plug is pulled, named, put back; press, sighting."""
    hub.enrol("alias-a", template(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"))
    lens = RtspCamera(tmp_path, name="shop", password="secret-word")
    lens.start()
    camera = start_camera(lens.address("h264", "shop:secret-word@"))
    try:
        assert press_and_wait(hub).decision == "match"

        lens.stop()
        until(lambda: _told(hub) == "unreachable", 30)
        assert press_and_wait(hub, seconds=1.0).decision == "none"

        lens.start()
        until(lambda: _told(hub) == "ok", 30)
        assert press_and_wait(hub).decision == "match"
        camera.stop()
    finally:
        lens.stop()
    assert hub.aliases() == ["alias-a", "alias-a"]
    source = hub.healths[-1].source
    assert source is not None
    assert (source.width, source.height) == (640, 480)
    assert source.fps < 30, "the burst after connecting is no frame rate"
    told = f"{hub.healths} {camera.events} {caplog.text} {camera.config!r}"
    assert "secret-word" not in told
    assert [event["state"] for event in camera.events if event["event"] == "source"][-1] == "ok"


def test_a_camera_that_comes_up_after_its_box_is_found(
    hub: HubSimulator, start_camera: StartCamera, tmp_path: Path
) -> None:
    lens = RtspCamera(tmp_path)
    camera = start_camera(lens.address("h264"), wait=False)
    until(lambda: _told(hub) == "unreachable", 30)
    lens.start()
    until(lambda: camera.has("started"), 30)
    camera.stop()
    lens.stop()
    assert camera.error is None


def _told(hub: HubSimulator) -> str | None:
    source = hub.healths[-1].source if hub.healths else None
    return None if source is None else source.state
