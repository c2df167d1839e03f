"""`clienteling bench log`: no shop is needed, nothing stays, and the last line is JSON."""

import pytest

from clienteling.evaluation.bench_log import lengths
from tests.support.shops import Command


def test_a_log_is_measured_at_growing_lengths_and_verified(command: Command) -> None:
    done = command("bench", "log", "--entries", "1200", "--json")
    assert done.code == 0
    last = done.lines[-1]
    assert [time["entries"] for time in last["log"]] == [1000, 1200]
    assert last["verify"]["ok"] is True
    assert last["verify"]["entries"] == 1200
    assert "of 1,200 verified" in done.err


def test_paths_are_as_long_as_the_tree_is_high(command: Command) -> None:
    done = command("bench", "log", "--entries", "300", "--json")
    [time] = done.lines[-1]["log"]
    assert time["hashes"] <= 10


@pytest.mark.parametrize("entries", ["199", "0", "many"])
def test_fewer_entries_than_are_measured_are_refused(command: Command, entries: str) -> None:
    done = command("bench", "log", "--entries", entries)
    assert done.code == 2
    assert "is not a number from 200" in done.err


def test_lengths_grow_tenfold_and_end_where_asked() -> None:
    assert lengths(1_000_000) == (1000, 10_000, 100_000, 1_000_000)
    assert lengths(2500) == (1000, 2500)
    assert lengths(300) == (300,)
