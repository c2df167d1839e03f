"""R32: nothing about allergies leaves the hub before the person is confirmed with the customer,
and "not this person" is offered on every card that a member of staff can act on.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.arrivals import arrive
from tests.support.people import Customer, join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub

#: What a confirmed card of this customer says, in either language, and an unconfirmed one never.
OWN_WORDS = "MARKER-colouring"
TELLING = (OWN_WORDS, "Lupin", "lupin", "Lupine", "Allergic to", "not recorded", "not shared")


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop, allergies=("lupin",), own_words=(OWN_WORDS,))


@pytest.fixture
def tablet(client: FlaskClient) -> FlaskClient:
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    return client


def _told(client: FlaskClient, hub: Hub, customer: Customer) -> tuple[str, ...]:
    arrival = arrive(hub, customer)
    pages = ("/staff", "/staff/arrivals", f"/staff/arrivals/{arrival.id}/card")
    said = "".join(client.get(page).text for page in pages)
    return tuple(word for word in TELLING if word in said)


def test_a_new_and_a_claimed_card_tell_nothing_of_allergies(
    tablet: FlaskClient, hub: Hub, customer: Customer
) -> None:
    arrival = arrive(hub, customer)
    assert _told(tablet, hub, customer) == ()
    post_json(tablet, f"/staff/arrivals/{arrival.id}/claim")
    assert _told(tablet, hub, customer) == ()


def test_an_unconfirmed_card_does_not_even_tell_that_there_are_none(
    tablet: FlaskClient, hub: Hub, shop: Home
) -> None:
    pages = []
    for allergies in (("milk",), (), None):
        arrival = arrive(hub, join(shop, allergies=allergies))
        page = tablet.get(f"/staff/arrivals/{arrival.id}/card").text
        section = page[page.index('<section class="allergies') :]
        pages.append(section[: section.index("</section>")])
    assert len(set(pages)) == 1


def test_confirming_opens_them_for_whoever_confirmed_and_nobody_else(
    app: Flask, tablet: FlaskClient, hub: Hub, customer: Customer
) -> None:
    arrival = arrive(hub, customer)
    assert post_json(tablet, f"/staff/arrivals/{arrival.id}/confirm").status_code == 204
    assert OWN_WORDS in _told(tablet, hub, customer)
    colleague = app.test_client()
    pair(colleague, "tablet")
    sign_in(colleague, "trained")
    assert _told(colleague, hub, customer) == ()


def test_a_confirmation_holds_for_one_arrival_only(
    tablet: FlaskClient, hub: Hub, customer: Customer
) -> None:
    arrival = arrive(hub, customer)
    post_json(tablet, f"/staff/arrivals/{arrival.id}/confirm")
    hub.board.drop_subject(customer.subject_id)
    assert _told(tablet, hub, customer) == ()


@pytest.mark.parametrize("acts", [(), ("claim",), ("confirm",)])
def test_wrong_person_is_always_within_reach(
    tablet: FlaskClient, hub: Hub, customer: Customer, acts: tuple[str, ...]
) -> None:
    arrival = arrive(hub, customer)
    for act in acts:
        post_json(tablet, f"/staff/arrivals/{arrival.id}/{act}")
    assert 'data-act="not-this-person"' in tablet.get(f"/staff/arrivals/{arrival.id}/card").text
