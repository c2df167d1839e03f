"""Compliments on the tablet, and the huddle where the team hears them."""

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.team.amounts import set_amounts
from clienteling.team.moments import tell
from clienteling.team.rotation import add_case, add_value
from consent.log.events import EventKind
from tests.support.shops import logged
from tests.support.web import ShopClock, post_form


def give(client: FlaskClient, receiver: str = "2", **more: str) -> int:
    answer = post_form(
        client, "/staff/compliments", receiver=receiver, words="You stayed late.", **more
    )
    return answer.status_code


def test_the_receiver_sees_it_with_the_givers_name(anna: FlaskClient, bram: FlaskClient) -> None:
    assert give(anna, bonus="yes") == 303
    page = bram.get("/staff/compliments").text
    assert "You stayed late." in page
    assert "Anna" in page
    assert "with a bonus of €50.00" in page


@pytest.mark.usefixtures("bram")
def test_the_second_bonus_of_a_month_is_refused(anna: FlaskClient) -> None:
    assert give(anna, bonus="yes") == 303
    assert 'name="bonus"' not in anna.get("/staff/compliments").text
    answer = post_form(anna, "/staff/compliments", receiver="2", words="Kept words", bonus="yes")
    assert answer.status_code == 409
    assert "already" in answer.text
    assert "Kept words" in answer.text
    assert give(anna) == 303


@pytest.mark.parametrize("receiver", ["", "1", "99", "two", "٢", "-1"])
def test_a_compliment_is_for_a_colleague(anna: FlaskClient, receiver: str) -> None:
    assert give(anna, receiver) == 400


@pytest.mark.usefixtures("bram")
def test_oneself_is_not_on_the_list(anna: FlaskClient) -> None:
    page = anna.get("/staff/compliments").text
    assert '<option value="2"' in page
    assert '<option value="1"' not in page


@pytest.mark.usefixtures("bram")
def test_without_a_bonus_amount_none_is_offered(anna: FlaskClient, shop: Home) -> None:
    set_amounts(shop.office, 2500, 0, actor="user:1")
    assert (
        "bonus"
        not in anna.get("/staff/compliments").text.partition("<main")[2].partition("<footer")[0]
    )
    assert give(anna, bonus="yes") == 400


@pytest.mark.usefixtures("bram")
def test_the_huddle_shows_the_morning(anna: FlaskClient, shop: Home, shop_clock: ShopClock) -> None:
    add_value(shop.office, "Warm", "As a friend", actor="user:3")
    add_case(shop.office, "A wrong size", "What now?", actor="user:3")
    tell(shop.office, "The glove", "We walked.", shop.office.today(), author="user:1")
    give(anna)
    shop_clock.forward(86_400.0)
    page = anna.get("/staff/huddle")
    for said in ("Warm", "A wrong size", "What now?", "The glove", "You stayed late."):
        assert said in page.text
    assert logged(shop.office, EventKind.HUDDLE_READ)[0].actor == "user:1"


def test_an_empty_huddle_says_what_to_do(anna: FlaskClient) -> None:
    page = anna.get("/staff/huddle").text
    assert "Who has a story?" in page
    assert "No values are written yet" in page


def test_the_huddle_is_for_who_had_the_training(bram: FlaskClient, manager: FlaskClient) -> None:
    assert bram.get("/staff/huddle").status_code == 403
    assert manager.get("/staff/huddle").status_code == 403
