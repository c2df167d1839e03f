"""Rendering the clip: the same bytes every time, people where the script says."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from clienteling.demo.clip import render
from clienteling.demo.script import Clip, load_clip
from clienteling.errors import StartError
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from tests.support.shops import shortened


@pytest.fixture(scope="module")
def clip() -> Clip:
    """Two visits of a second and a half: one person, and two beside each other."""
    visits = load_clip().visit
    alone, together = visits[0], next(v for v in visits if len(v.person) == 2)
    return shortened(
        load_clip(),
        alone.model_copy(update={"start": 0.5, "end": 3.5}),
        together.model_copy(update={"start": 4.0, "end": 7.0}),
    )


@pytest.fixture(scope="module")
def video(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(clip, tmp_path_factory.mktemp("clip") / "clip.avi")


def frame_at(video: Path, clip: Clip, second: float) -> Image:
    capture = cv2.VideoCapture(str(video))
    capture.set(cv2.CAP_PROP_POS_FRAMES, round(second * clip.fps))
    taken, frame = capture.read()
    capture.release()
    assert taken
    return np.asarray(frame, np.uint8)


def test_it_is_the_same_every_time(clip: Clip, video: Path, tmp_path: Path) -> None:
    again = render(clip, tmp_path / "again.avi")

    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    assert digest(again) == digest(video)


def test_it_has_the_size_and_the_length_of_the_script(clip: Clip, video: Path) -> None:
    capture = cv2.VideoCapture(str(video))
    width = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
    height = capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()

    assert [width, height] == list(clip.size)
    assert frames == round(clip.length * clip.fps)


@pytest.mark.parametrize(("second", "people"), [(0.1, 0), (2.0, 1), (3.7, 0), (5.5, 2)])
def test_people_stand_where_the_script_says(
    clip: Clip, video: Path, real_engine: Engine, second: float, people: int
) -> None:
    frame = frame_at(video, clip, second)

    faces = real_engine.detector.detect(frame)

    assert len(faces) == people
    near = [face for face in faces if face.box[3] >= 0.2 * clip.size[1]]
    assert len(near) == people


def test_a_missing_photograph_is_named(clip: Clip, tmp_path: Path) -> None:
    [first, *_] = clip.visit
    broken = shortened(clip, first.model_copy(update={"picture": ("z9",)}))

    with pytest.raises(StartError, match=r"z9\.jpg is missing or damaged"):
        render(broken, tmp_path / "clip.avi")


def test_a_file_that_cannot_be_written_is_named(clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="cannot be written"):
        render(clip, tmp_path / "no folder" / "clip.avi")
