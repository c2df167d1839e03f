"""What `clienteling camera` builds: a living source is checked for prints and screens (R31)."""

from pathlib import Path
from typing import Any

import pytest

from clienteling.cli import main


@pytest.mark.parametrize(
    ("source", "more", "level"),
    [
        ("0", (), "passive"),
        ("rtsp://camera.example/live", (), "passive"),
        ("0", ("--attack-check", "off"), None),
        ("clip.avi", (), None),
        ("clip.avi", ("--attack-check", "passive"), "passive"),
    ],
)
def test_a_living_source_is_checked_and_a_file_when_asked(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    source: str,
    more: tuple[str, ...],
    level: str | None,
) -> None:
    built: list[Any] = []

    def run_box(box: Any, build: Any) -> int:
        built.append(build())
        return 0

    monkeypatch.setattr("camera.process.run_box", run_box)
    hub = ("--hub", "http://127.0.0.1:1", "--state", str(tmp_path))
    assert main(["camera", "--source", source, *hub, *more]) == 0
    (engine,) = built
    assert (engine.liveness.level if engine.liveness else None) == level
