"""Signing in: enumeration-safe, logged, limited, in a cookie that scripts cannot read."""

import re

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.web import PASSWORD, add_person, csrf, pair, post_form, sign_in


def kinds(shop: Home) -> list[tuple[EventKind, str | None, object]]:
    with shop.databases.identity.read() as identity:
        wanted = {EventKind.SIGNIN_OK, EventKind.SIGNIN_FAILED}
        return [(e.kind, e.actor, e.detail) for e in ledger.search(identity, kinds=wanted)]


def test_the_right_password_signs_in(client: FlaskClient, shop: Home) -> None:
    add_person(shop, "officer", username="olga")
    answer = post_form(client, "/sign-in", username="Olga", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert "/privacy" in client.get("/").text
    assert kinds(shop) == [(EventKind.SIGNIN_OK, "user:1", {})]


def test_wrong_name_and_wrong_password_answer_alike(client: FlaskClient, shop: Home) -> None:
    add_person(shop, "staff", username="anna")
    wrong = post_form(client, "/sign-in", username="anna", password="x" * 20)
    unknown = post_form(client, "/sign-in", username="anne", password="x" * 20)
    assert wrong.status_code == unknown.status_code == 403
    tokens = re.compile(r'(content|value)="[^"]{40,}"')
    assert tokens.sub("", wrong.text).replace("anna", "anne") == tokens.sub("", unknown.text)
    assert kinds(shop) == [
        (EventKind.SIGNIN_FAILED, "anonymous", {}),
        (EventKind.SIGNIN_FAILED, "user:1", {}),
    ]


def test_what_was_typed_is_nowhere_in_the_log(client: FlaskClient, shop: Home) -> None:
    post_form(client, "/sign-in", username="secret-name", password="secret-password")
    with shop.databases.identity.read() as identity:
        assert "secret" not in str(ledger.search(identity))


def test_somebody_who_left_cannot_sign_in(client: FlaskClient, shop: Home) -> None:
    from clienteling.access.models import User  # noqa: PLC0415 - only here

    add_person(shop, "staff", username="anna")
    with shop.databases.identity.write() as identity:
        identity.get_one(User, 1).active = False
    assert post_form(client, "/sign-in", username="anna", password=PASSWORD).status_code == 403


def test_who_is_signed_in_and_then_leaves_is_out(client: FlaskClient, shop: Home) -> None:
    from clienteling.access.models import User  # noqa: PLC0415 - only here

    sign_in(client, "officer")
    assert client.get("/privacy/").status_code in {200, 308, 404}
    with shop.databases.identity.write() as identity:
        identity.get_one(User, 1).active = False
    assert 'href="/privacy"' not in client.get("/").text


def test_ten_tries_a_minute(client: FlaskClient) -> None:
    token = csrf(client)
    form = {"csrf_token": token, "username": "anna", "password": ""}
    statuses = [client.post("/sign-in", data=form).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: FlaskClient, shop: Home
) -> None:
    add_person(shop, "staff", username="anna")
    answer = post_form(client, "/sign-in", username="anna", password=PASSWORD)
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_over_tls_cookies_are_secure(client: FlaskClient, shop: Home) -> None:
    answer = client.get("/sign-in", base_url="https://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "target",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x", "", "/a\nb"],
)
def test_signing_in_leads_to_our_pages_only(client: FlaskClient, shop: Home, target: str) -> None:
    add_person(shop, "staff", username="anna")
    answer = post_form(client, "/sign-in", username="anna", password=PASSWORD, next=target)
    assert answer.location == "/"


def test_signing_in_leads_back_to_where_one_was_going(client: FlaskClient, shop: Home) -> None:
    add_person(shop, "staff", username="anna")
    answer = post_form(
        client, "/sign-in", username="anna", password=PASSWORD, next="/privacy/log?q=1"
    )
    assert answer.location == "/privacy/log?q=1"


def test_signing_out_ends_the_session_and_clears_the_browser(
    client: FlaskClient, shop: Home
) -> None:
    sign_in(client, "officer")
    answer = post_form(client, "/sign-out")
    with shop.databases.identity.read() as identity:
        (entry,) = ledger.search(identity, kinds={EventKind.SIGNOUT})
    assert entry.actor == "user:1"
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert "cookies" not in answer.headers["Clear-Site-Data"]  # the pairing stays
    assert 'href="/privacy"' not in client.get("/").text


def test_signing_out_by_a_link_does_nothing(client: FlaskClient) -> None:
    assert client.get("/sign-out").status_code == 405


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/pair"])
def test_a_post_without_its_csrf_token_is_refused(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"username": "anna"})
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_pairing_makes_a_cookie_that_scripts_cannot_read(client: FlaskClient, shop: Home) -> None:
    pair(client, "greet", "door")
    cookie = client.get_cookie("device_greet")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    assert client.get("/greet/door").status_code == 200


def test_a_wrong_pairing_code_is_a_sentence(client: FlaskClient) -> None:
    answer = post_form(client, "/pair", code="0000-0000-0000")
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text
    assert not any(client.get_cookie(f"device_{kind}") for kind in ("tablet", "kiosk", "greet"))


def test_one_browser_may_be_two_screens_and_each_page_asks_for_its_own(
    client: FlaskClient, shop: Home
) -> None:
    pair(client, "greet", "door")
    assert client.get("/kiosk").status_code == 403
    pair(client, "kiosk")
    assert client.get("/kiosk").status_code == 200
    assert client.get("/greet/door").status_code == 200


def test_a_cookie_of_one_kind_is_not_taken_for_another(client: FlaskClient, shop: Home) -> None:
    pair(client, "greet", "door")
    cookie = client.get_cookie("device_greet")
    assert cookie is not None
    client.set_cookie("device_kiosk", cookie.value)
    assert client.get("/kiosk").status_code == 403


def test_the_language_is_remembered_per_screen(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en"}).text
    answer = client.get("/language/nl?next=/pair", headers={"Accept-Language": "en"})
    assert answer.location == "/pair"
    assert '<html lang="nl"' in client.get("/", headers={"Accept-Language": "en"}).text
    client.get("/language/xx")
    assert '<html lang="nl"' in client.get("/").text


def test_a_language_link_leads_to_our_pages_only(client: FlaskClient) -> None:
    assert client.get("/language/nl?next=https://elsewhere.example/").location == "/"
