"""R28: an evaluation reports every rate that the requirement names, with intervals and by group.

The report of a real run over the demo's photographs is held against the list; a figure that is
dropped, an interval that is not one, or a group that is left out fails here.
"""

from dataclasses import asdict
from functools import partial
from itertools import product
from typing import Any

import pytest

from clienteling.evaluation.experiments import Asked
from clienteling.evaluation.extract import build_reader
from clienteling.evaluation.run import Inputs, evaluate
from tests.support.measuring import photo_folder

#: What each row must say besides its own place in the experiment.
_ROWS = {
    "open_set": {"gallery", "gallery_asked", "mix", "enrol", "probe_images", "fpir", "fpir_ci",
                 "threshold", "fnir", "fnir_ci", "strangers", "encoder"},
    "verification": {"enrol", "fmr", "threshold", "fnmr", "fnmr_ci", "encoder"},
    "groups": {"attribute", "threshold", "fmr_ratio", "fnmr_ratio", "rows", "encoder"},
}  # fmt: skip
_GROUP = {"value", "people", "fmr", "fmr_ci", "fnmr", "fnmr_ci", "hint"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("r28")
    people = photo_folder(folder / "people")
    groups = folder / "groups.tsv"
    groups.write_text("person\tgroup\nA\tx\nB\tx\nC\ty\nD\ty\n")
    asked = Asked((2,), (1,), (1,), (0.001,), splits=2, seed=1)
    build = partial(build_reader, "sface", reference=True)
    inputs = Inputs(people, "demo", groups=groups)
    said: list[str] = []
    return asdict(evaluate(inputs, asked, build, jobs=1, say=said.append).report)


@pytest.mark.xdist_group("dlib")
def test_every_rate_is_there_with_an_interval(report: dict[str, Any]) -> None:
    for system in (report, report["reference"]):
        for section, fields in _ROWS.items():
            assert system[section], section
            for row in system[section]:
                assert row.keys() >= fields
                for name in (name for name in fields if name.endswith("_ci")):
                    low, high = row[name]
                    rate = row[name.removesuffix("_ci")]
                    assert 0 <= low <= high <= 1
                    # Asked for, a rate need not lie among what four people can show.
                    assert rate is None or name == "fpir_ci" or low <= rate <= high
    assert report["transfer"]


@pytest.mark.xdist_group("dlib")
def test_every_group_is_there_and_small_ones_are_marked(report: dict[str, Any]) -> None:
    for system in (report, report["reference"]):
        for table in system["groups"]:
            assert [row["value"] for row in table["rows"]] == ["x", "y"]
            assert all(row.keys() >= _GROUP for row in table["rows"])
            assert all(row["hint"] for row in table["rows"])
            for row, rate in product(table["rows"], ("fmr", "fnmr")):
                if row[rate] is not None:
                    low, high = row[f"{rate}_ci"]
                    assert 0 <= low <= row[rate] <= high <= 1


@pytest.mark.xdist_group("dlib")
def test_failures_to_enrol_and_to_acquire_are_counted_by_reason(report: dict[str, Any]) -> None:
    assert report["failure_to_acquire"]["reasons"] == {"unreadable": 1}
    assert report["failure_to_enrol"]["refused"] >= 1
    assert report["detection"]["rate"] == report["reference"]["detection"]["rate"] == 1.0


@pytest.mark.xdist_group("dlib")
def test_the_baseline_ran_at_its_own_default_in_the_same_run(report: dict[str, Any]) -> None:
    assert report["reference"]["tolerance"] == 0.6
    assert {row["threshold"] for row in report["reference"]["open_set"]} == {0.6}
    assert {row["threshold"] for row in report["reference"]["verification"]} == {0.6}
