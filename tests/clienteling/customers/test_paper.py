"""Photographs and forms at the edge: bounded, decoded or refused; every refusal has its words."""

from pathlib import Path

import pytest

from clienteling.customers import paper
from clienteling.customers.paper import REASONS, enrol_from_paper
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.recognition.quality import QualityCode
from clienteling.recognition.template import AgreementCode
from consent.ledger import size
from tests.support.faces import PHOTOS
from tests.support.shops import paper_form


def test_every_refusal_has_words_that_say_what_to_do() -> None:
    assert REASONS.keys() == {*QualityCode, *AgreementCode}
    assert all(reason.endswith(".") for reason in REASONS.values())


def test_a_photograph_that_is_too_large_is_not_even_read(
    shop: Home, real_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = (PHOTOS / "a1.jpg").stat().st_size
    others = max((PHOTOS / f"{name}.jpg").stat().st_size for name in ("a1", "a2"))
    monkeypatch.setattr(paper, "MAX_PHOTO_BYTES", min(limit, others) - 1)

    done = enrol_from_paper(shop.office, lambda: real_engine, paper_form("Robin", "a1"))

    assert (done.templates, done.complete) == (0, False)
    assert "larger than 20 MB" in done.refused[0].reason


def test_no_engine_no_consent(shop: Home) -> None:
    """If the encoder cannot start, nothing is recorded that could not be carried out."""

    def broken() -> Engine:
        raise UsageError("no weights")

    with pytest.raises(UsageError):
        enrol_from_paper(shop.office, broken, paper_form("Robin", "a1"))

    with shop.databases.identity.read() as identity:
        assert size(identity) == 0


def test_a_folder_is_no_photograph(shop: Home, real_engine: Engine, tmp_path: Path) -> None:
    form = paper_form("Robin", photos=(str(tmp_path), str(PHOTOS / "a1.jpg")))

    done = enrol_from_paper(shop.office, lambda: real_engine, form)

    assert (done.templates, done.images, done.complete) == (1, 1, True)
    assert "cannot be read" in done.refused[0].reason
