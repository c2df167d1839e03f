"""The navigation shows each person the places that open for them, and says where they are."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.web import pair, sign_in
from web.manage.nav import PLACES as MANAGE_PLACES
from web.nav import Place
from web.staff.nav import PLACES as STAFF_PLACES


def addresses(page: str) -> list[str]:
    """Return where the links of the menu lead."""
    menu = page.partition('class="nav-list"')[2].partition("</details>")[0]
    return [part.partition('"')[0] for part in menu.split('href="')[1:]]


@pytest.mark.parametrize("places", [STAFF_PLACES, MANAGE_PLACES])
def test_every_place_is_a_page_without_arguments(app: Flask, places: tuple[Place, ...]) -> None:
    icons = app.jinja_env.get_template("components.html").module.__dict__["paths"]
    for place in places:
        rules = list(app.url_map.iter_rules(place.endpoint))
        assert any("GET" in (rule.methods or ()) and not rule.arguments for rule in rules)
        assert place.icon in icons
    assert sum(place.first for place in places) <= 5


def test_a_trained_person_finds_arrivals_and_requests(client: FlaskClient) -> None:
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    page = client.get("/staff").text
    assert {"/staff", "/staff/asks"} <= set(addresses(page))
    assert page.partition('class="nav-list"')[2].count('aria-current="page"') == 1


def test_who_had_no_training_is_not_led_to_the_arrivals(client: FlaskClient) -> None:
    pair(client, "tablet")
    sign_in(client, "staff")
    assert "/staff" not in addresses(client.get("/staff/asks").text)


def test_a_page_below_a_place_counts_as_that_place(client: FlaskClient, shop: Home) -> None:
    sign_in(client, "manager")
    page = client.get("/manage/cameras").text
    assert 'href="/manage/cameras" aria-current="page"' in page.replace("  ", " ")
    assert set(addresses(page)) >= {"/manage", "/manage/cameras", "/approvals"}


def test_an_officer_is_not_led_to_the_managers_pages(client: FlaskClient) -> None:
    sign_in(client, "officer")
    assert 'href="/manage' not in client.get("/approvals").text
