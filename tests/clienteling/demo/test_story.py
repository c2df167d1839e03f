"""The demo's customers have a past, and `demo --check` notices when a card does not tell it."""

import pytest
from flask.testing import FlaskClient

from clienteling.demo.card import card_problems
from clienteling.demo.script import Person, load_shop
from clienteling.demo.shop import add_products, product_rows
from clienteling.demo.story import tell_stories
from clienteling.demo.tablet import text_of
from clienteling.home import Home
from consent.purposes import Purpose
from tests.support.arrivals import arrive
from tests.support.people import Customer, join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub

PEOPLE = {person.key: person for person in load_shop().person}


@pytest.fixture
def customers(shop: Home) -> dict[str, Customer]:
    """The demo's customers, with their stories but without their faces."""
    add_products(shop)
    joined = {
        key: join(
            shop,
            name=person.name,
            purposes=frozenset(Purpose(name) for name in person.purposes),
            likes=person.likes,
            allergies=person.allergies,
        )
        for key, person in PEOPLE.items()
    }
    accounts = {key: one.subject_id for key, one in joined.items()}
    tell_stories(shop, accounts, staff="user:1")
    return joined


def confirmed_card(client: FlaskClient, hub: Hub, customer: Customer) -> str:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    arrival = arrive(hub, customer)
    post_json(client, f"/staff/arrivals/{arrival.id}/confirm")
    return text_of(client.get(f"/staff/arrivals/{arrival.id}/card").text)


def problems(shop: Home, person: Person, card: str) -> list[str]:
    return list(card_problems(person, card, product_rows(shop.office.now().date())))


@pytest.mark.parametrize("key", PEOPLE)
def test_the_card_tells_everything_in_order(
    shop: Home, client: FlaskClient, hub: Hub, customers: dict[str, Customer], key: str
) -> None:
    card = confirmed_card(client, hub, customers[key])
    assert problems(shop, PEOPLE[key], card) == [], card


def test_what_is_missing_too_late_or_dangerous_is_told(
    shop: Home, client: FlaskClient, hub: Hub, customers: dict[str, Customer]
) -> None:
    robin = PEOPLE["a"]
    card = confirmed_card(client, hub, customers["a"])
    assert robin.story is not None

    def told(changed: str) -> str:
        return " ".join(problems(shop, robin, changed))

    assert "request is missing" in told(card.replace(robin.story.request, ""))
    late = card.replace(robin.story.ready, "") + robin.story.ready
    assert "too late" in told(late)
    assert "no suggestion" in told(card.replace("its “", "or “"))
    nuts = card.replace("Might love", "Might love Hazelnut milk chocolate")
    assert "Hazelnut milk chocolate is suggested in spite of nuts" in told(nuts)
