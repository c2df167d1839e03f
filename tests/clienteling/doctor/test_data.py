"""`clienteling doctor --data`: what is missing, in words, each with what to do next."""

from pathlib import Path

from clienteling.doctor.data import look_at_data
from clienteling.service.readiness import Count, Lacking, Products, Readiness
from tests.support.people import join
from tests.support.shops import Command, make_home

NONE = Lacking(Count(0), Count(0))


def test_the_command_says_what_is_missing_and_what_to_do(command: Command, tmp_path: Path) -> None:
    home = make_home(tmp_path / "shop")
    join(home, likes=(), allergies=None)
    home.databases.close()

    done = command("doctor", "--data", "--json")
    assert done.code == 0
    said = {check["name"]: check for check in done.json["checks"]}
    assert said["products"]["state"] == "warn"
    assert said["products"]["todo"].startswith("clienteling import products")
    assert "fewer than 5" in said["tastes"]["says"]
    assert said["purchases"]["says"].endswith(": none.")
    assert done.json["counts"]["customers"] == {"number": None}
    assert "counting: products" in done.err


def test_where_nothing_is_missing_nothing_is_to_do() -> None:
    whole = Lacking(Count(0), Count(20))
    found = Readiness(Products(9, 0, 0), Count(30), whole, whole, whole, Count(10), 100.0)
    assert all(check.state == "ok" and not check.todo for check in look_at_data(found))


def test_each_thing_that_is_missing_has_something_to_do() -> None:
    some = Lacking(Count(7), Count(20))
    found = Readiness(Products(9, 2, 1), Count(0), some, some, NONE, Count(10), 40.0)
    checks = list(look_at_data(found))
    assert all(check.state == "warn" and check.todo for check in checks)
    assert "40 %" in checks[-1].says
