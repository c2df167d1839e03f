import pytest

from consent import notices
from consent.errors import NoticeError
from consent.notices import LANGUAGES, PURPOSES
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
    notice = notices.current(language, purpose)
    assert notice.title
    assert len(notice.body) > 500
    assert (notice.language, notice.purpose) == (language, purpose)


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_every_text_says_how_it_ends(language: str, purpose: Purpose) -> None:
    text = notices.current(language, purpose).text
    assert [word for word in WORDS[language] if word not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_equal_way_without_a_face_is_named_before_consent(language: str) -> None:
    """R6."""
    text = notices.current(language, Purpose.RECOGNISE).text
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
        notices.get(version, language, purpose)


def test_an_altered_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    index = {"current": {"eu": "2026-11"}, "sha256": {"2026-11": {"nl": {"account": "0" * 64}}}}
    monkeypatch.setattr(notices, "_index", lambda: index)
    with pytest.raises(NoticeError, match="altered"):
        notices.current("nl", Purpose.ACCOUNT)
