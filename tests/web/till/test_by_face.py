"""The page that plays a till asks by face only where a camera stands at it."""

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.tills import AT_BOTH, COUNTER, identifying, pair_till_camera
from tests.support.web import pair, post_json

DESK = "/till/desk"


@pytest.fixture
def shop(shop: Home) -> Home:
    return identifying(shop)


def page(client: FlaskClient, language: str = "en") -> str:
    return client.get("/till", headers={"Accept-Language": language}).text


@pytest.mark.parametrize("kind", [None, "edge"])
def test_without_a_camera_at_the_till_nothing_is_offered(
    client: FlaskClient, shop: Home, kind: str | None
) -> None:
    if kind is not None:
        pair_edge(client, shop, COUNTER, kind)
    pair(client, "till", COUNTER)
    assert "Identify by face" not in page(client)


def test_of_another_till_neither(client: FlaskClient, shop: Home) -> None:
    pair_till_camera(client, shop)
    pair(client, "till")
    assert "Identify by face" not in page(client)


def test_where_one_stands_the_page_offers_it_and_has_the_words_of_each_step(
    client: FlaskClient, shop: Home
) -> None:
    pair_till_camera(client, shop)
    pair(client, "till", COUNTER)
    for language, button, step in (
        ("en", "Identify by face", "Turn your head to the left"),
        ("nl", "Met het gezicht opzoeken", "Draai uw hoofd naar links"),
    ):
        assert button in page(client, language)
        assert step in page(client, language)


def test_the_page_asks_the_same_views_as_a_till(client: FlaskClient, shop: Home) -> None:
    customer = join(shop, purposes=AT_BOTH)
    edge = pair_till_camera(client, shop)
    pair(client, "till", COUNTER)
    asked = post_json(client, f"{DESK}/identifications").json
    assert asked is not None
    window, version = asked["identification"], edge.pull().version
    assert edge.send(edge.sighting(window, customer.till, version)) == (1, 0)
    found = client.get(f"{DESK}/identifications/{window}").json
    assert found is not None
    assert found["attachment"]["greeting"] == "Robin Test"


def test_what_a_cookie_opens_needs_a_csrf_token(client: FlaskClient, shop: Home) -> None:
    pair_till_camera(client, shop)
    pair(client, "till", COUNTER)
    answer = client.post(f"{DESK}/identifications", json={})
    assert answer.status_code == 400
    assert "steps" not in answer.text
