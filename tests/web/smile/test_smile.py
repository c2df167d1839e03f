"""The question after a visit, on a phone, at the kiosk, from the tablet; and the manager's page."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.arrivals import Staff
from clienteling.service.helpbar.lists import Which, listed
from clienteling.service.smiles import Smile, set_invitation, smiles_by_day
from tests.support.people import join
from tests.support.web import pair, post_form, sign_in
from web.context import Hub

LINK = "https://reviews.example.test/shop"


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    """Somebody's phone: not paired, not signed in."""
    other = app.test_client()
    other.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return other


def begin(phone: FlaskClient) -> str:
    answer = phone.get("/smile")
    assert answer.status_code == 303
    return str(answer.location)


def counted(shop: Home) -> dict[str, int]:
    today = shop.office.now().date()
    with shop.databases.identity.read() as identity:
        found = smiles_by_day(identity, today, today)
    return {smile.value: days[today] for smile, days in found.items() if days}


def test_one_touch_and_thanks(phone: FlaskClient, shop: Home) -> None:
    path = begin(phone)
    page = phone.get(path).text
    for words in ("How did we do?", "Delighted", "Fine", "Disappointed"):
        assert words in page
    assert "Thank you!" in post_form(phone, path, smile="delighted").text
    assert counted(shop) == {"delighted": 1}
    assert post_form(phone, path, smile="delighted").status_code == 410
    assert phone.get(path).status_code == 410
    assert counted(shop) == {"delighted": 1}


def test_what_is_no_answer_is_not_counted(phone: FlaskClient, shop: Home) -> None:
    path = begin(phone)
    assert post_form(phone, path, smile="angry").status_code == 400
    assert phone.post(path, data={"smile": "fine"}).status_code == 400, "no CSRF token"
    assert post_form(phone, "/smile/x", smile="fine").status_code == 410
    assert counted(shop) == {}


@pytest.mark.parametrize("smile", list(Smile))
def test_everybody_is_invited_alike_to_tell_others(
    phone: FlaskClient, shop: Home, smile: Smile
) -> None:
    """No review is kept back by asking the happy only (UCPD)."""
    with shop.databases.identity.write() as identity:
        set_invitation(identity, "Tell a friend of <us>", LINK)
    page = post_form(phone, begin(phone), smile=smile.value).text
    told = page.partition('id="tell-h"')[2].partition("</section>")[0]
    assert "Tell a friend of &lt;us&gt;" in told
    assert f'href="{LINK}"' in told
    assert "<svg" in told
    assert ("May we make it right?" in page) == (smile is Smile.DISAPPOINTED)


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_disappointed_may_leave_words(phone: FlaskClient, shop: Home) -> None:
    page = post_form(phone, begin(phone), smile="disappointed").text
    key = key_on(page)
    empty = post_form(phone, "/smile/words", key=key, what=" ", first_name="Kim")
    assert empty.status_code == 400
    assert 'value="Kim"' in empty.text
    sent = post_form(phone, "/smile/words", key=key, what="Cold", first_name="Kim", phone="06")
    assert "We have it" in sent.text
    (found,) = listed(shop.office, Which.ALL, reader="test")
    assert found.asked is not None
    assert (found.asked.what, found.name, found.asked.phone) == ("Cold", "Kim", "06")
    assert post_form(phone, "/smile/words", key=key, what="Again").status_code == 410


def test_so_many_tries_a_minute_from_one_address(phone: FlaskClient) -> None:
    assert {phone.get("/smile").status_code for _ in range(21)} == {303, 429}


def test_at_the_kiosk_it_leads_back_to_the_start(app: Flask, client: FlaskClient) -> None:
    pair(client, "kiosk")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "How did we do?" in client.get("/kiosk").text
    answer = client.get(begin(client))
    assert answer.headers["Refresh"] == "180; url=/kiosk"
    assert "To the start" in answer.text


@pytest.fixture
def tablet(client: FlaskClient) -> FlaskClient:
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_tablet_shows_a_code_for_anybody(tablet: FlaskClient) -> None:
    page = tablet.get("/staff/smile").text
    assert "<svg" in page
    assert "comes to their account" not in page


def test_the_customer_whom_staff_greet_is_asked(
    tablet: FlaskClient, phone: FlaskClient, hub: Hub, shop: Home
) -> None:
    customer = join(shop, name="Robin Test")
    arrival, _ = hub.board.announce(customer.subject_id, "door")
    staff = Staff("user:1", "Anna")
    hub.board.claim(arrival.id, staff)
    assert tablet.get(f"/staff/smile/{arrival.id}").status_code == 410
    hub.board.confirm(arrival.id, staff)
    page = tablet.get(f"/staff/smile/{arrival.id}").text
    assert "comes to their account" in page
    assert customer.subject_id not in page
    token = hub.smiles.ask(customer.subject_id, actor="user:1")
    thanks = post_form(phone, f"/smile/{token}", smile="disappointed").text
    assert "goes to your account here" in thanks
    assert "Robin" not in thanks
    assert "Telephone" not in thanks
    post_form(phone, "/smile/words", key=key_on(thanks), what="Cold")
    (found,) = listed(shop.office, Which.ALL, reader="test")
    assert (found.subject_id, found.name) == (customer.subject_id, "Robin Test")


def test_a_manager_sees_counts_and_sets_the_invitation(
    client: FlaskClient, phone: FlaskClient, shop: Home
) -> None:
    sign_in(client, "manager")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Nobody has answered" in client.get("/manage/smiles").text
    for smile in ("delighted", "delighted", "fine"):
        post_form(phone, begin(phone), smile=smile)
    page = client.get("/manage/smiles").text
    assert "In eight weeks 2 delighted, 1 fine, 0 disappointed." in page
    wrong = post_form(client, "/manage/smiles", text="Tell", link="http://x.test")
    assert wrong.status_code == 400
    assert "https://" in wrong.text
    assert "http://x.test" in wrong.text
    assert post_form(client, "/manage/smiles", text="Tell", link=LINK).status_code == 303
    assert "Tell" in client.get("/manage/smiles?saved=1").text
