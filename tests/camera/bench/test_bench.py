"""The benches measure what they say; how fast this machine is, no test asserts."""

from pathlib import Path

import pytest

from camera.bench.cameras import Load, bench_cameras, search_most
from camera.bench.gallery import OTHERS, enrol, find_crowd, read_frames
from camera.bench.memory import bench_memory
from camera.bench.pipeline import bench_pipeline
from clienteling.demo.clip import render_three
from clienteling.errors import StartError
from clienteling.recognition.engine import Engine
from tests.support.clips import compose, empty


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bench") / "three.avi"
    return render_three(target, (960, 540), stay=1.0, empty=1.2)


def test_the_composed_clip_shows_three_people_who_are_found(engine: Engine, clip: Path) -> None:
    frames = read_frames(clip)
    counts = [len(engine.detector.detect(frame.image)) for frame in frames]
    assert counts == [3] * 10 + [0] * 12


def test_all_but_one_are_enrolled_among_many_others(engine: Engine, clip: Path) -> None:
    crowd = find_crowd(engine, read_frames(clip))
    assert (len(crowd.faces), len(crowd.enrolled)) == (3, 2)
    assert len(enrol(engine, crowd)) == 2 + OTHERS


def test_a_clip_without_a_face_is_a_sentence(engine: Engine, tmp_path: Path) -> None:
    clip = compose(tmp_path / "empty.avi", [empty(0.3)])
    with pytest.raises(StartError, match="no face"):
        bench_pipeline(clip, engine, 0.0)


def test_the_pipeline_is_measured_with_its_decisions(engine: Engine, clip: Path) -> None:
    """One turn of the clip: everybody is decided about."""
    calls = engine.encoder.meter.calls
    found = bench_pipeline(clip, engine, 0.0)
    assert (found.frames, found.reference_frames) == (22, 1)
    assert found.decided == sum(found.decisions.values()) == 3
    assert 2 * 3 < found.encoded < engine.encoder.meter.calls - calls
    assert found.ratio == pytest.approx(found.fps / found.reference_fps)
    assert found.ms == pytest.approx(1000 / found.fps)
    assert (found.size, found.gallery) == ((960, 540), 2 + OTHERS)
    assert None not in {found.decision_seconds, found.frames_waited, found.decision_ratio}


def test_cameras_are_driven_until_one_number_is_too_many() -> None:
    tried = []

    def measure(number: int) -> Load:
        tried.append(number)
        return Load(number, 0.0 if number <= 11 else 0.5, 0.1, 0)

    loads = search_most(64, measure)
    assert tried == [1, 2, 4, 8, 16, 12, 10, 11]
    assert [load.cameras for load in loads] == tried
    assert max(load.cameras for load in loads if load.carried) == 11


@pytest.mark.parametrize(("carries", "tried"), [(0, [1]), (5, [1, 2, 4, 5]), (9, [1, 2, 4, 5])])
def test_no_more_cameras_are_tried_than_asked_for(carries: int, tried: list[int]) -> None:
    loads = search_most(5, lambda number: Load(number, float(number > carries), 0.1, 0))
    assert [load.cameras for load in loads] == tried


def test_a_camera_decodes_and_encodes(engine: Engine, clip: Path) -> None:
    found = bench_cameras(clip, engine, 1, 0.5)
    [load] = found.loads
    assert load.cameras == 1
    assert load.encoded > 0
    assert (found.fps, found.size) == (10, (960, 540))


def test_a_camera_that_fails_ends_the_bench(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="no file"):
        bench_cameras(tmp_path / "absent.avi", engine, 1, 0.5)


def test_memory_is_read_after_each_turn(engine: Engine, clip: Path) -> None:
    seen: list[float] = []
    found = bench_memory(clip, engine, 0.074, lambda _, megabytes: seen.append(megabytes), 0.037)
    assert (found.frames, len(seen)) == (44, 3)  # one turn to warm up, and two
    # Customers who come back at once are on the same visit; the stranger is a new one each time.
    assert found.decided == 2
    assert (found.warm_mb, found.end_mb) == (seen[0], seen[2])
    assert found.growth == pytest.approx(seen[2] / seen[0] - 1)
