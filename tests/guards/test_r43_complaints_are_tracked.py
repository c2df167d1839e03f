"""R43: everybody can complain, at the kiosk and to staff; each has a clock and a tracked reply."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.rights.request_acts import Answer, answer, texts_of
from consent.rights.requests import (
    Channel,
    Outcome,
    RequestKind,
    RequestView,
    closed_requests,
    complaint_figures,
    open_requests,
)
from tests.support.people import join
from tests.support.web import ShopClock, pair, post_form, sign_in

WORDS = "Ik ben een ander: kaneelmarker, bel 0600000000"


def the_one(shop: Home) -> RequestView:
    with shop.databases.identity.read() as identity:
        (found,) = open_requests(identity, shop.office.now())
    return found


def test_a_passer_by_complains_at_the_kiosk(shop: Home, client: FlaskClient) -> None:
    pair(client, "kiosk")
    assert "/kiosk/complain" in client.get("/kiosk").text
    told = post_form(client, "/kiosk/complain", about="wrong_person", text=WORDS)
    one = the_one(shop)
    assert one.id[:8] in told.text
    assert "autoriteitpersoonsgegevens.nl" in told.text
    assert (one.subject_id, one.wrong_person, one.channel) == (None, True, Channel.KIOSK)
    assert texts_of(shop.office, one).text == WORDS
    assert all(b"kaneelmarker" not in file.read_bytes() for file in shop.path.glob("*.db*"))


@pytest.mark.parametrize(
    "fields", [{}, {"about": "complaint"}, {"about": "objection", "text": "x"}]
)
def test_what_is_not_complete_is_asked_again(
    shop: Home, client: FlaskClient, fields: dict[str, str]
) -> None:
    pair(client, "kiosk")
    assert post_form(client, "/kiosk/complain", **fields).status_code == 422


@pytest.mark.parametrize("known", [True, False])
def test_staff_take_a_complaint_in(shop: Home, client: FlaskClient, known: bool) -> None:
    customer = join(shop)
    pair(client, "tablet")
    sign_in(client, "staff")
    given = customer.code if known else ""
    answer = post_form(client, "/staff/asks", kind="complaint", given=given, text=WORDS)
    assert answer.status_code == 200
    one = the_one(shop)
    assert one.subject_id == (customer.subject_id if known else None)
    assert one.kind is RequestKind.COMPLAINT


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "access"}, 400),
        ({"kind": "fame"}, 400),
        ({"kind": "access", "given": "AAAA-AAAA-AAAA-AAAA"}, 404),
    ],
)
def test_staff_cannot_ask_for_nobody(
    shop: Home, client: FlaskClient, fields: dict[str, str], status: int
) -> None:
    pair(client, "tablet")
    sign_in(client, "staff")
    assert post_form(client, "/staff/asks", **fields).status_code == status


def test_the_reply_is_tracked_against_its_clock(
    shop: Home, client: FlaskClient, shop_clock: ShopClock
) -> None:
    pair(client, "kiosk")
    post_form(client, "/kiosk/complain", about="complaint", text=WORDS)
    one = the_one(shop)
    shop_clock.forward(32 * 86400.0)
    assert the_one(shop).late
    answer(shop.office, one.id, Answer(Outcome.DONE, Channel.LETTER, "Sorry"), actor="user:1")
    with shop.databases.identity.read() as identity:
        (closed,) = closed_requests(identity, shop.office.now(), 5)
    assert closed.late
    assert closed.reply_by is Channel.LETTER
    assert texts_of(shop.office, closed).reply == "Sorry"


def test_the_manager_sees_numbers_and_nobody(shop: Home, client: FlaskClient) -> None:
    pair(client, "kiosk")
    post_form(client, "/kiosk/complain", about="wrong_person", text=WORDS)
    number = the_one(shop).id
    post_form(client, "/kiosk/complain", about="complaint", text=WORDS)
    with shop.databases.identity.read() as identity:
        figures = complaint_figures(identity, shop.office.now())
        late = complaint_figures(identity, shop.office.now() + timedelta(days=32))
    assert (figures.open, figures.late, figures.wrong_person) == (2, 0, 1)
    assert (late.open, late.late, late.wrong_person) == (2, 2, 0)
    sign_in(client, "manager")
    page = client.get("/manage").text
    assert "kaneelmarker" not in page
    assert number not in page
