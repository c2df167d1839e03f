"""The help bar's pages: taken in in a few taps, worked on in one, closed with a reason."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.arrivals import Staff
from clienteling.service.helpbar.acts import open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, HelpRequest, HelpStatus, NewHelp
from clienteling.service.helpbar.lists import Which, listed, read_one
from consent.office import erase
from tests.support.people import join
from tests.support.web import ShopClock, pair, post_form, sign_in
from web.context import Hub
from web.help.forms import Promise, due_of, moment_of

WORDS = "The kaneel clock stands still"


def only(shop: Home) -> HelpRequest:
    (found,) = listed(shop.office, Which.ALL, reader="test")
    return found


def taken(shop: Home, **more: object) -> str:
    new = NewHelp(HelpKind.REPAIR, Asked(WORDS, "Kim"), **more)  # type: ignore[arg-type]
    return open_request(shop.office, new, actor="user:1")


def test_a_request_is_taken_in_and_shown(tablet: FlaskClient, shop: Home) -> None:
    answer = post_form(
        tablet,
        "/staff/requests",
        what_kind="repair",
        what=WORDS,
        promise="tomorrow",
        first_name="Kim",
        phone="06 00000000",
        mine="yes",
        in_queue="yes",
    )
    found = only(shop)
    assert answer.status_code == 303
    assert answer.location == f"/staff/requests/{found.id}"
    assert found.asked == Asked(WORDS, "Kim", "06 00000000")
    assert (found.owner, found.number) == ("user:1", 1)
    assert found.due_at is not None
    page = tablet.get(answer.location).text
    for words in (WORDS, "Kim", "06 00000000", "promised: tomorrow", "You take care of it"):
        assert words in page
    board = tablet.get("/staff/requests").text
    assert WORDS in board
    assert "number 1" in board


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"what": WORDS}, "Choose what the customer needs"),
        ({"what_kind": "repair", "what": " "}, "Say in a few words"),
        ({"what_kind": "repair", "what": "x" * 501}, "too long"),
        ({"what_kind": "repair", "what": WORDS, "promise": "day"}, "Give the day"),
        ({"what_kind": "repair", "what": WORDS, "promise": "someday"}, "Give the day"),
        ({"what_kind": "repair", "what": WORDS, "visit_day": "1-1"}, "Give the day"),
    ],
)
def test_a_slip_is_said_and_nothing_typed_is_lost(
    tablet: FlaskClient, shop: Home, fields: dict[str, str], sentence: str
) -> None:
    answer = post_form(tablet, "/staff/requests", **fields)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert fields["what"].strip() in answer.text
    assert listed(shop.office, Which.ALL, reader="test") == ()


def arrived(hub: Hub, shop: Home, *, confirmed: bool = True) -> tuple[str, str]:
    customer = join(shop, name="Robin Test")
    arrival, _ = hub.board.announce(customer.subject_id, "door")
    hub.board.claim(arrival.id, Staff("user:1", "Anna"))
    if confirmed:
        hub.board.confirm(arrival.id, Staff("user:1", "Anna"))
    return customer.subject_id, arrival.id


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_for_a_customer_whose_card_was_confirmed(tablet: FlaskClient, hub: Hub, shop: Home) -> None:
    subject_id, arrival_id = arrived(hub, shop)
    page = tablet.get(f"/staff/requests/new/{arrival_id}").text
    assert subject_id not in page
    assert "To call back" not in page
    fields = {"what_kind": "return", "what": WORDS, "key": key_on(page), "first_name": "X"}
    assert post_form(tablet, "/staff/requests", **fields).status_code == 303
    found = only(shop)
    assert (found.subject_id, found.name) == (subject_id, "Robin Test")
    assert found.asked == Asked(WORDS)


def test_not_for_a_card_that_nobody_confirmed(tablet: FlaskClient, hub: Hub, shop: Home) -> None:
    _, arrival_id = arrived(hub, shop, confirmed=False)
    assert tablet.get(f"/staff/requests/new/{arrival_id}").status_code == 410


def test_a_key_is_one_persons_and_lives_ten_minutes(
    tablet: FlaskClient, app: Flask, hub: Hub, shop: Home, shop_clock: ShopClock
) -> None:
    subject_id, arrival_id = arrived(hub, shop)
    key = key_on(tablet.get(f"/staff/requests/new/{arrival_id}").text)
    fields = {"what_kind": "return", "what": WORDS}
    other = app.test_client()
    pair(other, "tablet")
    sign_in(other, "trained")
    for client, given in ((other, key), (tablet, key[:-2]), (tablet, "x")):
        assert post_form(client, "/staff/requests", key=given, **fields).status_code == 410
    erase(shop.office, subject_id, actor="c", method="c")
    assert post_form(tablet, "/staff/requests", key=key, **fields).status_code == 403
    shop_clock.forward(601)
    assert post_form(tablet, "/staff/requests", key=key, **fields).status_code == 410
    assert listed(shop.office, Which.ALL, reader="test") == ()


def test_one_tap_each_on_the_list(tablet: FlaskClient, shop: Home) -> None:
    path = f"/staff/requests/{taken(shop)}"
    answer = post_form(tablet, f"{path}/claim", show="all")
    assert answer.location == "/staff/requests?show=all"
    assert only(shop).owner == "user:1"
    assert post_form(tablet, f"{path}/status/ready").location == path
    assert only(shop).status is HelpStatus.READY
    assert WORDS in tablet.get("/staff/requests?show=ready").text
    assert WORDS in tablet.get("/staff/requests?show=mine").text
    assert WORDS not in tablet.get("/staff/requests?show=overdue").text
    assert WORDS not in tablet.get("/staff/requests?show=all&kind=question").text
    post_form(tablet, f"{path}/release")
    assert only(shop).owner is None
    post_form(tablet, f"{path}/queue")
    assert only(shop).number == 1


def test_it_is_closed_with_a_reason_and_taken_up_again(tablet: FlaskClient, shop: Home) -> None:
    request_id = taken(shop)
    path = f"/staff/requests/{request_id}"
    assert "what it was about" in post_form(tablet, f"{path}/done", reason="nonsense").text
    wrong = post_form(tablet, f"{path}/done", reason="broke", product="Nobody’s name")
    assert wrong.status_code == 400
    assert "no product of this name" in wrong.text
    assert post_form(tablet, f"{path}/done", reason="broke").status_code == 303
    page = tablet.get(path).text
    assert "It was about: Broke" in page
    assert "I’ll take it" not in page
    assert post_form(tablet, f"{path}/claim").status_code == 403
    assert post_form(tablet, f"{path}/status/open").status_code == 303
    assert only(shop).status is HelpStatus.OPEN


def test_notes_ideas_and_promises(tablet: FlaskClient, shop: Home) -> None:
    request_id = taken(shop)
    path = f"/staff/requests/{request_id}"
    assert post_form(tablet, f"{path}/notes", note_kind="idea", text=" ").status_code == 400
    post_form(tablet, f"{path}/notes", note_kind="idea", text="Lend <another> one")
    post_form(tablet, f"{path}/notes", note_kind="note", text="Part ordered")
    page = tablet.get(path).text
    assert "Lend &lt;another&gt; one" in page
    assert "Part ordered" in page
    assert post_form(tablet, f"{path}/times", promise="day", due_day="x").status_code == 400
    fields = {"promise": "day", "due_day": "2026-12-05", "due_time": "15:30"}
    assert post_form(tablet, f"{path}/times", **fields).status_code == 303
    due = read_one(shop.office, request_id, reader="test")[0].due_at
    assert due is not None
    assert due == datetime(2026, 12, 5, 14, 30, tzinfo=UTC)  # half past three in Amsterdam
    page = tablet.get(path).text
    assert 'value="2026-12-05"' in page
    assert 'value="15:30"' in page


def test_who_has_no_account_can_have_it_removed(tablet: FlaskClient, shop: Home) -> None:
    path = f"/staff/requests/{taken(shop)}"
    assert post_form(tablet, f"{path}/forget").location == "/staff/requests"
    assert tablet.get(path).status_code == 404
    customers = taken(shop, subject_id=join(shop).subject_id)
    assert post_form(tablet, f"/staff/requests/{customers}/forget").status_code == 403


def test_no_address_takes_what_is_no_request(tablet: FlaskClient) -> None:
    nobody = "/staff/requests/00000000-0000-4000-8000-000000000000"
    assert tablet.get(nobody).status_code == 404
    assert tablet.get("/staff/requests/1").status_code == 404
    assert post_form(tablet, f"{nobody}/claim").status_code == 404
    assert post_form(tablet, f"{nobody}/status/done").status_code == 404
    assert tablet.get(f"{nobody}/claim").status_code == 405
    assert tablet.get("/staff/requests?show=nonsense&kind=x").status_code == 200


def test_the_screen_in_the_shop_shows_numbers_and_no_names(tablet: FlaskClient, shop: Home) -> None:
    taken(shop, in_queue=True, owner="user:1")
    taken(shop, in_queue=True)
    page = tablet.get("/queue")
    shown = re.findall(r"<(?:strong|span)>(\d+)</", page.text)
    assert shown == ["1", "2"]
    assert page.headers["Refresh"] == "10"
    assert "Kim" not in page.text
    assert WORDS not in page.text


@pytest.mark.parametrize(("promise", "days"), [("today", 0), ("tomorrow", 1), ("week", 7)])
def test_a_promise_of_a_tap_is_the_end_of_that_day(promise: str, days: int, shop: Home) -> None:
    now = shop.office.wall_now()
    due = due_of({"promise": promise}, now)
    assert due is not None
    here = due.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert here.date() == shop.office.today() + timedelta(days=days)
    assert (here.hour, here.minute) == (23, 59)
    assert due_of({}, now) is None
    assert due_of({"promise": Promise.NONE}, now) is None


@pytest.mark.parametrize(
    ("day", "at"), [("", ""), ("2026-13-01", ""), ("2026-01-01", "25:00"), ("0001-01-01", "")]
)
def test_a_day_that_is_none_is_refused(day: str, at: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the library says
        moment_of(day, at, UTC)
