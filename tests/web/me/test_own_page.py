"""The customer's own page: opened by the receipt code, in one browser, for some minutes."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.customers import intents
from clienteling.home import Home
from consent.log.events import EventKind
from consent.models import SubjectRow
from consent.office import withdraw
from consent.purposes import Purpose
from consent.records import grant_for, is_restricted, standing
from consent.rights.requests import Channel, requests_of
from tests.support.kiosk import walk
from tests.support.people import Customer, join
from tests.support.shops import logged
from tests.support.web import ShopClock, csrf, pair


@dataclass
class Phone:
    """A customer's browser."""

    client: FlaskClient
    token: str
    at: str = ""

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token, **fields})

    def enter(self, code: str) -> TestResponse:
        answer = self.post("/me", code=code)
        self.at = answer.location or ""
        return answer

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{self.at}{path}")


def phone_of(app: Flask) -> Phone:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return Phone(client, csrf(client))


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop)


@pytest.fixture
def phone(app: Flask) -> Phone:
    return phone_of(app)


@pytest.fixture
def inside(phone: Phone, robin: Customer) -> Phone:
    assert phone.enter(robin.code).status_code == 303
    return phone


# The code and the cookie.


def test_the_code_opens_the_page_and_stands_in_no_address(phone: Phone, robin: Customer) -> None:
    answer = phone.enter(robin.code)
    assert answer.status_code == 303
    assert re.fullmatch(r"/me/[\w-]{22}", phone.at)
    page = phone.get("")
    assert page.status_code == 200
    assert "Show me everything" in page.text
    assert "Robin" not in page.text
    assert robin.code not in page.text


def test_the_cookie_is_for_this_page_only_and_kept_from_scripts(
    app: Flask, robin: Customer
) -> None:
    phone = phone_of(app)
    cookie = next(
        line for line in phone.enter(robin.code).headers.getlist("Set-Cookie") if "own_page" in line
    )
    for said in ("HttpOnly", "SameSite=Strict", "Path=/me"):
        assert said in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_over_tls_the_cookie_travels_over_tls_only(app: Flask, robin: Customer) -> None:
    client, at = app.test_client(), "https://localhost"
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/me", base_url=at).text)
    assert found is not None
    answer = client.post(
        "/me",
        data={"csrf_token": found[1], "code": robin.code},
        base_url=at,
        headers={"Referer": f"{at}/me"},
    )
    (cookie,) = (c for c in answer.headers.getlist("Set-Cookie") if "own_page" in c)
    assert "Secure" in cookie


@pytest.mark.parametrize("wrong", ["", "AAAA-AAAA-AAAA-AAAA", "x" * 5000, "💶", "'; drop table"])
def test_every_wrong_code_gets_the_same_answer(phone: Phone, robin: Customer, wrong: str) -> None:
    answer = phone.enter(wrong)
    assert answer.status_code == 404
    assert "We do not know this code" in answer.text
    assert not any("own_page" in c for c in answer.headers.getlist("Set-Cookie"))
    assert _apart_from_tokens(answer.text) == _apart_from_tokens(
        phone.enter("BBBB-BBBB-BBBB-BBBB").text
    )


def _apart_from_tokens(page: str) -> str:
    """Return a page without its CSRF tokens, which say the second they were made in."""
    return re.sub(r'(content|value)="[\w-]+\.[\w-]+\.[\w-]+"', "", page)


def test_trying_codes_is_slowed_down_from_one_address_and_from_all(phone: Phone) -> None:
    answers = [phone.enter("AAAA").status_code for _ in range(7)]
    assert answers == [404] * 5 + [429] * 2
    everywhere = [
        phone.client.post(
            "/me",
            data={"csrf_token": phone.token, "code": "AAAA"},
            environ_base={"REMOTE_ADDR": f"10.0.{n // 250}.{n % 250}"},
        ).status_code
        for n in range(130)
    ]
    assert everywhere[:115] == [404] * 115
    assert set(everywhere[115:]) == {429}


def test_another_browser_cannot_take_a_visit_over(
    app: Flask, inside: Phone, shop: Home, robin: Customer
) -> None:
    other = phone_of(app)
    for path in ("", "/correct", "/lists", "/leave", "/leave/erase", "/leave/done", "/complain"):
        assert other.client.get(f"{inside.at}{path}").location == "/me/closed", path
    assert other.post(f"{inside.at}/data").location == "/me/closed"
    assert other.post(f"{inside.at}/leave", wish="erase").location == "/me/closed"
    assert other.post(f"{inside.at}/end").location == "/me/closed"
    assert inside.get("").status_code == 200, "and cannot end it either"
    with shop.databases.identity.read() as identity:
        assert identity.get(SubjectRow, robin.subject_id) is not None


