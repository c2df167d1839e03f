"""At the kiosk of a shop whose till can identify: a question of its own, and the same camera."""

import pytest
from flask.testing import FlaskClient

from clienteling.config import TillConfig, load_config, save_config
from clienteling.errors import RefusedError
from clienteling.home import Home, open_home
from clienteling.recognition.engine import Engine
from consent.purposes import Purpose
from tests.support.kiosk import NOTHING, Walk, detecting_engine, only_subject, standing, walk
from tests.support.web import pair


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def shop(shop: Home) -> Home:
    config = load_config(shop.path)
    save_config(shop.path, config.model_copy(update={"till": TillConfig(identify=True)}))
    return open_home(shop.path, now=shop.office.now)


@pytest.fixture
def customer(shop: Home, client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


def test_the_till_alone_opens_the_camera_and_without_pictures_it_is_withdrawn(
    shop: Home, customer: Walk
) -> None:
    answer = customer.walk({**NOTHING, Purpose.TILL: True})
    assert customer.client.get(answer.location).location.endswith("/camera")
    assert Purpose.TILL in standing(shop, only_subject(shop))
    customer.post(f"{customer.at}/without")
    page = customer.see("receipt").text
    assert "No picture was made" in page
    assert standing(shop, only_subject(shop)) == {Purpose.ACCOUNT}


def test_the_question_comes_last_and_says_that_nobody_pays_with_the_face(customer: Walk) -> None:
    customer.walk({**NOTHING, Purpose.TILL: False}, until="till")
    page = customer.see("till").text
    assert "May we recognise you by your face at the till?" in page
    assert "You never pay with your face" in page
    assert page.count('name="answer"') == 2
    assert customer.answer("till", answer="no").location.endswith("/name")


@pytest.mark.parametrize("policy", ["pass", "zone", "ambient"])
def test_without_a_press_no_till_asks_and_nobody_is_asked_for_it(shop: Home, policy: str) -> None:
    config = load_config(shop.path)
    region = config.region.model_copy(update={"policy": policy})
    save_config(shop.path, config.model_copy(update={"region": region}))
    with pytest.raises(RefusedError, match="only the policy trigger"):
        open_home(shop.path, now=shop.office.now)
