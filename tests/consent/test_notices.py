from importlib import resources

import pytest

from consent.errors import NoticeError
from consent.notice_index import Index, Version, load_index, read_text
from consent.notices import LANGUAGES, PURPOSES, Notices
from consent.purposes import Purpose

EVERY = [(language, purpose) for language in LANGUAGES for purpose in PURPOSES]
#: What a text must say, by language: the end, what stays, no reason asked, the authority.
WORDS = {
    "nl": ("zonder reden", "hooguit 7 dagen", "vijf jaar", "Autoriteit Persoonsgegevens"),
    "en": ("without a reason", "at most 7 days", "five years", "data protection authority"),
}
WITHOUT_A_FACE = {
    "nl": ("zonder gezicht", "5 seconden", "15 minuten", "uitdrukkelijke toestemming"),
    "en": ("without your face", "5 seconds", "15 minutes", "explicit consent"),
}


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_every_purpose_on_offer_has_a_text_in_every_language(
    language: str, purpose: Purpose
) -> None:
    notice = Notices("eu").current(language, purpose)
    assert notice.title
    assert len(notice.body) > 500
    assert (notice.language, notice.purpose) == (language, purpose)


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_every_text_says_how_it_ends(language: str, purpose: Purpose) -> None:
    text = Notices("eu").current(language, purpose).text
    assert [word for word in WORDS[language] if word not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_equal_way_without_a_face_is_named_before_consent(language: str) -> None:
    """R6."""
    text = Notices("eu").current(language, Purpose.RECOGNISE).text
    assert [word for word in WITHOUT_A_FACE[language] if word not in text] == []


@pytest.mark.parametrize(
    ("version", "language", "purpose"),
    [
        ("1999-01", "nl", Purpose.ACCOUNT),
        ("2026-12", "fr", Purpose.ACCOUNT),
        ("2026-12", "nl", Purpose.SAMPLES),
        ("..", "nl", Purpose.ACCOUNT),
    ],
)
def test_what_was_not_published_is_refused(version: str, language: str, purpose: Purpose) -> None:
    with pytest.raises(NoticeError, match="There is no notice"):
        Notices("eu").get(version, language, purpose)


def test_an_altered_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    altered = Version("2026-11", "eu", (), frozenset(), {"nl": {"account": "0" * 64}})
    monkeypatch.setattr("consent.notices.load_index", lambda _home: Index((altered,)))
    with pytest.raises(NoticeError, match="altered"):
        Notices("eu").current("nl", Purpose.ACCOUNT)


@pytest.mark.parametrize("version", load_index(None).versions, ids=lambda version: version.name)
def test_every_published_file_is_the_one_that_was_published(version: Version) -> None:
    """Nothing published was touched, and nothing lies there that was not published."""
    folder = resources.files("consent").joinpath("notices", version.name)
    for language in LANGUAGES:
        files = {one.name.removesuffix(".md") for one in folder.joinpath(language).iterdir()}
        assert files == set(version.sha256[language])
        for name, sha256 in version.sha256[language].items():
            assert read_text(version, language, name, sha256)


@pytest.mark.parametrize("region", ["eu", "us", "us-il", "us-tx", "us-wa", "us-co"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_with_passes_the_face_s_text_speaks_of_the_pass_and_no_button(
    region: str, language: str
) -> None:
    """R26; everything else is worded as in the shop with a button."""
    button, shown = Notices(region), Notices(region, by_pass=True)
    face = shown.current(language, Purpose.RECOGNISE).text
    words = {"en": ("your pass", "Greet me"), "nl": ("uw pas", "Begroet mij")}[language]
    assert words[0] in face
    assert words[1] not in face
    assert words[0] not in button.current(language, Purpose.RECOGNISE).text
    for purpose in set(PURPOSES) - {Purpose.RECOGNISE}:
        assert shown.current(language, purpose).sha256 == button.current(language, purpose).sha256


@pytest.mark.parametrize("by_pass", [True, False])
def test_consent_to_one_way_of_recognising_is_none_to_the_other(by_pass: bool) -> None:
    """R26: in both directions, and for recognising only."""
    here, there = Notices("eu", by_pass), Notices("eu", not by_pass)
    assert here.covers(here.current_version, Purpose.RECOGNISE)
    assert not here.covers(there.current_version, Purpose.RECOGNISE)
    assert here.covers(there.current_version, Purpose.ALLERGIES)
    assert here.ended(Purpose.RECOGNISE) == {}


def test_consent_to_a_text_that_nobody_knows_covers_nothing() -> None:
    assert not Notices("eu").covers("shop-lost", Purpose.PREFERENCES)
