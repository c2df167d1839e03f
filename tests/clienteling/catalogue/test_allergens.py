"""The fourteen allergens of the law, named in both languages."""

import pytest

from clienteling.catalogue.allergens import NAMES, Allergen, name


def test_there_are_exactly_the_fourteen_of_annex_ii() -> None:
    assert len(Allergen) == 14
    assert set(Allergen) == {
        *("gluten", "crustaceans", "eggs", "fish", "peanuts", "soybeans", "milk", "nuts"),
        *("celery", "mustard", "sesame", "sulphites", "lupin", "molluscs"),
    }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_has_a_name_of_its_own(language: str) -> None:
    names = [name(allergen, language) for allergen in Allergen]

    assert len(set(names)) == 14
    assert all(names)
    assert NAMES[language].keys() == set(Allergen)


def test_another_language_gets_english() -> None:
    assert name(Allergen.MILK, "fr") == "Milk"
    assert name(Allergen.MILK, "nl") == "Melk"
