"""Which allergens words name, in several languages; what is not understood is said."""

import pytest

from clienteling.catalogue.allergens import NAMES, Allergen
from clienteling.catalogue.imports.allergen_words import named_in_list, named_in_text


def named(*entries: str) -> set[str]:
    found = named_in_list(entries)
    assert found.unknown == ()
    return {str(allergen) for allergen in found.allergens}


@pytest.mark.parametrize("allergen", Allergen)
def test_our_codes_name_themselves(allergen: Allergen) -> None:
    assert named(allergen.value) == {allergen.value}
    for names in NAMES.values():
        assert named_in_text(names[allergen]) == {allergen}


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en:milk", {"milk"}),
        ("en:sesame-seeds", {"sesame"}),
        ("en:sulphur-dioxide-and-sulphites", {"sulphites"}),
        ("en:oats", {"gluten"}),
        ("en:milkfat", {"milk"}),
        ("it:burro", {"milk"}),
        ("fr:avoine", {"gluten"}),
        ("en:tree-nuts", {"nuts"}),
        ("en:en-nuts", {"nuts"}),
        ("de:fruits-à-coque", {"nuts"}),
        ("nl:pinda-s-en-andere-noten", {"nuts", "peanuts"}),
        ("en:en-en-milk-en-nuts-en-soybeans", {"milk", "nuts", "soybeans"}),
        ("en:crustacean-shellfish", {"crustaceans", "molluscs"}),
        ("E223", {"sulphites"}),
        ("Kippeneieren", {"eggs"}),
        ("Haselnüsse", {"nuts"}),
        ("œufs", {"eggs"}),
        ("en:coconut", set()),
        ("en:none", set()),
    ],
)
def test_names_and_tags_are_understood(tag: str, expected: set[str]) -> None:
    assert named(tag) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fr:gs1-t4078-ml", set()),
        ("it:cereali", set()),  # cereals: perhaps those with gluten
        ("en:100-gluten-free", set()),
        ("en:nut-shell-fragments", {"nuts"}),
        ("mlik", set()),
    ],
)
def test_what_is_not_wholly_understood_is_said(tag: str, expected: set[str]) -> None:
    found = named_in_list(["en:milk", tag])

    assert found.unknown == (tag,)
    assert found.allergens == expected | {"milk"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Suiker, cacaoboter, cacaomassa", set()),
        ("Cocoa butter, sugar, shea butter", set()),
        ("Beurre de cacao, lait de coco", set()),
        ("Pindaboter", {"peanuts"}),
        ("Peanut butter, sugar", {"peanuts"}),
        ("Melkzuur, kokosmelk", set()),
        ("Volle-melkpoeder, tarwebloem", {"milk", "gluten"}),
        ("Magermilchpulver, Weizenmehl", {"milk", "gluten"}),
        ("Roomboter 12%, eigeel", {"milk", "eggs"}),
        ("emulgator: sojalecithine", {"soybeans"}),
        ("nutmeg, coconut, butternut squash, eggplant", set()),
        ("noix de muscade", set()),
        ("antioxidant (E 220)", {"sulphites"}),
        ("", set()),
    ],
)
def test_ingredients_are_read_in_whole_words(text: str, expected: set[str]) -> None:
    assert named_in_text(text) == expected
