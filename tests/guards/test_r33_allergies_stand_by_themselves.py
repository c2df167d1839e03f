"""R33: allergies have a consent and a key of their own; when either is gone, the rest still works.

Fails when a card reads them under another consent, or when they lie under another purpose's key.
"""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.catalogue.allergens import Allergen
from clienteling.customers.card import build_card
from clienteling.customers.profile import AllergyState
from clienteling.errors import UsageError
from clienteling.home import Home
from consent import records
from consent.errors import ConsentError, KeyUnavailableError
from consent.keystore import keys
from consent.models import DataKeyRow
from consent.office import withdraw
from consent.purposes import TERMS, Purpose
from tests.support.arrivals import arrive
from tests.support.people import join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub


def test_withdrawn_they_are_gone_and_the_face_is_still_greeted(shop: Home) -> None:
    customer = join(shop, allergies=("milk",))
    with shop.databases.identity.read() as identity:
        kept = records.require_grant(
            identity, customer.subject_id, Purpose.ALLERGIES, shop.office.now()
        )
    withdraw(shop.office, customer.subject_id, [Purpose.ALLERGIES], actor="c", method="c")
    card = build_card(shop.office, customer.subject_id, reader="user:1", confirmed=True)
    assert (card.name, card.likes) == ("Robin Test", ("dark chocolate",))
    assert card.allergies is not None
    assert card.allergies.state is AllergyState.NOT_SHARED
    with shop.databases.keys.read() as session, pytest.raises(KeyUnavailableError):
        keys.data_key(session, shop.office.ring, kept)


@pytest.mark.parametrize("other", [Purpose.RECOGNISE, Purpose.PREFERENCES])
def test_withdrawing_another_purpose_leaves_them(shop: Home, other: Purpose) -> None:
    customer = join(shop, allergies=("milk",))
    withdraw(shop.office, customer.subject_id, [other], actor="c", method="c")
    card = build_card(
        shop.office, customer.subject_id, reader="user:1", confirmed=True, asked_by_name=True
    )
    assert card.allergies is not None
    assert card.allergies.stated is not None
    assert card.allergies.stated.codes == (Allergen.MILK,)


def test_no_other_key_opens_them(shop: Home) -> None:
    customer = join(shop, allergies=("milk",))
    with shop.databases.keys.write() as session:
        rows = session.scalars(
            select(DataKeyRow).where(DataKeyRow.subject_id == customer.subject_id)
        )
        own = {row.purpose: row.key_id for row in rows}
        keys.destroy_data_keys(session, customer.subject_id, [Purpose.ALLERGIES])
    assert len(set(own.values())) == len(own) == 4
    with pytest.raises(ConsentError):
        build_card(shop.office, customer.subject_id, reader="user:1", confirmed=True)
    card = build_card(shop.office, customer.subject_id, reader="user:1", confirmed=False)
    assert card.name == "Robin Test"


def test_they_are_coded_and_a_special_category() -> None:
    assert TERMS[Purpose.ALLERGIES].special_category
    assert len(Allergen) == 14


@pytest.mark.parametrize("own_words", [("x",) * 6, ("x" * 61,)])
def test_own_words_are_few_and_short(shop: Home, own_words: tuple[str, ...]) -> None:
    with pytest.raises((UsageError, ConsentError)):
        join(shop, allergies=("milk",), own_words=own_words)


def test_staff_see_that_the_customer_said_so(client: FlaskClient, hub: Hub, shop: Home) -> None:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    arrival = arrive(hub, join(shop, allergies=("milk",)))
    pair(client, "tablet")
    sign_in(client, "trained")
    post_json(client, f"/staff/arrivals/{arrival.id}/confirm")
    card = client.get(f"/staff/arrivals/{arrival.id}/card").text
    assert "<strong>Milk</strong>" in card
    assert "Stated by the customer on" in card
