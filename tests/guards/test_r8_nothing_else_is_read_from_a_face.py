"""R8: no sound, no recording, nothing about emotion, age, sex or ethnicity."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

import clienteling.edge_protocol as protocol
from clienteling import config
from clienteling.customers import profile
from clienteling.db import METADATA
from clienteling.recognition.decide import Decision
from clienteling.recognition.liveness.challenge import State

ROOT = Path(__file__).parents[2]
SOURCES = [
    path
    for package in ("camera", "clienteling", "consent", "web")
    for path in sorted((ROOT / package).rglob("*"))
    if path.suffix in {".py", ".js", ".html"} and "migrations" not in path.parts
]

#: Whole words of a name (`language` and `image` hold "age", and are none of it).
DENIED = {
    *("emotion", "emotions", "mood", "sentiment", "expression", "smile"),
    *("age", "birthday", "birthdate", "birth"),
    *("sex", "gender", "ethnicity", "ethnic", "race", "racial", "skin", "religion", "origin"),
    *("audio", "sound", "voice", "microphone", "speech", "recording"),
}
#: Distributions that infer such things, or take sound.
DENIED_PACKAGES = {
    *("deepface", "fer", "insightface", "hsemotion", "py-feat", "facelib", "mivolo"),
    *("pyaudio", "sounddevice", "soundfile", "librosa", "torchaudio", "speechrecognition"),
    *("openai-whisper", "faster-whisper", "vosk", "webrtcvad"),
}


def words(name: str) -> set[str]:
    return set(re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).casefold()))


#: The question after a visit, which a visitor answers by a touch: no face is read for it.
ASKED = {"smile_invitation"}


def column_names() -> Iterator[str]:
    for metadata in METADATA.values():
        for table in metadata.sorted_tables:
            if table.name in ASKED:
                continue
            yield from (f"{table.name}.{column.name}" for column in table.columns)


def field_names() -> Iterator[str]:
    """Everything that a customer can tell, a camera can say, or a shop can configure."""
    for module in (protocol, profile, config):
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, BaseModel):
                yield from (f"{thing.__name__}.{name}" for name in thing.model_fields)
            elif isinstance(thing, type) and is_dataclass(thing):
                yield from (f"{thing.__name__}.{field.name}" for field in fields(thing))


@pytest.mark.parametrize("source", [column_names, field_names])
def test_there_is_no_column_and_no_field_for_it(source: object) -> None:
    names = list(source())  # type: ignore[operator]

    assert len(names) > 30
    assert [name for name in names if words(name) & DENIED] == []


def test_the_deny_list_sees_what_it_should() -> None:
    for name in ("visit.estimated_age", "Sighting.gender", "faceEmotion", "customer.skin_type"):
        assert words(name) & DENIED
    for name in ("language", "image_count", "message", "voucher"):
        assert not words(name) & DENIED


def test_eyes_and_mouth_are_read_for_a_challenge_alone_and_told_to_nobody() -> None:
    """Whether somebody smiled when asked is no mood; nothing else may become of it (0110)."""
    readers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"liveness(\.| import )(signs|gesture)\b", path.read_text(encoding="utf-8"))
    }
    liveness = "clienteling/recognition/liveness"

    assert readers == {
        "camera/pipeline.py",  # loads the models where the policy asks for a challenge
        "camera/visitor.py",  # hands what was read to the challenge
        f"{liveness}/challenge.py",
        f"{liveness}/gesture.py",
        "clienteling/till/identifying.py",  # says which steps to make; sees none of them
        "clienteling/till/messages.py",  # and tells the till
    }
    assert set(State) == {"open", "passed", "failed"}  # all that a challenge says
    told = words(" ".join(field_names())) | words(" ".join(column_names()))
    assert (
        told & {"eye", "eyes", "mouth", "blink", "smile", "gesture", "gestures", "signs"} == set()
    )
    assert [field.name for field in fields(Decision)] == ["kind", "alias", "score", "frames"]


def test_no_dependency_infers_it_or_takes_sound() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    packages = {package["name"] for package in lock["package"]}

    assert len(packages) > 40
    assert packages & DENIED_PACKAGES == set()


def test_nothing_is_recorded() -> None:
    """No picture is written, and no video but of files: the demo's clip, and simulated attacks."""
    writers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\b(VideoWriter\(|imwrite\(|MediaRecorder)", path.read_text(encoding="utf-8"))
    }

    assert writers == {"clienteling/demo/clip.py", "clienteling/evaluation/clips.py"}
    users = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\bwrite_clip\b", path.read_text(encoding="utf-8"))
    }
    assert users == {"clienteling/evaluation/clips.py", "clienteling/evaluation/attack_set.py"}


def test_no_page_asks_for_the_microphone() -> None:
    asking = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"audio\s*:\s*(true|\{)", path.read_text(encoding="utf-8"))
    ]

    assert asking == []
