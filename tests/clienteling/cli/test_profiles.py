"""`clienteling profile …`, and the start that says which rules changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from clienteling.region import note_policy
from consent.log.events import EventKind
from tests.support.counsel import COUNSEL, draft
from tests.support.shops import Command, logged, make_home

TODAY = datetime.now(UTC).date()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "counsel.pem"
    path.write_bytes(COUNSEL.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def sign(command: Command, key: Path, text: str, *more: str) -> tuple[int, Path, str]:
    file, out = key.with_name("draft.toml"), key.with_name("counsel.note")
    file.write_text(text)
    arguments = ("--key", str(key), "--key-name", "roe.example", "--out", str(out), "--json", *more)
    ended = command("profile", "sign", str(file), *arguments)
    return ended.code, out, ended.json["key"] if ended.code == 0 else ended.err


def test_every_rule_is_shown_with_its_source(command: Command) -> None:
    ended = command("profile", "show", "us-tx")

    assert ended.code == 0
    assert "after_purpose_days: 365" in ended.out
    assert "503.001(c)(3)" in ended.out
    assert "To be confirmed by counsel." in ended.out


def test_counsel_signs_and_a_shop_is_made_with_it(command: Command, key: Path) -> None:
    code, note, vkey = sign(command, key, draft(signed=TODAY, expires=TODAY))
    assert code == 0

    checked = command("profile", "verify", str(note), "--key", vkey, "--base", "us-il", "--json")
    assert (checked.code, checked.json["counsel"]["name"]) == (0, "J. Roe, Roe & Partners LLP")
    made = command(
        *("init", "--region", "us", "--state", "IL", "--store", "Club", "--policy", "ambient"),
        *("--counsel-profile", str(note), "--counsel-key", vkey, "--non-interactive"),
    )
    assert made.code == 0, made.err
    shown = command("profile", "verify")
    assert (shown.code, "changed by J. Roe" in shown.out) == (0, True)


@pytest.mark.parametrize("base", ["us-tx", "us-co"])
def test_the_wrong_state_ends_with_3(command: Command, key: Path, base: str) -> None:
    _, note, vkey = sign(command, key, draft(signed=TODAY, expires=TODAY))

    ended = command("profile", "verify", str(note), "--key", vkey, "--base", base)

    assert (ended.code, "is for 'us-il'" in ended.err) == (3, True)


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (draft("us"), 3, "Nobody can lift"),
        ("base = ", 3, "not valid TOML"),
        (draft(expires=datetime(2020, 1, 1, tzinfo=UTC).date()), 3, "twelve months"),
    ],
)
def test_counsel_cannot_sign_what_no_shop_would_take(
    command: Command, key: Path, text: str, code: int, words: str
) -> None:
    ended, note, said = sign(command, key, text)

    assert (ended, words in said, note.exists()) == (code, True, False)


def test_only_an_ed25519_key_signs(command: Command, key: Path) -> None:
    pem, pkcs8 = Encoding.PEM, PrivateFormat.PKCS8
    text = draft(signed=TODAY, expires=TODAY)

    key.write_bytes(COUNSEL.private_bytes(pem, pkcs8, BestAvailableEncryption(b"open")))
    passphrase = key.with_name("passphrase.txt")
    passphrase.write_text("open\n")
    assert sign(command, key, text)[0] == 2
    assert sign(command, key, text, "--passphrase-file", str(passphrase))[0] == 0

    key.write_bytes(generate_private_key(SECP256R1()).private_bytes(pem, pkcs8, NoEncryption()))
    assert "no Ed25519 key" in sign(command, key, text)[2]
    key.unlink()
    assert "cannot be read" in sign(command, key, text)[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("show", "us-zz"), "no profile and no file"), (("verify", "pyproject.toml"), "--base")],
)
def test_a_wrong_name_says_what_there_is(
    command: Command, arguments: tuple[str, ...], words: str
) -> None:
    ended = command("profile", *arguments)

    assert (ended.code, words in ended.err) == (2, True)


def test_a_start_logs_rules_that_changed_and_no_others(tmp_path: Path) -> None:
    office = make_home(tmp_path / "shop").office

    assert note_policy(office, "trigger")
    assert not note_policy(office, "trigger")
    assert note_policy(office, "pass")
    newest, first = logged(office, EventKind.POLICY_CHANGED)
    assert (first.detail or {})["profile"] == office.profile.sha256
    assert (newest.detail or {})["policy"] == "pass"
