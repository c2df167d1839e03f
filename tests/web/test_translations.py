"""Nothing is untranslated, and what is committed is what the code says."""

import pytest
from babel.messages.pofile import read_po

from web.translations.build import AREAS, TRANSLATIONS, build


@pytest.mark.parametrize("area", AREAS)
def test_the_catalogue_is_complete_and_current(area: str) -> None:
    assert build(area, check=True) == []


@pytest.mark.parametrize("area", AREAS)
def test_the_compiled_catalogue_is_there(area: str) -> None:
    assert (TRANSLATIONS / area / "nl" / "LC_MESSAGES" / "messages.mo").exists()


def test_the_same_english_is_the_same_dutch_in_every_area() -> None:
    """The catalogues are merged at run time: of two translations one would stand everywhere."""
    said: dict[object, dict[object, list[str]]] = {}
    for area in AREAS:
        with (TRANSLATIONS / area / "nl" / "LC_MESSAGES" / "messages.po").open("rb") as file:
            for message in read_po(file, locale="nl"):
                words = said.setdefault((message.context, message.id), {})
                words.setdefault(message.string, []).append(area)
    del said[None, ""]
    assert [(one, words) for one, words in said.items() if len(words) > 1] == []
