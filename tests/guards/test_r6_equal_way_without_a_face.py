"""R6: before any consent the kiosk names the way without a face, free and equal; and it works."""

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent.purposes import Purpose
from tests.support.kiosk import EVERYTHING, Walk, detecting_engine, only_subject, standing, walk
from tests.support.web import pair


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
    }
