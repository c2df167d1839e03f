"""The manager's page of what is missing."""

import pytest
from flask.testing import FlaskClient

from tests.support.people import join
from tests.support.web import ShopClock, sign_in
from web.context import Hub

PAGE = "/manage/data"


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "manager")
    return client


def test_an_empty_shop_is_told_where_to_begin(manager: FlaskClient) -> None:
    page = manager.get(PAGE).text
    assert "products are on sale." in page
    assert 'href="/manage/products/import"' in page
    assert "customers agreed to be recognised." in page


def test_few_customers_are_not_counted_out(manager: FlaskClient, hub: Hub) -> None:
    for _ in range(3):
        join(hub.home, likes=())
    page = manager.get(PAGE).text
    assert page.count("<strong>fewer than 5</strong>") == 2  # tastes; and who is recognised
    assert "too few to give a share" in page
    assert "<strong>3</strong>" not in page


def test_many_are_counted_with_what_to_do(manager: FlaskClient, hub: Hub) -> None:
    for number in range(10):
        join(hub.home, likes=("fudge",) if number < 4 else (), allergies=None)
    page = manager.get(PAGE).text
    assert "<strong>6</strong> customers share their tastes and told none, of 10" in page
    assert "<strong>10</strong> customers share allergies and told neither" in page
    assert "<strong>40\u202f%</strong> of 10 customers who agreed to be recognised" in page
    assert page.count("Ask at the next visit") == 2
    assert 'href="/manage/data" aria-current="page"' in page.replace("  ", " ")


def test_a_count_is_held_for_ten_minutes(
    manager: FlaskClient, hub: Hub, shop_clock: ShopClock
) -> None:
    assert "Accounts: 0." in manager.get(PAGE).text
    for _ in range(5):
        join(hub.home)
    assert "Accounts: 0." in manager.get(PAGE).text
    shop_clock.forward(601)
    assert "Accounts: 5." in manager.get(PAGE).text
