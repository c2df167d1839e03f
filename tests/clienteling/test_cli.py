"""`clienteling init`, `user add`, `device add`: what they make, refuse, and end with."""

import io
import sys
from pathlib import Path

import pytest

from clienteling.access.models import DeviceRow, PairingRow, User
from clienteling.config import load_config
from clienteling.home import open_home
from tests.support.shops import Command, make_home

EU = ("init", "--region", "eu", "--store", "Sweet Corner", "--non-interactive", "--json")


@pytest.fixture
def made(tmp_path: Path) -> Path:
    make_home(tmp_path / "shop").databases.close()
    return tmp_path / "shop"


def test_init_makes_a_shop_and_says_so_in_json(command: Command, tmp_path: Path) -> None:
    done = command(*EU, "--policy", "trigger", "--dpia", "D-7", "--dpo-signed", "2026-11-01")

    assert done.code == 0
    assert done.json == {
        "home": str(tmp_path / "shop"),
        "store": "Sweet Corner",
        "region": "eu",
        "policy": "trigger",
        "development_key": True,
    }
    assert "development key: not for real customers" in done.err
    config = load_config(tmp_path / "shop")
    assert (config.papers.dpia_id, str(config.papers.dpo_signed)) == ("D-7", "2026-11-01")


def test_init_in_the_us_needs_no_policy(command: Command) -> None:
    assert command("init", "--region", "us", "--store", "S", "--non-interactive").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (EU, 3, "Choose one with --policy"),
        ((*EU, "--policy", "ambient"), 3, "refuses the policy 'ambient'"),
        (
            ("init", "--region", "us", "--state", "OR", "--place", "Portland", *EU[3:]),
            3,
            "bans face recognition",
        ),
        (("init", "--region", "us", "--state", "Oregon", *EU[3:]), 3, "Unknown state"),
        (("init", "--region", "eu", "--non-interactive"), 2, "Say --store."),
        (("init", "--non-interactive"), 2, "Say --region and --store."),
        (("init", "--region", "mars", *EU[3:]), 2, "invalid choice"),
    ],
)
def test_init_refuses_and_makes_nothing(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = command(*arguments)

    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert not (tmp_path / "shop").exists()


def test_a_second_init_is_a_usage_error(command: Command, made: Path) -> None:
    done = command(*EU, "--policy", "trigger")

    assert done.code == 2
    assert "already holds a shop" in done.err


def test_init_asks_for_what_is_missing(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers = iter(["eu", "Sweet Corner", "trigger", ""])
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))

    assert command("init").code == 0
    assert load_config(tmp_path / "shop").papers.dpia_id is None


def test_an_unknown_key_in_the_configuration_stops_every_start(
    command: Command, made: Path
) -> None:
    path = made / "config.toml"
    path.write_text(path.read_text() + "\n[hub2]\nport = 1\n")

    done = command("log", "verify")

    assert done.code == 4
    assert "hub2: is not a known key" in done.err


def test_without_a_home_the_sentence_says_what_to_set(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = command("log", "verify", home=Path())

    assert done.code == 4
    assert "clienteling init" in done.err


def test_a_sentence_and_never_a_trace(command: Command, made: Path) -> None:
    (made / "keys" / "root.key").write_text("damaged")

    done = command("customer", "show", "0")

    assert done.code == 4
    assert done.err.startswith("clienteling: ")
    assert "Traceback" not in done.err
    assert "is damaged. Restore it" in done.err


def test_interrupting_ends_with_130(
    command: Command, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_home: Path, **_how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("clienteling.home.open_home", interrupt)

    assert command("log", "verify").code == 130


# --- staff and devices ------------------------------------------------------------------------

ANNA = ("user", "add", "--username", "anna", "--role", "staff", "--role", "trained", "--json")


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_member_of_staff_is_added_with_a_password_from_standard_input(
    command: Command, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "a long password for anna\n")

    done = command(*ANNA)

    assert (done.code, done.json["roles"]) == (0, ["staff", "trained"])
    assert "a long password" not in done.out + done.err
    with open_home(made).databases.identity.read() as identity:
        user = identity.query(User).one()
        assert user.username == "anna"
        assert user.password.startswith("$argon2id$")


def test_the_password_may_come_from_a_file(command: Command, made: Path, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("a long password for anna\n")

    assert command(*ANNA, "--password-file", str(secret)).code == 0


def test_a_short_password_a_taken_name_and_a_missing_file_are_usage_errors(
    command: Command, made: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    typed(monkeypatch, "short\n")
    short = command(*ANNA)
    assert (short.code, "at least 12 characters" in short.err) == (2, True)

    missing = command(*ANNA, "--password-file", str(tmp_path / "no such file"))
    assert (missing.code, "cannot be read" in missing.err) == (2, True)

    typed(monkeypatch, "a long password for anna\n" * 2)
    assert command(*ANNA).code == 0
    taken = command(*ANNA)
    assert (taken.code, "is taken" in taken.err) == (2, True)


def test_a_device_gets_a_code_of_which_only_the_hash_is_kept(command: Command, made: Path) -> None:
    done = command(
        *("device", "add", "--kind", "edge", "--name", "door", "--camera", "entrance", "--json")
    )

    assert done.code == 0
    assert done.json["camera"] == "entrance"
    with open_home(made).databases.identity.read() as identity:
        pairing = identity.query(PairingRow).one()
        assert done.json["code"].replace("-", "") not in pairing.code_hash
        assert identity.query(DeviceRow).count() == 0


def test_an_edge_without_its_camera_is_a_usage_error(command: Command, made: Path) -> None:
    done = command("device", "add", "--kind", "edge", "--name", "door")

    assert done.code == 2
    assert "camera" in done.err
