"""R6: before any consent the kiosk names the way without a face, free and equal; and it works."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.service.arrivals import Staff
from clienteling.service.stop import stop
from consent.purposes import Purpose
from tests.support.kiosk import EVERYTHING, Walk, detecting_engine, only_subject, standing, walk
from tests.support.people import join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


@pytest.mark.parametrize(
    ("language", "start", "about", "question"),
    [
        ("en", "free of charge", "It is free, and the service is the same", "without your face"),
        ("nl", "en gratis", "Het is gratis en u krijgt dezelfde hulp", "zonder gezicht"),
    ],
)
def test_the_equal_way_is_named_before_consent(
    customer: Walk, language: str, start: str, about: str, question: str
) -> None:
    customer.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    customer.answers["language"] = {"language": language}
    assert start in customer.client.get("/kiosk").text
    customer.walk(EVERYTHING, until="about")
    customer.client.get(f"/language/{language}")
    assert about in customer.see("about").text
    customer.answer("about")
    assert question in customer.see("recognise").text


def test_everything_but_the_face_can_be_had_without_it(shop: Home, customer: Walk) -> None:
    customer.walk({**EVERYTHING, Purpose.RECOGNISE: False})
    assert customer.see("receipt").status_code == 200
    assert standing(shop, only_subject(shop)) == {
        Purpose.ACCOUNT,
        Purpose.PREFERENCES,
        Purpose.ALLERGIES,
        Purpose.VISITS,
        Purpose.PURCHASES,
    }


@pytest.mark.parametrize("told", ["robin te", "Robin@Example.test"])
def test_who_told_staff_a_name_or_address_gets_the_same_card(
    app: Flask, shop: Home, customer: Walk, told: str
) -> None:
    customer.walk({**EVERYTHING, Purpose.RECOGNISE: False})
    tablet = app.test_client()
    tablet.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    pair(tablet, "tablet")
    sign_in(tablet, "trained")

    found = post_json(tablet, "/staff/find", {"query": told}).json
    assert found is not None
    (person,) = found["people"]
    assert person["name"] == "Robin Test"
    chosen = post_json(tablet, "/staff/find/choose", {"key": person["key"]}).json
    assert chosen is not None
    arrival = f"/staff/arrivals/{chosen['arrival_id']}"

    card = tablet.get(f"{arrival}/card").text
    assert "liquorice" in card
    assert "Allergies are closed" in card
    assert "kiwi" not in card
    assert post_json(tablet, f"{arrival}/confirm").status_code == 204
    card = tablet.get(f"{arrival}/card").text
    assert "<strong>Milk</strong>" in card
    assert "kiwi" in card


def test_it_works_while_recognition_is_stopped(hub: Hub, shop: Home, client: FlaskClient) -> None:
    faceless = join(shop, purposes=frozenset({Purpose.PREFERENCES}))
    arrival, _ = hub.board.ask_for(faceless.subject_id, Staff("user:1", "Anna"))
    stop(shop.office, actor="user:9")
    hub.watcher.step()
    pair(client, "tablet")
    sign_in(client, "trained")
    assert "dark chocolate" in client.get(f"/staff/arrivals/{arrival.id}/card").text
