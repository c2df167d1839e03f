"""What is held of a customer, and the history of the consents."""

import pytest

from clienteling.customers.overview import consents, overview
from clienteling.customers.profile import AllergyState
from clienteling.home import Home
from consent.errors import SubjectUnknownError
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.kiosk import ASKED
from tests.support.people import join


def test_everything_that_stands_is_shown(shop: Home) -> None:
    customer = join(shop, name="Robin", likes=("fudge",), allergies=())

    shown = overview(shop.office, customer.subject_id, reader="command")

    assert shown.customer == customer.subject_id
    assert shown.purposes == ("account", "recognise", "preferences", "allergies")
    assert shown.account is not None
    assert shown.account.name == "Robin"
    assert shown.preferences is not None
    assert shown.preferences.likes == ("fudge",)
    assert (shown.allergies_state, shown.templates) == (AllergyState.NONE_KNOWN, 1)


def test_what_does_not_stand_is_not_shown(shop: Home) -> None:
    customer = join(shop)
    withdraw(shop.office, customer.subject_id, None, actor="c", method="c")

    shown = overview(shop.office, customer.subject_id, reader="command")

    assert shown.purposes == ("account",)
    assert (shown.preferences, shown.allergies, shown.templates) == (None, None, 0)
    assert shown.allergies_state is AllergyState.NOT_SHARED


def test_the_history_is_in_order_with_every_choice(shop: Home) -> None:
    customer = join(shop)
    withdraw(shop.office, customer.subject_id, [Purpose.ALLERGIES], actor="c", method="c")

    shown = consents(shop.office, customer.subject_id, reader="command")

    assert shown.standing == ("account", "recognise", "preferences")
    assert len(shown.events) == 1 + len(ASKED) + 1
    assert (shown.events[-1].purpose, shown.events[-1].state) == ("allergies", "withdrawn")
    assert [event.leaf_index for event in shown.events] == sorted(
        event.leaf_index for event in shown.events
    )
    assert all(event.expires_at for event in shown.events if event.purpose == "recognise")


def test_of_the_erased_only_the_proof_is_left(shop: Home) -> None:
    customer = join(shop)
    erase(shop.office, customer.subject_id, actor="c", method="c")

    with pytest.raises(SubjectUnknownError, match="never enrolled, or erased"):
        overview(shop.office, customer.subject_id, reader="command")
    assert consents(shop.office, customer.subject_id, reader="command").standing == ()


def test_nobody_has_no_history(shop: Home) -> None:
    with pytest.raises(SubjectUnknownError):
        consents(shop.office, "nobody", reader="command")
