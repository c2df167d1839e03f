"""Nothing is untranslated, and what is committed is what the code says."""

import pytest

from web.translations.build import AREAS, TRANSLATIONS, build


@pytest.mark.parametrize("area", AREAS)
def test_the_catalogue_is_complete_and_current(area: str) -> None:
    assert build(area, check=True) == []


@pytest.mark.parametrize("area", AREAS)
def test_the_compiled_catalogue_is_there(area: str) -> None:
    assert (TRANSLATIONS / area / "nl" / "LC_MESSAGES" / "messages.mo").exists()
