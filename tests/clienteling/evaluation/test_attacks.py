"""Attack checks, measured: error rates by kind, on clips that were made for it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from clienteling.cli import main
from clienteling.evaluation.attacks import checks_to_measure, evaluate_attacks, wilson
from clienteling.evaluation.clips import read_frames, write_clip
from clienteling.evaluation.handheld import show
from clienteling.recognition.engine import Engine
from tests.support.attacks import CARRIED_IN, shown
from tests.support.clips import PHOTOS, compose, scene
from tests.support.faces import photo


@pytest.fixture(scope="session")
def attack_set(tmp_path_factory: pytest.TempPathFactory, real_engine: Engine) -> Path:
    """Two attacks that the check knows and misses, somebody who stands there, and nobody."""
    folder = tmp_path_factory.mktemp("attacks")
    for kind in ("print_close", "cutout", "bona_fide"):
        (folder / kind).mkdir()
    for kind in ("print_close", "cutout"):
        write_clip(folder / kind / "a.avi", iter(shown(real_engine.detector, kind)), 10)
    compose(folder / "bona_fide" / "standing.avi", [scene(0.8, PHOTOS / "b1.jpg")])
    (folder / "bona_fide" / "nobody").mkdir()
    plain = photo("a1")[:64, :64].copy()
    plain.fill(120)
    for number in range(3):
        cv2.imwrite(str(folder / "bona_fide" / "nobody" / f"{number}.png"), plain)
    return folder


def test_error_rates_are_counted_by_kind(attack_set: Path, real_engine: Engine) -> None:
    said: list[str] = []

    [report] = evaluate_attacks(
        attack_set, checks_to_measure(None), real_engine.detector, said.append
    )

    assert report.check == "passive"
    assert report.apcer["print_close"].rate == 0.0
    assert report.apcer["cutout"].rate == report.apcer_worst == 1.0
    assert report.apcer["cutout"].interval == pytest.approx((0.21, 1.0), abs=0.01)
    assert (report.bpcer.rate, report.bpcer.presentations, report.bpcer.no_response) == (0, 1, 1)
    assert report.at_bpcer == {"0.01": None, "0.05": None, "0.1": None}
    assert said == ["4 of 4 clips"]


def test_the_command_reports_them(attack_set: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--attacks", str(attack_set), "--json"]) == 0

    [report] = json.loads(capsys.readouterr().out.splitlines()[-1])["attacks"]
    assert report["apcer"]["print_close"]["rate"] == 0.0
    assert report["bpcer"]["presentations"] == 1


@pytest.mark.parametrize(
    ("errors", "trials", "low", "high"),
    [(0, 20, 0.0, 0.161), (10, 20, 0.299, 0.701), (20, 20, 0.839, 1.0)],
)
def test_wilsons_interval_holds_at_the_ends(
    errors: int, trials: int, low: float, high: float
) -> None:
    """Newcombe 1998, table I has the method; the figures by its formula."""
    assert wilson(errors, trials) == pytest.approx((low, high), abs=0.001)


def test_a_set_is_built_from_photographs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], real_engine: Engine
) -> None:
    for name in ("a1", "b1"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "photos" / name / "1.jpg"), photo(name))
    out = tmp_path / "attacks"

    assert (
        main(
            [
                "build-attacks",
                str(out),
                "--photos",
                str(tmp_path / "photos"),
                "--people",
                "1",
                "--json",
            ]
        )
        == 0
    )

    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert made == {"print": 1, "print_close": 1, "cutout": 1, "phone": 1, "tablet": 1}
    for clip in out.rglob("*.avi"):
        frames = list(read_frames(clip))
        assert len(frames) == 24
        assert real_engine.detector.detect(frames[-1].image)


def test_the_same_seed_shows_the_same() -> None:
    flat = np.full((90, 60, 4), 255, np.uint8)
    one, two, other = (
        list(show([flat.copy()] * 3, CARRIED_IN, np.random.default_rng(seed))) for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("evaluate",), "--attacks DIR"),
        (("evaluate", "--attacks", "{missing}"), "no folder of <kind>/<clip>"),
        (("evaluate", "--attacks", "{empty}"), "holds no attacks"),
        (("evaluate", "--attacks", "{set}", "--attack-models", "{missing}"), "cannot be used"),
        (("build-attacks", "{set}", "--photos", "{empty}"), "is not empty"),
        (("build-attacks", "{missing}", "--photos", "{empty}"), "no photograph with one face"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    attack_set: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    (tmp_path / "empty").mkdir()
    places = {
        "set": str(attack_set),
        "empty": str(tmp_path / "empty"),
        "missing": str(tmp_path / "missing"),
    }

    assert main([argument.format(**places) for argument in arguments]) == 2
    assert words in capsys.readouterr().err
