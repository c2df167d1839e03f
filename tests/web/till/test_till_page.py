"""The simulated till: who gets it, what it shows, and that it asks what a real till asks."""

import pytest
from flask.testing import FlaskClient

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers.purchases import sales_of
from clienteling.home import Home
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.people import EVERYTHING, join
from tests.support.web import csrf, pair, post_json

DESK = "/till/desk"


@pytest.fixture(autouse=True)
def goods(shop: Home) -> None:
    milky = Declaration.complete([Allergen.MILK])
    products = [
        Product(
            id=new_id(),
            name="Milk bar",
            name_nl="Melkreep",
            sku="MILKY",
            price_cents=250,
            declaration=milky,
        ),
        Product(id=new_id(), name="Not sold any more", sku="OLD", active=False),
    ]
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, products, actor="c", now=shop.office.now())


def test_it_shows_what_is_sold_in_the_language_of_the_screen(client: FlaskClient) -> None:
    pair(client, "till")
    english = client.get("/till", headers={"Accept-Language": "en"}).text
    assert 'data-code="MILKY" data-name="Milk bar" data-cents="250"' in english
    assert "€2.50" in english
    assert "Not sold any more" not in english
    dutch = client.get("/till", headers={"Accept-Language": "nl"}).text
    assert 'data-name="Melkreep"' in dutch


def test_pairing_leads_to_it(client: FlaskClient) -> None:
    pair(client, "till")
    assert 'href="/till"' in client.get("/pair").text


def test_a_whole_sale_without_a_bearer_token(client: FlaskClient, shop: Home) -> None:
    customer = join(shop, purposes=EVERYTHING | {Purpose.PURCHASES}, allergies=("milk",))
    pair(client, "till")
    made = post_json(client, f"{DESK}/attachments", {"code": customer.code})
    assert made.json is not None
    lines = [{"code": "MILKY", "name": "Milk bar", "quantity": 1}]
    handle = made.json["attachment"]

    checked = post_json(client, f"{DESK}/attachments/{handle}/check", {"lines": lines})
    assert checked.json is not None
    assert [one["status"] for one in checked.json["warnings"]] == ["contained"]

    done = {"number": "1", "at": "2026-01-02T10:00:00Z", "lines": lines, "attachment": handle}
    headers = {"X-CSRFToken": csrf(client), "Idempotency-Key": "one"}
    assert client.post(f"{DESK}/sales", json=done, headers=headers).status_code == 201
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, customer.subject_id, Purpose.PURCHASES, shop.office.now())
    assert [line.name for one in sales_of(shop.office, grant) for line in one.lines] == ["Milk bar"]

    released = client.delete(f"{DESK}/attachments/{handle}", headers={"X-CSRFToken": csrf(client)})
    assert released.status_code == 204


def test_what_a_cookie_opens_needs_a_csrf_token(client: FlaskClient, shop: Home) -> None:
    customer = join(shop)
    pair(client, "till")
    answer = client.post(f"{DESK}/attachments", json={"code": customer.code})
    assert answer.status_code == 400
    assert "attachment" not in answer.text


def test_the_cookie_of_a_till_does_not_open_the_api(client: FlaskClient) -> None:
    pair(client, "till")
    assert post_json(client, "/api/v1/till/attachments", {"code": "AAAA-BBBB"}).status_code == 401


@pytest.mark.parametrize("kind", ["tablet", "kiosk"])
def test_other_screens_are_turned_away(client: FlaskClient, kind: str) -> None:
    pair(client, kind)
    assert client.get("/till").status_code == 403
    assert post_json(client, f"{DESK}/attachments", {"code": "AAAA-BBBB"}).status_code == 403