def test_a_customers_own_visit_does_not_open_anothers(
    app: Flask, shop: Home, inside: Phone
) -> None:
    other = phone_of(app)
    other.enter(join(shop, name="Kim Test").code)
    assert other.client.get(f"{inside.at}/correct").location == "/me/closed"
    assert other.post(f"{inside.at}/data", form="json").location == "/me/closed"
    assert "Kim Test" in other.get("/correct").text
    assert "Kim" not in inside.get("/correct").text


def test_what_is_kept_of_one_customer_is_not_removed_by_another(
    app: Flask, shop: Home, inside: Phone
) -> None:
    inside.post(f"{inside.at}/lists", add="wish", what="a big box")
    found = re.search(r'value="(wish:[^"]+)"', inside.get("/lists").text)
    assert found is not None
    other = phone_of(app)
    other.enter(join(shop, name="Kim Test").code)
    other.post(f"{other.at}/lists", remove=found[1])
    assert "a big box" in inside.get("/lists").text


def test_a_kiosks_visit_opens_no_page_of_ones_own_and_the_other_way_round(
    app: Flask, inside: Phone, robin: Customer
) -> None:
    kiosk = app.test_client()
    pair(kiosk, "kiosk")
    there = walk(kiosk)
    at = there.post("/kiosk/leave", {"code": robin.code}).location
    number = at.rpartition("/")[2]
    assert inside.client.get(f"/me/{number}").location == "/me/closed"
    assert inside.client.get(at).status_code == 403, "a phone is no kiosk"
    mine = inside.at.rpartition("/")[2]
    assert kiosk.get(f"/kiosk/leaving/{mine}").location == "/kiosk/forgotten"


def test_it_ends_some_minutes_after_the_last_use(inside: Phone, shop_clock: ShopClock) -> None:
    shop_clock.forward(9 * 60)
    assert inside.get("").status_code == 200
    shop_clock.forward(9 * 60)
    assert inside.get("").status_code == 200, "it was used meanwhile"
    shop_clock.forward(10 * 60 + 1)
    assert inside.get("").location == "/me/closed"
    assert inside.post(f"{inside.at}/data").location == "/me/closed"


def test_it_ends_by_a_button(inside: Phone) -> None:
    answer = inside.post(f"{inside.at}/end")
    assert answer.location == "/me/closed"
    closed = inside.client.get("/me/closed")
    assert "Your page is closed" in closed.text
    assert any("own_page=;" in c for c in closed.headers.getlist("Set-Cookie"))
    assert inside.get("").location == "/me/closed"


def test_a_second_code_in_the_same_browser_ends_the_first_visit(shop: Home, inside: Phone) -> None:
    first = inside.at
    inside.enter(join(shop, name="Kim Test").code)
    assert inside.client.get(first).location == "/me/closed"
    assert "Kim Test" in inside.get("/correct").text


def test_a_script_without_a_visit_hears_401(phone: Phone) -> None:
    headers = {"X-CSRFToken": phone.token, "Accept": "application/json"}
    assert phone.client.post("/me/guess/more", json={}, headers=headers).status_code == 401


def test_nothing_is_stored_and_no_camera_may_open(inside: Phone) -> None:
    for page in (inside.get(""), inside.post(f"{inside.at}/data"), inside.client.get("/me")):
        assert page.headers["Cache-Control"] == "no-store"
        assert "camera=()" in page.headers["Permissions-Policy"]


def test_nothing_opens_here_that_needs_a_camera_or_somebody_beside_it(app: Flask) -> None:
    views = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/me")}
    here = {endpoint.partition(".")[2] for endpoint in views}
    assert not here & {"camera", "frame", "capture", "begin", "renew", "new_pass", "show_pass"}
    assert here <= {
        *("start", "check_code", "closed", "end", "more_time"),
        *("my_data", "show_data", "correction", "correct_now", "restrict_now"),
        *("complain", "complain_now", "my_lists", "change_my_lists"),
        *("choose_leaving", "confirm_erasing", "end_consent", "left", "left_file"),
    }


# What it does.


def test_everything_held_is_shown_handed_out_and_logged(
    shop: Home, inside: Phone, robin: Customer
) -> None:
    shown = inside.post(f"{inside.at}/data")
    for said in ("Robin Test", "dark chocolate", "Who looked, and what was done"):
        assert said in shown.text
    assert "your receipt code, on a page of your own" in shown.text
    assert inside.post(f"{inside.at}/data", form="json").mimetype == "application/json"
    made = logged(shop.office, EventKind.EXPORT_MADE)
    assert {(entry.actor, entry.about) for entry in made} == {("customer", robin.subject_id)}
    with shop.databases.identity.read() as identity:
        asked = requests_of(identity, robin.subject_id, shop.office.now())
    assert {one.channel for one in asked} == {Channel.OWN_PAGE}


