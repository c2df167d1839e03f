"""A code reader at the button: a pass goes to the hub's pass entrance, anything else presses."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from camera.button import ButtonConfig, run_button
from camera.keys import EV_KEY, Asked, ShownPass, lines, scans
from clienteling.cli import main
from clienteling.home import Home
from clienteling.service.cameras import topic
from consent.keystore.holder import HolderSecret, new_holder_secret
from tests.camera.test_button import Key
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.web import POLICY, LiveHub, pairing_code
from web.app import create_app
from web.context import EXTENSION

SHIFT, ENTER, SEMICOLON, F1 = 42, 28, 39, 59
ROWS = {2: "1234567890", 16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}
CODES = {letter: first + n for first, row in ROWS.items() for n, letter in enumerate(row)}


@pytest.fixture
def app(shop: Home) -> Iterator[Flask]:
    built = create_app(shop, None, policy=POLICY.model_copy(update={"policy": "pass"}))
    yield built
    built.extensions[EXTENSION].bus.close()


def typed(text: str, at: float = 100.0) -> list[Key]:
    """The events of a reader that types this, a millisecond a key, in capitals as it prints."""
    keys: list[Key] = []
    for letter in text:
        code = ENTER if letter == "\n" else SEMICOLON if letter == ":" else CODES.get(letter, F1)
        at += 0.001
        keys += [Key(SHIFT, 1, at=at), Key(code, 1, at=at), Key(code, 0, at=at)]
        keys += [Key(4, 4, type=4, at=at), Key(SHIFT, 0, at=at)]
    return keys


def read(events: list[Key], now: float = 100.1) -> list[str | None]:
    """What is asked for, copied out before it is wiped."""
    return [None if one is None else one.text.decode() for one in scans(events, lambda: now)]


def test_what_a_reader_types_is_a_pass_and_anything_else_a_press() -> None:
    one, two = new_holder_secret().text, new_holder_secret().text
    assert read(typed(f"{one}\n{two}\n")) == [one, two]
    for other in ("", "HELLO", one[:-1], f"{one}A", one.replace(":", "5"), f"{one}é", "A" * 500):
        assert read(typed(f"{other}\n{two}\n")) == [None, two]


def test_half_a_code_and_an_old_one_are_not_completed() -> None:
    text = new_holder_secret().text
    assert read(typed(text)) == []  # no Enter
    assert read([*typed("CLP1", 90.0), *typed(f"{text}\n")]) == [text]
    assert read(typed(f"{text}\n"), now=110.0) == []  # it waited: shown at another moment


def test_the_text_is_overwritten_before_the_next_is_read() -> None:
    text = new_holder_secret().text
    events = (key for key in (*typed(f"{text}\n"), Key(type=EV_KEY, value=0, at=100.1)))
    asked = scans(events, lambda: 100.1)
    first = next(asked)
    assert isinstance(first, ShownPass)
    assert text not in repr(first)
    assert list(asked) == []
    assert set(first.text) == {0}
    kept = [one.text for one in lines(io.StringIO(f"{text}\n")) if one is not None]
    assert [set(one) for one in kept] == [{0}]


@pytest.fixture
def token_file(live: LiveHub, tmp_path: Path) -> Path:
    client = live.app.test_client()
    answer = client.post("/api/v1/pair", json={"code": pairing_code(live.home, "button", "door")})
    assert answer.json is not None
    file = tmp_path / "token.txt"
    file.write_text(answer.json["token"])
    return file


def ask(live: LiveHub, token_file: Path, asked: Iterator[Asked]) -> list[str]:
    told: list[str] = []
    run_button(ButtonConfig(live.url, "door", token_file), asked, tell=told.append)
    return told


def test_a_pass_opens_its_holders_window_and_stands_in_no_log(
    live: LiveHub, token_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    holder: HolderSecret = new_holder_secret()
    robin = join(live.home, holder=holder)
    pair_edge(live.app.test_client(), live.home)
    live.hub.bus.subscribe(topic("door"))
    assert ask(live, token_file, lines(io.StringIO("menu of today\n"))) == ["show_pass"]
    stranger = new_holder_secret()
    unknown = scans(typed(f"{stranger.text}\n"), lambda: 100.1)
    assert ask(live, token_file, unknown) == ["unknown_pass"]
    shown = scans(typed(f"{holder.text}\n"), lambda: 100.1)
    assert ask(live, token_file, shown) == ["looking"]
    window = live.hub.windows.newest("door")
    assert window is not None
    assert window.alias == robin.alias
    for text in (holder.text, stranger.text, "menu of today"):
        assert text not in caplog.text


def test_a_reader_is_an_input_device(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["button", "--hub", "http://127.0.0.1:1", "--camera", "door", "--token-file", "x"]
    assert main([*command, "--reader"]) == 2
    assert main([*command, "--reader", "--input", "/dev/null", "--key", "KEY_A"]) == 2
    assert "--reader goes with --input" in capsys.readouterr().err
