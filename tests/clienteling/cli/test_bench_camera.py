"""`clienteling bench pipeline|cameras|memory`: no shop is needed, and the last line is JSON."""

from pathlib import Path

import pytest

from clienteling.demo.clip import render_three
from tests.support.shops import Command


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bench") / "three.avi"
    return render_three(target, (640, 360), stay=0.6, empty=0.2)


def test_the_pipeline_is_compared_with_the_reference(command: Command, clip: Path) -> None:
    done = command("bench", "pipeline", str(clip), "--seconds", "1", "--json")
    assert done.code == 0
    last = done.lines[-1]
    assert last["ratio"] == pytest.approx(last["fps"] / last["reference_fps"])
    assert last["size"] == [640, 360]


def test_cameras_are_counted(command: Command, clip: Path) -> None:
    done = command("bench", "cameras", str(clip), "--most", "1", "--seconds", "1", "--json")
    assert done.code == 0
    last = done.lines[-1]
    assert last["cameras"] in {0, 1}
    assert [load["cameras"] for load in last["loads"]] == [1]


@pytest.mark.parametrize("bench", ["pipeline", "cameras", "memory"])
def test_a_video_that_is_not_there_is_a_sentence(
    command: Command, bench: str, tmp_path: Path
) -> None:
    done = command("bench", bench, str(tmp_path / "absent.mp4"), "--json")
    assert done.code == 4
    assert "There is no file" in done.err
    assert "Traceback" not in done.err
