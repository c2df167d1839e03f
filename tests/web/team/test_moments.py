"""The wall on the tablet: telling, reacting, choosing, taking down."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.home import Home
from clienteling.team.models import MomentRow
from tests.support.people import Customer
from tests.support.web import csrf, post_form

A_UUID = "00000000-0000-4000-8000-000000000000"


def tell(client: FlaskClient, shop: Home, title: str = "The glove") -> str:
    today = shop.office.today().isoformat()
    answer = post_form(client, "/staff/moments", title=title, story="We walked.", day=today)
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("#m-")[2])


def test_a_told_story_is_on_every_tablet(anna: FlaskClient, bram: FlaskClient, shop: Home) -> None:
    tell(anna, shop)
    page = bram.get("/staff/moments").text
    assert "The glove" in page
    assert "Anna" in page
    assert "Take down" not in page


@pytest.mark.usefixtures("robin")
def test_a_customers_name_is_refused_and_nothing_typed_is_lost(
    anna: FlaskClient, shop: Home
) -> None:
    today = shop.office.today().isoformat()
    story = "Robin Zeldzaamnaam laughed."
    answer = post_form(anna, "/staff/moments", title="A smile", story=story, day=today)
    assert answer.status_code == 400
    assert "Tell it without the name" in answer.text
    assert story in answer.text
    assert 'value="A smile"' in answer.text


@pytest.mark.parametrize("day", ["", "yesterday", "2020-01-01", "2999-01-01"])
def test_a_day_that_is_none_is_refused(anna: FlaskClient, day: str) -> None:
    answer = post_form(anna, "/staff/moments", title="A", story="B", day=day)
    assert answer.status_code == 400
    assert "today, or in the last month" in answer.text


def test_a_story_is_shown_as_text_not_as_a_page(anna: FlaskClient, shop: Home) -> None:
    tell(anna, shop, "<script>alert(1)</script>")
    page = anna.get("/staff/moments").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_one_tap_says_it_made_my_day(anna: FlaskClient, bram: FlaskClient, shop: Home) -> None:
    story = tell(anna, shop)
    answer = post_form(bram, f"/staff/moments/{story}/react")
    assert answer.status_code == 303
    assert answer.location.endswith(f"#m-{story}")
    assert 'aria-pressed="true"' in bram.get("/staff/moments").text
    assert 'aria-pressed="true"' not in anna.get("/staff/moments").text
    assert "Best of the day" in anna.get("/staff/moments").text


def test_only_a_manager_chooses_and_takes_down_anothers(
    anna: FlaskClient, bram: FlaskClient, manager: FlaskClient, shop: Home
) -> None:
    story = tell(anna, shop)
    assert post_form(bram, f"/staff/moments/{story}/best").status_code == 403
    assert post_form(bram, f"/staff/moments/{story}/remove").status_code == 403
    assert post_form(manager, f"/staff/moments/{story}/best").status_code == 303
    assert post_form(manager, f"/staff/moments/{story}/remove").status_code == 303
    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(MomentRow)).all() == []


@pytest.mark.parametrize("act", ["react", "best", "remove"])
def test_a_story_that_is_gone_is_said_to_be(manager: FlaskClient, act: str) -> None:
    answer = post_form(manager, f"/staff/moments/{A_UUID}/{act}")
    assert answer.status_code == 404
    assert "no longer on the wall" in answer.text
    assert manager.get(f"/staff/moments/{A_UUID}/{act}").status_code == 405
    assert post_form(manager, f"/staff/moments/robin/{act}").status_code == 404


def test_telling_needs_the_token_of_the_page(anna: FlaskClient) -> None:
    answer = anna.post("/staff/moments", data={"title": "A", "story": "B"})
    assert answer.status_code == 400
    assert csrf(anna, "/staff/moments")


def test_the_form_has_no_field_for_a_customer(anna: FlaskClient, robin: Customer) -> None:
    page = anna.get("/staff/moments").text
    assert "Name no customer" in page
    assert robin.subject_id not in page


def test_the_page_speaks_dutch(anna: FlaskClient) -> None:
    anna.set_cookie("language", "nl")
    page = anna.get("/staff/moments").text
    assert "Vertel er een" in page
    assert "Tell one" not in page


@pytest.mark.parametrize("page", ["0", "-3", "x", "9"])
def test_an_odd_page_number_is_a_page(anna: FlaskClient, page: str) -> None:
    assert anna.get(f"/staff/moments?page={page}").status_code == 200
