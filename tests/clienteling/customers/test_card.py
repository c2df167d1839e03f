"""The card: name and tastes; allergies only once the person is confirmed (R32), in four states."""

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.customers.card import AllergyPanel, build_card
from clienteling.customers.profile import AllergyState
from clienteling.home import Home
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.keystore.keys import destroy_data_keys
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.people import EVERYTHING, join


def test_before_the_confirmation_there_are_no_allergies_at_all(shop: Home) -> None:
    customer = join(shop, name="Robin", likes=("fudge",))

    card = build_card(shop.office, customer.subject_id, reader="user:1", confirmed=False)

    assert (card.name, card.likes, card.likes_shared) == ("Robin", ("fudge",), True)
    assert card.allergies is None


def panel(shop: Home, **joined: object) -> AllergyPanel:
    customer = join(shop, **joined)  # type: ignore[arg-type]
    card = build_card(shop.office, customer.subject_id, reader="user:1", confirmed=True)
    assert card.allergies is not None
    return card.allergies


def test_afterwards_the_four_states_are_told_apart(shop: Home) -> None:
    known = panel(shop, allergies=("milk",), own_words=("sago",))
    assert known.state is AllergyState.KNOWN
    assert known.stated is not None
    assert (known.stated.codes, known.stated.own_words) == ((Allergen.MILK,), ("sago",))

    none_known = panel(shop, allergies=())
    assert none_known.state is AllergyState.NONE_KNOWN

    silent = panel(shop, allergies=None)
    assert (silent.state, silent.stated) == (AllergyState.NOT_RECORDED, None)

    refused = panel(shop, purposes=EVERYTHING - {Purpose.ALLERGIES})
    assert (refused.state, refused.stated) == (AllergyState.NOT_SHARED, None)


def test_allergies_that_were_withdrawn_are_not_shared_and_the_rest_works(shop: Home) -> None:
    """R33: withdrawing P3 leaves P1 standing."""
    customer = join(shop, name="Robin")
    withdraw(shop.office, customer.subject_id, [Purpose.ALLERGIES], actor="c", method="c")

    card = build_card(shop.office, customer.subject_id, reader="user:1", confirmed=True)

    assert card.name == "Robin"
    assert card.allergies == AllergyPanel(AllergyState.NOT_SHARED)


def test_tastes_that_are_not_shared_are_not_no_tastes(shop: Home) -> None:
    silent = join(shop, purposes=frozenset({Purpose.RECOGNISE}))

    card = build_card(shop.office, silent.subject_id, reader="user:1", confirmed=False)

    assert (card.likes, card.likes_shared) == ((), False)


def test_who_is_no_longer_recognised_has_no_card(shop: Home) -> None:
    withdrawn, erased = join(shop), join(shop)
    withdraw(shop.office, withdrawn.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
    erase(shop.office, erased.subject_id, actor="c", method="c")

    for subject_id in (withdrawn.subject_id, erased.subject_id, "nobody"):
        with pytest.raises(ConsentMissingError, match="no longer recognised"):
            build_card(shop.office, subject_id, reader="user:1", confirmed=False)


def test_a_key_that_goes_meanwhile_leaves_no_card(shop: Home) -> None:
    customer = join(shop)
    with shop.databases.keys.write() as keys:
        destroy_data_keys(keys, customer.subject_id, [Purpose.ALLERGIES])

    with pytest.raises(KeyUnavailableError):
        build_card(shop.office, customer.subject_id, reader="user:1", confirmed=True)
