"""`clienteling evaluate`, from the command line to the files, over the demo's photographs."""

import json
from pathlib import Path
from typing import Any

import pytest

from clienteling.cli import main
from clienteling.evaluation import plots
from tests.support.measuring import photo_folder

_ARGUMENTS = ("--gallery", "2", "100", "--enrol", "1", "2", "--probe-images", "1", "3")


def run(folder: Path, *arguments: str) -> int:
    return main(["evaluate", str(folder), *arguments, "--jobs", "1", "--splits", "3"])


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return photo_folder(tmp_path / "people")


@pytest.mark.xdist_group("dlib")
def test_the_report_holds_both_systems_and_what_did_not_take_part(
    people: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    groups = tmp_path / "groups.tsv"
    groups.write_text("person\tgroup\nA\tx\nB\tx\nC\ty\nD\ty\n")
    pairs = tmp_path / "pairs.txt"
    pairs.write_text("3\nA 1 2\nA 1 B 1\nA 1 D 9\n")
    out = tmp_path / "out"

    more = ("--groups", str(groups), "--pairs", str(pairs), "--out", str(out), "--json")
    assert run(people, *_ARGUMENTS, *more) == 0

    said = capfd.readouterr()
    report: dict[str, Any] = json.loads(said.out.splitlines()[-1])
    assert "7 of 7 photographs" in said.err
    assert (report["people"], report["photographs"]) == (4, 7)
    assert report["failure_to_acquire"]["reasons"] == {"unreadable": 1}
    assert report["detection"]["with_face"] == report["detection"]["photographs"] == 6
    # One man has three photographs: two enrolled leave one to search with.
    rows = {(row["gallery_asked"], row["enrol"]): row for row in report["open_set"]}
    assert rows[100, 2]["gallery"] == 2
    assert rows[100, 2]["mix"] == {"2": 1, "1": 1}
    assert (rows[100, 2]["fnir"], rows[100, 2]["mates"]) == (0.0, 1)
    assert {row["probe_images"] for row in report["open_set"]} == {1}
    assert any("fewer than two people have as many" in note for note in report["notes"])
    assert (report["pairs"]["genuine"], report["pairs"]["impostor"]) == (1, 1)
    assert report["pairs"]["missing"] == 1
    assert report["groups"][0]["rows"][0]["hint"] == "only 2 people: a hint, no measurement"
    reference = report["reference"]
    assert (reference["library"], reference["tolerance"]) == ("face_recognition", 0.6)
    assert reference["open_set"][0]["threshold"] == 0.6
    assert reference["detection"]["photographs"] == 6

    # Too few strangers: no calibration, and the report says why.
    assert "needs at least 999 strangers" in " ".join(report["notes"])
    assert {path.name for path in out.iterdir()} == {"report.json", "report.md"}
    assert "too few people for a curve" in said.err
    assert json.loads((out / "report.json").read_text("utf-8")) == report
    markdown = (out / "report.md").read_text("utf-8")
    assert "2 of 100 asked (1×2, 1×1)" in markdown
    assert "What this does not show" in markdown


def test_without_json_the_report_is_text_and_without_matplotlib_it_says_how_to_get_plots(
    people: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(plots, "find_spec", lambda _: None)
    exclude = tmp_path / "exclude.txt"
    exclude.write_text("D/D_0002.jpg\n")

    more = ("--exclude", str(exclude), "--no-reference", "--out", str(tmp_path / "out"))
    assert run(people, *_ARGUMENTS, "--fpir", "0.4", "--source", "demo", *more) == 0

    said = capfd.readouterr()
    assert said.out.startswith("# Evaluation")
    assert "demo. Encoder" in said.out
    assert "face_recognition" not in said.out
    assert plots.HOW_TO_GET_PLOTS in said.err
    assert not list((tmp_path / "out").glob("*.svg"))


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("--encoder", "other"), "Choose one of: sface, dlib", 4),
        (("--exclude", "none.txt"), "--exclude none.txt cannot be read", 2),
        (("--exclude", "people/A"), "cannot be read", 2),
        (("--groups", "none.tsv"), "--groups none.tsv cannot be read", 2),
        (("--pairs", "none.txt"), "--pairs none.txt cannot be read", 2),
        (("--out", "people/A/A_0001.jpg"), "--out people/A/A_0001.jpg cannot be written", 2),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    people: Path,
    arguments: tuple[str, ...],
    said: str,
    code: int,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(people.parent)

    assert run(people, "--no-reference", *arguments) == code

    printed = capfd.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_a_folder_without_faces_measures_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for person in ("A", "B"):
        (tmp_path / person).mkdir()
        (tmp_path / person / "x.jpg").write_bytes(b"nothing")

    assert run(tmp_path, "--no-reference") == 2
    assert "Fewer than two people have a usable photograph" in capfd.readouterr().err


def test_groups_of_nobody_in_the_folder_are_a_mistake(
    people: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    groups = tmp_path / "groups.tsv"
    groups.write_text("person\tage\nanother\t30\n")

    assert run(people, "--no-reference", "--groups", str(groups)) == 2
    assert "nobody in the folder has a value in age" in capfd.readouterr().err
