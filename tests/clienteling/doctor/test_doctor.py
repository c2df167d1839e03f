"""`clienteling doctor` names what is wrong, and is content with what is not."""

import shutil
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clienteling.config import save_config
from clienteling.doctor import examine
from clienteling.doctor.check import Check, State
from clienteling.doctor.shop import look_at_keys, look_at_log
from clienteling.home import Home, open_home
from tests.support.people import join
from tests.support.shops import Command, logged, make_home


@pytest.fixture
def folder(tmp_path: Path) -> Home:
    home = make_home(tmp_path / "shop")
    home.databases.close()
    return home


def named(found: tuple[Check, ...], name: str) -> Check:
    return next(one for one in found if one.name == name)


def test_a_new_shop_lacks_its_papers_and_a_camera(folder: Home) -> None:
    found = examine(folder.path)

    papers = named(found, "papers")
    assert papers.state is State.FAIL
    assert "sign" in papers.says
    assert named(found, "keys").state is State.WARN
    assert named(found, "backup").state is State.WARN
    assert named(found, "cameras").says == "No camera is paired."
    assert named(found, "disk").state is not State.FAIL
    assert named(found, "recognition").state is State.OK
    assert named(found, "files").state is State.OK


def test_looking_writes_nothing_into_the_log(folder: Home) -> None:
    home = open_home(folder.path)
    before = [entry.leaf_index for entry in logged(home.office)]
    home.databases.close()

    examine(folder.path)

    home = open_home(folder.path)
    assert [entry.leaf_index for entry in logged(home.office)] == before


def test_a_folder_that_others_can_read_is_named(folder: Home) -> None:
    folder.path.chmod(0o755)
    (folder.path / "identity.db").chmod(0o644)

    files = named(examine(folder.path), "files")

    assert files.state is State.WARN
    assert "identity.db" in files.says
    assert files.todo == f"chmod 700 {folder.path}"


@pytest.mark.parametrize(("free", "state"), [(1, State.FAIL), (10**9, State.WARN)])
def test_a_disk_that_fills_up_is_named(
    folder: Home, monkeypatch: pytest.MonkeyPatch, free: int, state: State
) -> None:
    usage = shutil.disk_usage(folder.path)._replace(free=free)
    monkeypatch.setattr("clienteling.doctor.machine.shutil.disk_usage", lambda _: usage)

    assert named(examine(folder.path), "disk").state is state


def test_a_hub_that_answers_is_found(folder: Home) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        hub = folder.config.hub.model_copy(update={"port": listening.getsockname()[1]})
        save_config(folder.path, folder.config.model_copy(update={"hub": hub}))
        assert named(examine(folder.path), "hub").state is State.OK
    assert named(examine(folder.path), "hub").state is State.WARN


def test_a_damaged_database_does_not_keep_the_rest_from_being_looked_at(folder: Home) -> None:
    (folder.path / "keys.db").write_bytes(b"no database" * 1000)

    found = examine(folder.path)

    assert named(found, "shop").state is State.FAIL
    assert named(found, "recognition").state is State.OK


def test_without_a_shop_the_sentence_says_how_to_make_one(folder: Home) -> None:
    (only,) = examine(folder.path.parent)

    assert (only.name, only.state) == ("configuration", State.FAIL)
    assert "clienteling init" in only.says


def test_a_key_that_is_overdue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "passphrase").write_text("a long sentence that nobody guesses")
    monkeypatch.setenv("CLIENTELING_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    home = make_home(tmp_path / "sealed")

    assert [one.state for one in look_at_keys(home)] == [State.OK]
    (late,) = look_at_keys(_ahead(home, timedelta(days=400)))
    assert late.state is State.WARN
    assert "days ago" in late.says


def test_a_clock_that_went_back(tmp_path: Path) -> None:
    home = make_home(tmp_path / "shop")
    join(home)

    assert "clock" not in {one.name for one in look_at_log(home)}
    earlier = _ahead(home, timedelta(days=-1))
    assert named(tuple(look_at_log(earlier)), "clock").state is State.FAIL


def test_a_clock_that_jumped_ahead(tmp_path: Path) -> None:
    home = make_home(tmp_path / "shop")
    join(home)

    clock = named(tuple(look_at_log(_ahead(home, timedelta(days=400)))), "clock")
    assert clock.state is State.FAIL
    assert "400 days" in clock.says
    assert "clienteling retention confirm-clock --by NAME" in clock.todo


def _ahead(home: Home, much: timedelta) -> Home:
    office = home.office
    return replace(home, office=replace(office, now=lambda: office.now() + much))


def test_the_command_says_it_in_lines_and_in_json(folder: Home, command: Command) -> None:
    spoken, told = command("doctor"), command("doctor", "--json")

    assert (spoken.code, told.code) == (1, 1)
    assert "FAIL  papers" in spoken.out
    assert told.json["ok"] is False
    assert {check["state"] for check in told.json["checks"]} <= {"ok", "warn", "fail"}