def test_it_corrects_restricts_and_takes_a_complaint(
    shop: Home, inside: Phone, robin: Customer
) -> None:
    assert "corrected" in inside.post(f"{inside.at}/correct", name="Robyn Test").text
    assert "Robyn Test" in inside.get("/correct").text
    assert "used for nothing" in inside.post(f"{inside.at}/restrict", use="not").text
    with shop.databases.identity.read() as identity:
        assert is_restricted(identity, robin.subject_id)
    inside.post(f"{inside.at}/restrict", use="again")
    with shop.databases.identity.read() as identity:
        assert not is_restricted(identity, robin.subject_id)
    noted = inside.post(f"{inside.at}/complain", about="complaint", text="too loud")
    assert "you get an answer" in noted.text


def test_it_withdraws_with_a_receipt(shop: Home, inside: Phone, robin: Customer) -> None:
    assert "Stop recognising me" in inside.get("/leave").text
    done = inside.post(f"{inside.at}/leave", wish="all")
    page = inside.client.get(done.location)
    assert "It is done" in page.text
    receipt = inside.get("/asked.json")
    assert receipt.mimetype == "application/json"
    with shop.databases.identity.read() as identity:
        assert set(standing(identity, robin.subject_id, shop.office.now())) == {Purpose.ACCOUNT}
    ended = logged(shop.office, EventKind.CONSENT_WITHDRAWN)
    assert {entry.actor for entry in ended} == {"customer"}


def test_it_erases_and_the_code_is_worth_nothing_then(
    shop: Home, inside: Phone, robin: Customer
) -> None:
    assert "cannot be undone" in inside.get("/leave/erase").text
    inside.post(f"{inside.at}/leave", wish="erase")
    assert "Everything about you is erased" in inside.get("/leave/done").text
    with shop.databases.identity.read() as identity:
        assert identity.get(SubjectRow, robin.subject_id) is None
    assert inside.enter(robin.code).status_code == 404


# What they come for.


def _shown(shop: Home, robin: Customer) -> list[str]:
    """What staff are shown now."""
    office = shop.office
    with shop.databases.identity.read() as identity:
        grant = grant_for(identity, robin.subject_id, Purpose.PREFERENCES, office.now())
    assert grant is not None
    return [one.content.what for one in intents.read(office, grant)]


def test_a_coming_day_is_shown_on_that_day_only(
    shop: Home, shop_clock: ShopClock, inside: Phone, robin: Customer
) -> None:
    today, last = intents.days(shop.office)
    friday = (today + timedelta(days=3)).isoformat()
    at = f"{inside.at}/lists"
    for fields in (
        {"what": "a gift card", "on": today.isoformat()},
        {"what": "a birthday cake", "on": friday},
        {"what": "a big order", "on": last.isoformat()},
    ):
        assert inside.post(at, add="intent", **fields).status_code == 303
    page = inside.get("/lists").text
    assert page.index("a gift card") < page.index("a birthday cake") < page.index("a big order")
    assert _shown(shop, robin) == ["a gift card"]
    shop_clock.forward(3 * 86400)
    assert _shown(shop, robin) == ["a birthday cake"]
    shop_clock.forward(86400)
    assert _shown(shop, robin) == []


@pytest.mark.parametrize("wrong", ["yesterday", "2020-01-01", "9999-12-31", "15"])
def test_no_other_day_is_taken(inside: Phone, wrong: str) -> None:
    answer = inside.post(f"{inside.at}/lists", add="intent", what="cake", on=wrong)
    assert answer.status_code == 422
    assert "That did not work." in answer.text
    assert 'value="cake"' in answer.text


def test_past_two_weeks_is_too_far(shop: Home, inside: Phone) -> None:
    _today, last = intents.days(shop.office)
    on = (last + timedelta(days=1)).isoformat()
    assert inside.post(f"{inside.at}/lists", add="intent", what="c", on=on).status_code == 422


def test_without_preferences_nothing_is_asked_or_kept(
    shop: Home, inside: Phone, robin: Customer
) -> None:
    withdraw(shop.office, robin.subject_id, [Purpose.PREFERENCES], actor="c", method="kiosk")
    assert "So none of this is kept." in inside.get("/lists").text
    assert inside.post(f"{inside.at}/lists", add="intent", what="c").status_code == 403


def test_each_act_is_limited_here_as_at_the_kiosk(inside: Phone) -> None:
    path = f"{inside.at}/complain"
    answers = [inside.post(path, about="nothing").status_code for _ in range(12)]
    assert answers == [422] * 10 + [429] * 2
