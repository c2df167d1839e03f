"""Passes on the command line: enrolling, renewing, and a clip in which one is shown."""

import json
from pathlib import Path

import pytest

from clienteling.config import RegionConfig
from clienteling.home import open_home
from consent.keystore.holder import HolderSecret
from tests.support.clips import PHOTOS, code_scene, compose, scene
from tests.support.kiosk import subjects
from tests.support.shops import Command, make_home

PHOTO = str(PHOTOS / "a1.jpg")
ENROL = ("enrol", "--name", "Robin Test", "--purposes", "recognise", "--attest", "form 1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = make_home(tmp_path / "shop", RegionConfig(region="eu", policy="pass"))
    home.databases.close()
    return tmp_path


def seen(command: Command, clip: Path) -> list[str | None]:
    played = command("replay", str(clip), "--policy", "pass", "--json")
    assert played.code == 0, played.err
    return [json.loads(line)["customer"] for line in played.out.splitlines()]


def clip_of(folder: Path, text: str, face: str = "a3") -> Path:
    return compose(folder / "clip.avi", [code_scene(0.6, text), scene(2.0, PHOTOS / f"{face}.jpg")])


def test_a_pass_is_written_for_this_user_only_and_recognises_its_holder_in_a_clip(
    command: Command, folder: Path
) -> None:
    out = folder / "pass.txt"
    done = command(*ENROL, "--photo", PHOTO, "--pass-out", str(out), "--json")
    assert done.code == 0, done.err
    assert out.stat().st_mode & 0o777 == 0o600
    holder = HolderSecret.read(out.read_text())
    assert holder is not None
    assert holder.text not in done.out + done.err
    customer = json.loads(done.out)["customer"]
    assert seen(command, clip_of(folder, holder.text)) == [customer]
    assert seen(command, clip_of(folder, holder.text, "b1")) == [None]

    anew = folder / "anew.txt"
    renewed = command("customer", "renew", customer, "--photo", PHOTO, "--pass-out", str(anew))
    assert renewed.code == 0, renewed.err
    assert seen(command, clip_of(folder, holder.text)) == []
    assert seen(command, clip_of(folder, anew.read_text().strip())) == [customer]


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_pass_can_be_printed(command: Command, folder: Path, kind: str) -> None:
    out = folder / f"pass.{kind}"
    assert command(*ENROL, "--photo", PHOTO, "--pass-out", str(out)).code == 0
    assert out.stat().st_size > 500


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--photo", PHOTO), "say with --pass-out"),
        (("--photo", PHOTO, "--pass-out", "pass.gif"), "written as one of"),
        (("--photo", PHOTO, "--pass-out", "/nowhere/pass.png"), "cannot be written"),
    ],
)
def test_without_a_place_for_the_pass_nobody_is_enrolled(
    command: Command, folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    refused = command(*ENROL, *arguments)
    assert (refused.code, words in refused.err) == (2, True), refused.err
    home = open_home(folder / "shop")
    assert subjects(home) == []


def test_a_pass_is_never_written_over_a_file(command: Command, folder: Path) -> None:
    out = folder / "pass.png"
    out.write_bytes(b"another customer's")
    refused = command(*ENROL, "--photo", PHOTO, "--pass-out", str(out))
    assert (refused.code, out.read_bytes()) == (2, b"another customer's")


def test_when_no_photograph_can_be_used_no_file_is_left(command: Command, folder: Path) -> None:
    blank = folder / "blank.jpg"
    blank.write_bytes(b"no picture")
    out = folder / "pass.png"
    assert command(*ENROL, "--photo", str(blank), "--pass-out", str(out)).code == 5
    assert not out.exists()
