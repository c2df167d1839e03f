"""R15: the age gate comes before the camera; "no" ends, and keeps the answer of nobody."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent.errors import ConsentMissingError
from consent.office import Office, Statement, open_enrolment
from consent.purposes import CHOICES
from tests.support import webcam
from tests.support.kiosk import EVERYTHING, Walk, detecting_engine, good_views, subjects, walk
from tests.support.web import pair


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


def test_who_is_under_age_gets_no_further(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING, until="age")
    customer.answer("age", answer="no")
    for screen in ("about", "recognise", "confirm", "camera", "receipt"):
        assert customer.see(screen).location == "/kiosk/forgotten"
    assert customer.frame(webcam.jpeg(webcam.scene())).status_code == 410
    assert customer.capture(good_views()).status_code == 410
    assert subjects(shop) == []


def test_no_consent_can_be_given_before_the_age_is(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING, until="age")
    for screen in ("about", "recognise", "confirm"):
        answer = customer.post(f"{customer.at}/{screen}", {"answer": "yes", "agree": "yes"})
        assert answer.location.endswith("/age")
    assert subjects(shop) == []


def test_only_the_screen_after_the_consent_opens_a_camera(customer: Walk) -> None:
    """No other page carries the script that asks for it."""
    customer.walk(EVERYTHING, until="confirm")
    screens = ("language", "age", "about", "recognise", "name", "allergens", "review", "confirm")
    assert not any("camera.js" in customer.see(screen).text for screen in screens)
    customer.answer("confirm", answer="yes")
    assert "camera.js" in customer.see("camera").text


def test_no_date_of_birth_is_asked_for(customer: Walk) -> None:
    customer.walk(EVERYTHING, until="about")
    page = customer.see("age").text
    assert 'type="date"' not in page
    assert 'type="text"' not in page


def test_who_is_not_of_age_joins_nowhere(office: Office, statement: Statement) -> None:
    """Whatever the way: kiosk, paper, command."""
    for method in ("kiosk", "paper"):
        young = replace(statement, age_confirmed=False, method=method, attestation="form 1")
        with pytest.raises(ConsentMissingError, match="of age"):
            open_enrolment(office, young, dict.fromkeys(CHOICES, True))
