"""`clienteling witness` and `log witness`, against a hub that serves."""

import shutil
import threading
from pathlib import Path

import pytest

from clienteling.cli import main
from clienteling.home import Home
from consent.log.events import EventKind
from tests.support.shops import Command, Result, logged
from tests.support.tampering import behind_its_back, cut_to
from tests.support.web import LiveHub, eventually
from tests.support.witnesses import act

NAME = "dpo.example/witness"


@pytest.fixture
def state(command: Command, live: LiveHub, tmp_path: Path) -> Path:
    """A witness of the live hub, registered there."""
    act(live.home.office, 5)
    made = command(
        *("witness", "init", "--state", str(tmp_path / "witness"), "--name", NAME),
        *("--hub", live.url, "--log-key", str(live.home.path / "log.vkey"), "--json"),
    )
    assert made.code == 0, made.err
    added = command("log", "witness", "add", NAME, made.json["key"])
    assert added.code == 0, added.err
    return tmp_path / "witness"


def once(command: Command, state: Path) -> Result:
    return command("witness", "--state", str(state), "--once", "--json")


def test_it_cosigns_and_the_hub_knows(command: Command, state: Path, shop: Home) -> None:
    done = once(command, state)
    assert (done.code, done.json["state"], done.json["grown"]) == (0, "cosigned", None)
    act(shop.office, 3)
    assert once(command, state).json["grown"] == 3
    listed = command("log", "witness", "list", "--json").json["witnesses"]
    assert [(one["name"], one["last"]["size"] > 3) for one in listed] == [(NAME, True)]
    assert logged(shop.office, EventKind.WITNESS_ADDED)


def test_a_log_that_went_back_ends_with_three(command: Command, state: Path, shop: Home) -> None:
    size = once(command, state).json["size"]
    with behind_its_back(shop.path) as database:
        cut_to(database, size - 1)
    done = once(command, state)
    assert (done.code, done.json["state"]) == (3, "rolled_back")
    assert "THE LOG WENT BACK" in done.err
    assert (Path(done.json["evidence"]) / "held.txt").exists()


def test_the_loop_ends_on_an_alarm_and_not_before(
    command: Command, state: Path, shop: Home, live: LiveHub
) -> None:
    codes: list[int] = []
    arguments = ("witness", "--state", str(state), "--every", "1", "--json")
    loop = threading.Thread(target=lambda: codes.append(main(arguments)))
    loop.start()
    held = state / "checkpoint.txt"
    assert eventually(held.exists, 10)
    act(shop.office, 2)
    with behind_its_back(shop.path) as database:
        cut_to(database, 1)
    loop.join(20)
    assert codes == [3]


def test_a_hub_that_is_away_is_one(command: Command, tmp_path: Path, state: Path) -> None:
    settings = state / "witness.json"
    text = settings.read_text(encoding="utf-8")
    start = text.index("http://127.0.0.1:")
    port = text[start:].split('"')[0]
    settings.write_text(text.replace(port, "http://127.0.0.1:9"), encoding="utf-8")
    done = once(command, state)
    assert done.code == 1
    assert "does not answer" in done.err
    assert not (state / "checkpoint.txt").exists()


def test_who_is_not_registered_is_told(command: Command, state: Path) -> None:
    assert command("log", "witness", "remove", NAME).code == 0
    done = once(command, state)
    assert done.code == 1
    assert "No registered witness signed" in done.err


def test_what_answers_otherwise_is_no_alarm(command: Command, state: Path) -> None:
    settings = state / "witness.json"
    text = settings.read_text(encoding="utf-8")
    port = text[text.index("http://127.0.0.1:") :].split('"')[0]
    settings.write_text(text.replace(port, f"{port}/elsewhere"), encoding="utf-8")
    done = once(command, state)
    assert done.code == 1
    assert "does not answer as this shop's hub" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("witness", "--once"), 2, "Say --state"),
        (("witness", "--state", "/nonexistent/w", "--once"), 4, "not a witness's folder"),
        (("log", "witness", "add", "other", "x+y+z"), 2, "of another name"),
        (("log", "witness", "add", "x", "x+y+z"), 1, "not a verifier key"),
        (("log", "witness", "remove", "x"), 1, "No witness x is registered"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    command: Command, shop: Home, arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = command(*arguments)
    assert done.code == code
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_second_key_in_the_folder_is_refused(
    command: Command, state: Path, live: LiveHub
) -> None:
    again = command(
        *("witness", "init", "--state", str(state), "--name", NAME),
        *("--hub", live.url, "--log-key", str(live.home.path / "log.vkey")),
    )
    assert again.code == 2
    assert "holds a witness already" in again.err


def test_what_a_witness_kept_proves_and_places(
    command: Command, state: Path, shop: Home, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    sizes = []
    for day in ("1", "2", "3"):
        sizes.append(once(command, state).json["size"])
        shutil.copy(state / "checkpoint.txt", seen / f"{day}.txt")
        act(shop.office, 4)
    held = command("log", "verify", "--against", str(state / "checkpoint.txt"), "--json")
    assert held.code == 0
    assert held.json["proven_size"] == sizes[-1]
    assert [one["witness"] for one in held.json["cosigned"]] == [NAME]
    assert f"Witness {NAME} cosigned that checkpoint" in held.json["summary"]
    assert command("log", "verify", "--against", str(seen)).code == 0

    with behind_its_back(shop.path) as database:
        cut_to(database, sizes[1] - 1)
    act(shop.office, 20)
    done = command("log", "verify", "--against", str(seen), "--json")
    assert done.code == 1
    assert done.json["rewritten"] == [sizes[0], sizes[1] - 1]
    assert f"lies in entries {sizes[0]} to {sizes[1] - 1}" in done.json["summary"]


def test_a_folder_without_checkpoints_is_a_sentence(
    command: Command, shop: Home, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    done = command("log", "verify", "--against", str(tmp_path / "empty"))
    assert done.code == 2
    assert "holds no checkpoint" in done.err
