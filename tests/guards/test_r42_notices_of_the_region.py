"""R42: whoever joins in the USA reads the USA's words, and the terms in them are the profile's.

Fails when a region's texts are the EU's, when a text promises another term than the profile keeps,
or when a place without texts lets somebody join.
"""

from datetime import timedelta

import pytest

from consent.errors import NoticeError
from consent.keeping import grace
from consent.notices import LANGUAGES, PURPOSES, Notice, Notices
from consent.purposes import FACES, Purpose
from consent.region.policy import RegionProfile
from consent.region.profiles import load_profile, profile_names

USA = [name for name in profile_names() if name.startswith("us")]
EUROPES = (
    *("GDPR", "AVG", "data protection authority", "data protection officer", "European"),
    *("Autoriteit Persoonsgegevens", "functionaris", "bijzonder persoonsgegeven", "Europese"),
)
AMERICAS = (
    *("BIPA", "ILCS", "RCW", "HB24", "503.001", "attorney general", "release", "geometr"),
    *("privacy-policy", "Biometric"),
)
#: What each text says, by language.
EVERY = {
    "en": ("without a reason", "at most 7 days", "five years", "/privacy-policy"),
    "nl": ("zonder reden", "hooguit 7 dagen", "vijf jaar", "/privacy-policy"),
}
FACE = {
    "en": (
        *("geometry of your face", "face template", "There is one purpose", "12 months"),
        *("destroy", "do not sell, lease or trade", "profit", "without your face"),
        *("5 seconds", "15 minutes", "within a second"),
    ),
    "nl": (
        *("geometrie van uw gezicht", "gezichtsafdruk", "één doel", "12 maanden"),
        *("vernietigen", "verkopen, verhuren of verhandelen", "verdienen", "zonder gezicht"),
        *("5 seconden", "15 minuten", "binnen een seconde"),
    ),
}
COMPLAIN = {
    "us": "reportfraud.ftc.gov",
    "us-il": "illinoisattorneygeneral.gov",
    "us-tx": "texasattorneygeneral.gov",
    "us-wa": "atg.wa.gov",
    "us-co": "coag.gov",
}
#: The law's last day, by region: words, and the profile's days that they stand for.
CAPS = {
    "us-il": ({"en": "three years after", "nl": "drie jaar nadat"}, "last_interaction", 1095),
    "us-tx": ({"en": "one year after", "nl": "één jaar nadat"}, "after_purpose", 365),
    "us-co": ({"en": "two years after", "nl": "twee jaar nadat"}, "last_interaction", 730),
}


def _profile(region: str) -> RegionProfile:
    return load_profile("us", region.removeprefix("us-").upper() if "-" in region else "CA")


def _texts(region: str, language: str) -> list[Notice]:
    version = Notices(region).current_version
    texts = [Notices("eu").get(version, language, purpose) for purpose in PURPOSES]
    return texts + ([Notices("eu").release(version, language)] if region != "eu" else [])


def _missing(text: str, *wanted: str) -> list[str]:
    return [words for words in wanted if words not in text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", USA)
def test_no_word_of_europes_law_is_in_an_american_text(region: str, language: str) -> None:
    found = {
        (t.title, word) for t in _texts(region, language) for word in EUROPES if word in t.text
    }
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_americas_law_is_in_a_european_text(language: str) -> None:
    found = {(t.title, word) for t in _texts("eu", language) for word in AMERICAS if word in t.text}
    assert found == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", USA)
def test_every_text_says_how_it_ends_and_where_the_policy_is(region: str, language: str) -> None:
    version = Notices(region).current_version
    for purpose in PURPOSES:
        text = Notices("eu").get(version, language, purpose).text
        assert _missing(text, *EVERY[language]) == [], purpose
    assert COMPLAIN[region] in Notices("eu").get(version, language, Purpose.ACCOUNT).text
    assert COMPLAIN[region].split(",")[0] in _profile(region).authority


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", USA)
def test_the_face_s_text_says_what_why_how_long_and_to_whom(region: str, language: str) -> None:
    """740 ILCS 14/15(b)(1), (2); (c); (d)."""
    for purpose in FACES:
        text = Notices("eu").get(Notices(region).current_version, language, purpose).text
        assert _missing(text, *FACE[language]) == [], purpose


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("region", ["eu", *USA])
def test_the_till_s_text_says_that_nobody_pays_with_the_face(region: str, language: str) -> None:
    text = Notices("eu").get(Notices(region).current_version, language, Purpose.TILL).text
    said = {"en": "never pay with your face", "nl": "betaalt nooit met uw gezicht"}[language]
    asks = {"en": "only when you ask for it", "nl": "alleen als u erom vraagt"}[language]
    assert _missing(text, said, asks) == []


@pytest.mark.parametrize("region", USA)
def test_the_terms_in_the_texts_are_the_profile_s(region: str) -> None:
    profile = _profile(region)
    kept = profile.retention
    assert (profile.consent_days, kept.recognise_unused, kept.allergies) == (365, 365, 365)
    assert (kept.visits, kept.proof, kept.key_backup) == (90, 5 * 365, 7)
    assert kept.purchases == 2 * 365
    assert (profile.min_age, profile.request_days) == (18, 30)
    version = Notices(region).current_version
    at_once = grace(profile) == timedelta(0)
    assert at_once or grace(profile) == timedelta(days=30)
    for language in LANGUAGES:
        faces = [Notices("eu").get(version, language, one).text for one in FACES]
        for face in faces:
            assert ({"en": "within 30 days", "nl": "binnen 30 dagen"}[language] in face) != at_once
        visits = Notices("eu").get(version, language, Purpose.VISITS).text
        assert {"en": "at most 90 days", "nl": "hooguit 90 dagen"}[language] in visits
        if region in CAPS:
            words, field, days = CAPS[region]
            assert getattr(kept, field) == days
            assert all(words[language] in face for face in faces)
        purchases = Notices("eu").get(version, language, Purpose.PURCHASES).text
        assert {"en": "at most two years", "nl": "hooguit twee jaar"}[language] in purchases


@pytest.mark.parametrize(("region", "law"), [("us-il", "740 ILCS 14/20"), ("us-wa", "19.373.090")])
def test_a_right_to_go_to_court_is_said_where_there_is_one(region: str, law: str) -> None:
    for language in LANGUAGES:
        assert any(law in text.text for text in _texts(region, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_washington_asks_to_collect_and_says_that_nothing_is_shared(language: str) -> None:
    """RCW 19.373.030: two consents, and the second is not asked: nothing is shared."""
    assert _profile("us-wa").health_consents == 2
    text = Notices("us-wa").current(language, Purpose.ALLERGIES).text
    said = {"en": "because nothing is shared", "nl": "want wij delen niets"}[language]
    assert said in text
    assert said not in Notices("us").current(language, Purpose.ALLERGIES).text


def test_a_region_without_texts_lets_nobody_join() -> None:
    with pytest.raises(NoticeError, match="Nobody can join"):
        _ = Notices("us-xx").current_version
