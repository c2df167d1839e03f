"""Photographs and forms at the edge: bounded, decoded or refused; every refusal has its words."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from clienteling.customers.paper import REASONS, enrol_from_paper, renew_from_photographs
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.photographs import read_photograph
from clienteling.recognition.detect import Face
from clienteling.recognition.encode import NoVectorError, Vectors
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.permit import CapturePermit
from clienteling.recognition.quality import QualityCode
from clienteling.recognition.template import AgreementCode, EncodingCode
from consent.log.ledger import size
from tests.support.faces import PHOTOS
from tests.support.pictures import png
from tests.support.shops import paper_form


def test_every_refusal_has_words_that_say_what_to_do() -> None:
    assert REASONS.keys() == {*QualityCode, *AgreementCode, *EncodingCode}
    assert all(reason.endswith(".") for reason in REASONS.values())


def test_of_bad_photographs_each_is_named_and_the_rest_counts(
    shop: Home, real_engine: Engine, tmp_path: Path
) -> None:
    """The name's ending says nothing: a JPEG called .png is read, words called .jpg are not."""
    (tmp_path / "words.jpg").write_text("no picture")
    (tmp_path / "iphone.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    photograph = (PHOTOS / "a1.jpg").read_bytes()
    (tmp_path / "jpeg.png").write_bytes(photograph)
    (tmp_path / "half.jpg").write_bytes(photograph[: len(photograph) // 2])
    (tmp_path / "dot.png").write_bytes(png(1, 1, b"\0abc"))
    names = ("words.jpg", "iphone.heic", "jpeg.png", "half.jpg", "dot.png", "missing.jpg")
    form = paper_form("Robin", photos=tuple(str(tmp_path / name) for name in names))

    done = enrol_from_paper(shop.office, lambda: real_engine, form)

    assert (done.templates, done.images, done.complete) == (1, 1, True)
    reasons = {Path(one.photo).name: one.reason for one in done.refused}
    assert reasons.keys() == set(names) - {"jpeg.png"}
    assert "JPEG, PNG, WebP" in reasons["words.jpg"]
    assert "HEIC" in reasons["iphone.heic"]
    assert "damaged or incomplete" in reasons["half.jpg"]
    assert reasons["dot.png"] == REASONS[QualityCode.NO_FACE]
    assert "no such file" in reasons["missing.jpg"]


def test_a_photograph_of_which_the_model_makes_nothing_is_refused_alone(
    shop: Home, real_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A vector that is no number ends neither `enrol` nor `customer renew`."""
    encode = real_engine.encoder.encode
    fails = [True, False, True, False]

    def flaky(permit: CapturePermit, image: Image, faces: Sequence[Face], at: float) -> Vectors:
        if fails.pop(0):
            raise NoVectorError("no number")
        return encode(permit, image, faces, at)

    monkeypatch.setattr(real_engine.encoder, "encode", flaky)
    done = enrol_from_paper(shop.office, lambda: real_engine, paper_form("Robin", "a1", "a2"))
    again = renew_from_photographs(
        shop.office,
        real_engine,
        done.customer,
        tuple(str(PHOTOS / f"{n}.jpg") for n in ("a1", "a2")),
    )

    for answer in (done, again):
        [refused] = answer.refused
        assert (answer.images, answer.complete) == (1, True)
        assert (Path(refused.photo).name, refused.reason) == (
            "a1.jpg",
            REASONS[EncodingCode.NO_VECTOR],
        )


def test_one_photograph_at_a_time_is_in_memory(
    shop: Home, real_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Image] = []

    def reading(path: Path) -> Image:
        assert not any(image.any() for image in held)
        held.append(read_photograph(path))
        return held[-1]

    monkeypatch.setattr("clienteling.customers.paper.read_photograph", reading)
    done = enrol_from_paper(shop.office, lambda: real_engine, paper_form("Robin", "a1", "a2"))

    assert (done.images, len(held)) == (2, 2)
    assert not any(image.any() for image in held)


def test_no_engine_no_consent(shop: Home) -> None:
    """If the encoder cannot start, nothing is recorded that could not be carried out."""

    def broken() -> Engine:
        raise UsageError("no weights")

    with shop.databases.identity.read() as identity:
        before = size(identity)

    with pytest.raises(UsageError):
        enrol_from_paper(shop.office, broken, paper_form("Robin", "a1"))

    with shop.databases.identity.read() as identity:
        assert size(identity) == before


def test_a_folder_is_no_photograph(shop: Home, real_engine: Engine, tmp_path: Path) -> None:
    form = paper_form("Robin", photos=(str(tmp_path), str(PHOTOS / "a1.jpg")))

    done = enrol_from_paper(shop.office, lambda: real_engine, form)

    assert (done.templates, done.images, done.complete) == (1, 1, True)
    assert "no such file" in done.refused[0].reason
