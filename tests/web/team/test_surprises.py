"""Surprises on the tablet: from the page, and from the card of the customer who is here."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.customers.models import RecordRow
from clienteling.errors import UsageError
from clienteling.home import Home
from tests.support.arrivals import arrive
from tests.support.people import Customer, join
from tests.support.web import ShopClock, post_form, post_json
from web.context import Hub
from web.team.surprises import NOTING
from web.team.words import cents_of

A_UUID = "00000000-0000-4000-8000-000000000000"


def kept(shop: Home) -> list[str]:
    with shop.databases.identity.read() as identity:
        return list(
            identity.scalars(select(RecordRow.subject_id).where(RecordRow.kind == "surprise"))
        )


def key_of(client: FlaskClient, hub: Hub, customer: Customer) -> str:
    """Greet a customer, confirm, and open the form from the card."""
    arrival = arrive(hub, customer)
    assert post_json(client, f"/staff/arrivals/{arrival.id}/confirm").status_code == 204
    page = client.get(f"/staff/surprises/for/{arrival.id}")
    assert page.status_code == 200
    return page.text.partition('name="key" value="')[2].partition('"')[0]


def note(client: FlaskClient, amount: str = "9", what: str = "fudge", **more: str) -> int:
    return post_form(client, "/staff/surprises", what=what, amount=amount, **more).status_code


def test_the_page_says_what_is_left_and_from_when_there_is_more(anna: FlaskClient) -> None:
    assert note(anna, "9,00") == 303
    page = anna.get("/staff/surprises").text
    assert "€16.00" in page
    assert "of €25.00" in page
    assert "fudge" in page


def test_used_up_is_said_kindly_and_nothing_typed_is_lost(anna: FlaskClient) -> None:
    assert note(anna, "20") == 303
    answer = post_form(anna, "/staff/surprises", what="more fudge", amount="5.01")
    assert answer.status_code == 403
    assert "€5.00" in answer.text
    assert "A new month begins on 1 " in answer.text
    assert 'value="more fudge"' in answer.text


@pytest.mark.parametrize(
    ("text", "cents"),
    [("12", 1200), ("12,5", 1250), (" € 12.50 ", 1250), ("0,05", 5), ("€3", 300)],
)
def test_amounts_as_people_type_them(text: str, cents: int) -> None:
    assert cents_of(text) == cents


@pytest.mark.parametrize(
    "text", ["", "-1", "1.234,50", "12.505", "1e3", "five", "٣", "1,", "9" * 9, "1,a"]
)
def test_what_is_no_amount_is_refused(anna: FlaskClient, text: str) -> None:
    if text == "1,":
        assert cents_of(text) == 100
        return
    with pytest.raises(UsageError):
        cents_of(text)
    assert note(anna, text) == 400


def test_a_surprise_from_the_card_also_stands_with_the_customer(
    anna: FlaskClient, hub: Hub, shop: Home, robin: Customer
) -> None:
    key = key_of(anna, hub, robin)
    answer = post_form(anna, "/staff/surprises", what="a bonbon", amount="2", key=key)
    assert answer.location.endswith("noted=kept")
    assert kept(shop) == [robin.subject_id]
    assert "also with the customer" in anna.get(answer.location).text


def test_who_shares_no_preferences_keeps_nothing(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    quiet = join(shop, name="Sam Stil", purposes=frozenset(), allergies=None)
    arrival, _ = hub.board.announce(quiet.subject_id, "1")
    assert post_json(anna, f"/staff/arrivals/{arrival.id}/confirm").status_code == 204
    page = anna.get(f"/staff/surprises/for/{arrival.id}").text
    key = page.partition('name="key" value="')[2].partition('"')[0]
    answer = post_form(anna, "/staff/surprises", what="a bonbon", amount="2", key=key)
    assert answer.location.endswith("noted=not-kept")
    assert kept(shop) == []


def test_only_who_confirmed_the_customer_opens_the_form(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    assert anna.get(f"/staff/surprises/for/{arrival.id}").status_code == 409
    assert bram.get(f"/staff/surprises/for/{arrival.id}").status_code == 403  # not trained
    assert anna.get(f"/staff/surprises/for/{A_UUID}").status_code == 410


def test_a_key_is_its_holders_and_ends(
    anna: FlaskClient,
    bram: FlaskClient,
    hub: Hub,
    shop: Home,
    robin: Customer,
    shop_clock: ShopClock,
) -> None:
    key = key_of(anna, hub, robin)
    assert note(bram, key=key) == 410
    assert note(anna, key=key[:-2]) == 410
    shop_clock.forward(NOTING + 1)
    assert note(anna, key=key) == 410
    assert kept(shop) == []


def test_the_card_leads_to_it_once_confirmed(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    path = f"/staff/arrivals/{arrival.id}"
    assert "/staff/surprises/for/" not in anna.get(f"{path}/card").text
    post_json(anna, f"{path}/confirm")
    assert f"/staff/surprises/for/{arrival.id}" in anna.get(f"{path}/card").text


def test_a_slip_is_taken_back_by_its_own_hand(anna: FlaskClient, bram: FlaskClient) -> None:
    note(anna)
    page = anna.get("/staff/surprises").text
    path = page.partition('action="/staff/surprises/')[2].partition('"')[0]
    assert path.endswith("/take-back")
    assert post_form(bram, f"/staff/surprises/{path}").status_code == 409
    assert post_form(anna, f"/staff/surprises/{path}").status_code == 303
    assert "€25.00" in anna.get("/staff/surprises").text


@pytest.mark.usefixtures("robin")
def test_no_name_in_what_it_was(anna: FlaskClient) -> None:
    assert note(anna, what="fudge for Robin Zeldzaamnaam") == 400
