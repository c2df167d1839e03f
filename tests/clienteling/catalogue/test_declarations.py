"""Four statuses of an allergen, never confused; silence is never "free from"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus, Declaration

STATUSES = st.dictionaries(st.sampled_from(Allergen), st.sampled_from(AllergenStatus))


@given(STATUSES)
def test_each_allergen_has_exactly_the_status_that_was_stated(
    stated: dict[Allergen, AllergenStatus],
) -> None:
    declaration = Declaration.of({code.value: status for code, status in stated.items()})

    for allergen in Allergen:
        assert declaration.status(allergen) is stated.get(allergen, AllergenStatus.NOT_KNOWN)
    assert Declaration.of(declaration.as_codes()) == declaration


def test_nothing_said_is_not_known_and_never_free_from() -> None:
    nothing = Declaration()

    assert nothing.not_known == set(Allergen)
    assert not nothing.is_complete
    assert nothing.as_codes() == {}
    assert nothing.as_letters() == "-" * 14


def test_a_complete_declaration_says_that_the_rest_is_absent() -> None:
    declared = Declaration.complete({Allergen.MILK}, {Allergen.NUTS, Allergen.MILK})

    assert declared.is_complete
    assert declared.status(Allergen.MILK) is AllergenStatus.CONTAINED
    assert declared.status(Allergen.NUTS) is AllergenStatus.TRACES
    assert declared.status(Allergen.EGGS) is AllergenStatus.FREE
    assert declared.as_letters() == "ffffffctffffff"


def test_an_allergen_cannot_have_two_statuses() -> None:
    with pytest.raises(ValueError, match="either"):
        Declaration(contained=frozenset({Allergen.MILK}), free=frozenset({Allergen.MILK}))


def test_a_doubt_takes_back_free_from_and_nothing_else() -> None:
    doubted = Declaration.complete({Allergen.MILK}, {Allergen.NUTS}).unless(Allergen)

    assert doubted.contained == {Allergen.MILK}
    assert doubted.traces == {Allergen.NUTS}
    assert len(doubted.not_known) == 12


@pytest.mark.parametrize("stated", [{"gold": "free"}, {"milk": "perhaps"}])
def test_unknown_codes_are_refused(stated: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        Declaration.of(stated)
