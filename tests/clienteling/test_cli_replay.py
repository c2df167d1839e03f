"""`clienteling replay`: the camera's pipeline over a file, consent checked, reads logged."""

from pathlib import Path

import pytest

from clienteling.config import RegionConfig as Region
from clienteling.customers.paper import enrol_from_paper
from clienteling.home import open_home
from clienteling.recognition.engine import Engine
from consent.log.events import EventKind
from tests.support.shops import ROBIN, Command, Enrolled, logged, make_home, paper_form

PRESSED = ("--policy", "trigger", "--press", "1.8,7.8", "--json")


def reads(home: Path) -> list[str | None]:
    """Whom the entries of kind replay.read are about."""
    return [entry.about for entry in logged(open_home(home).office, EventKind.REPLAY_READ)]


def test_a_customer_who_presses_is_recognised_and_a_stranger_is_not(
    command: Command, enrolled: Enrolled, short_clip: Path
) -> None:
    done = command("replay", str(short_clip), *PRESSED)

    assert done.code == 0
    robin, stranger = done.lines
    assert set(robin) == {"t", "decision", "customer", "score", "frames"}
    assert (robin["decision"], robin["customer"]) == ("match", enrolled.robin.customer)
    assert (stranger["decision"], stranger["customer"]) == ("unknown", None)
    assert 1.8 <= robin["t"] <= 5.0
    assert robin["t"] < stranger["t"]
    assert robin["score"] > 0.5 > stranger["score"]
    assert isinstance(robin["score"], float)
    assert robin["frames"] >= 3
    assert ROBIN not in done.out + done.err
    assert reads(enrolled.path) == [enrolled.robin.customer]


def test_names_are_added_on_request_only(
    command: Command, enrolled: Enrolled, short_clip: Path
) -> None:
    robin, stranger = command("replay", str(short_clip), *PRESSED, "--names").lines

    assert (robin["name"], stranger["name"]) == (ROBIN, None)


def test_a_visitor_who_does_not_press_is_not_looked_at(
    command: Command, enrolled: Enrolled, short_clip: Path, real_engine: Engine
) -> None:
    """Only the stranger presses: Robin, in view before, costs no call of the encoder."""
    before = real_engine.encoder.meter.calls

    lines = command(
        "replay", str(short_clip), "--policy", "trigger", "--press", "7.8", "--json"
    ).lines

    assert [line["decision"] for line in lines] == ["unknown"]
    # A better picture takes the place of a worse one, so a few more are encoded than count.
    frames = lines[0]["frames"]
    assert frames <= real_engine.encoder.meter.calls - before < 2 * frames
    assert reads(enrolled.path) == []


def test_who_withdrew_is_a_stranger(command: Command, enrolled: Enrolled, short_clip: Path) -> None:
    command("consent", "withdraw", enrolled.robin.customer, "--purpose", "recognise")

    lines = command("replay", str(short_clip), *PRESSED).lines

    assert [line["decision"] for line in lines] == ["unknown", "unknown"]


def test_ambient_runs_in_the_us_and_decides_once_a_visitor(
    command: Command, tmp_path: Path, real_engine: Engine, short_clip: Path
) -> None:
    home = make_home(tmp_path / "us", Region(region="us"))
    robin = enrol_from_paper(home.office, lambda: real_engine, paper_form(ROBIN, "a1", "a2"))

    done = command("replay", str(short_clip), "--policy", "ambient", "--json", home=home.path)

    assert done.code == 0
    assert [line["customer"] for line in done.lines] == [robin.customer, None]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--policy", "trigger"), 2, "needs --press"),
        (("--policy", "ambient"), 3, "refuses the policy 'ambient'"),
        (("--policy", "zone"), 3, "refuses the policy 'zone'"),
        (("--policy", "pass", "--press", "1"), 2, "nobody presses"),
        (("--policy", "magic"), 3, "There is no policy magic"),
    ],
)
def test_what_the_policy_does_not_allow_is_refused(
    command: Command,
    enrolled: Enrolled,
    short_clip: Path,
    arguments: tuple[str, ...],
    code: int,
    words: str,
) -> None:
    done = command("replay", str(short_clip), *arguments)

    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_a_press_under_ambient_is_a_usage_error(
    command: Command, tmp_path: Path, short_clip: Path
) -> None:
    home = make_home(tmp_path / "us", Region(region="us"))

    done = command("replay", str(short_clip), "--policy", "ambient", "--press", "1", home=home.path)

    assert done.code == 2
    assert "Leave --press away" in done.err


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"no video at all", "is not a video"), (None, "There is no file")],
)
def test_what_is_no_video_stops_the_start(
    command: Command, enrolled: Enrolled, tmp_path: Path, content: bytes | None, words: str
) -> None:
    video = tmp_path / "clip.avi"
    if content is not None:
        video.write_bytes(content)

    done = command("replay", str(video), *PRESSED)

    assert done.code == 4
    assert words in done.err
