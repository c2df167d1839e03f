"""`clienteling bench large`: a shop is loaded by the imports, whole, and used; nothing stays."""

import tempfile
from pathlib import Path

import pytest

from tests.support.shops import Command


def test_a_small_shop_is_loaded_started_and_asked(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = ("--customers", "40", "--products", "30", "--lines", "400")
    mine = tmp_path / "temporary"  # other tests leave theirs beside it for a moment
    mine.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(mine))
    done = command("bench", "large", *sizes, "--json")

    assert done.code == 0
    found = done.lines[-1]
    loaded = {part["what"]: part["number"] for part in found["loaded"]}
    assert loaded == {"customers": 40, "products": 30, "consents": 40, "lines of purchases": 400}
    assert found["lines"] == 400
    assert all(part["seconds"] > 0 for part in found["loaded"])
    assert len(found["used"]["starts"]) == 3
    assert all(0 < one["p50_ms"] <= one["p95_ms"] for one in found["used"]["uses"])
    assert found["databases_mb"] > 0
    assert list(mine.iterdir()) == []


def test_it_is_said_for_people_too(command: Command) -> None:
    done = command("bench", "large", "--customers", "20", "--products", "20", "--lines", "60")
    assert "20 customers" in done.out
    assert "search by name" in done.out
    assert "MB on disk" in done.out


@pytest.mark.parametrize("customers", ["19", "0", "many"])
def test_too_few_to_measure_are_refused(command: Command, customers: str) -> None:
    assert command("bench", "large", "--customers", customers).code == 2
