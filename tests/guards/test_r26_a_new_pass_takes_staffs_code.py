"""R26: nobody gets a new pass, and no face takes a customer's place, without staff's own code."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.config import RegionConfig
from clienteling.customers.models import AliasRow
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from consent.keystore.holder import HolderSecret, new_holder_secret
from consent.log.events import EventKind
from consent.purposes import Purpose
from tests.support.arrivals import arrive, logged
from tests.support.kiosk import Walk, detecting_engine, good_views, walk
from tests.support.passes import code_on_pass
from tests.support.people import Customer, join
from tests.support.web import POLICY, ShopClock, pair, post_form, post_json, sign_in
from web.app import create_app
from web.context import EXTENSION, Hub

OLD = new_holder_secret()


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def app(shop: Home, engine: Engine | None) -> Iterator[Flask]:
    config = shop.config.model_copy(update={"region": RegionConfig(region="eu", policy="pass")})
    policy = POLICY.model_copy(update={"policy": "pass"})
    built = create_app(replace(shop, config=config), engine, policy=policy)
    yield built
    built.extensions[EXTENSION].bus.close()


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop, holder=OLD)


@pytest.fixture
def tablet(client: FlaskClient, robin: Customer) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    return client


@pytest.fixture
def kiosk(app: Flask) -> Walk:
    other = app.test_client()
    pair(other, "kiosk")
    return walk(other)


def staffs_code(tablet: FlaskClient, hub: Hub, customer: Customer) -> str:
    arrival = arrive(hub, customer)
    assert post_json(tablet, f"/staff/arrivals/{arrival.id}/confirm").status_code == 204
    card = tablet.get(f"/staff/arrivals/{arrival.id}/card").text
    assert f"/staff/new-pass/{arrival.id}" in card
    key = re.search(r'name="key" value="([^"]+)"', tablet.get(f"/staff/new-pass/{arrival.id}").text)
    assert key is not None
    made = post_form(tablet, "/staff/new-pass", key=key[1], checked="document")
    assert made.headers["Refresh"].startswith("600;")
    code = re.search(r">([0-9A-Z]{4}-[0-9A-Z]{4})<", made.text)  # not a part of the CSRF token
    assert code is not None
    return code[1]


def type_code(kiosk: Walk, code: str) -> int:
    answer = kiosk.post("/kiosk/new-pass", {"code": code})
    if answer.status_code == 303:
        kiosk.at = answer.location.rpartition("/")[0]
    return answer.status_code


def aliases(shop: Home) -> list[str]:
    with shop.databases.identity.read() as identity:
        return list(identity.scalars(select(AliasRow.alias)))


def test_with_staffs_code_the_new_pass_takes_the_place_of_the_old(
    shop: Home, hub: Hub, tablet: FlaskClient, kiosk: Walk, robin: Customer
) -> None:
    code = staffs_code(tablet, hub, robin)
    assert type_code(kiosk, code) == 303
    page = kiosk.see("new-pass").text
    assert "From then on your old pass opens nothing any more" in page
    assert "Robin" not in page
    assert kiosk.see("camera").status_code == 303  # not before the page was answered
    assert kiosk.post(f"{kiosk.at}/new-pass", {"old": "lost"}).location.endswith("/camera")
    assert aliases(shop) == [OLD.alias]  # it works until the new one stands
    assert kiosk.capture(good_views()).json["made"]  # type: ignore[index]
    new = HolderSecret.read(code_on_pass(kiosk.see("pass").text))
    assert new is not None
    assert aliases(shop) == [new.alias]
    kiosk.post(f"{kiosk.at}/pass")
    assert "Your new pass works now" in kiosk.see("renewed").text
    assert type_code(kiosk, code) == 404  # used up


def test_a_stolen_pass_ends_before_the_camera_opens(
    shop: Home, hub: Hub, tablet: FlaskClient, kiosk: Walk, robin: Customer
) -> None:
    assert type_code(kiosk, staffs_code(tablet, hub, robin)) == 303
    kiosk.post(f"{kiosk.at}/new-pass", {"old": "stolen"})
    assert aliases(shop) == []
    kiosk.post(f"{kiosk.at}/without")
    assert "Your old pass has ended" in kiosk.see("renewed").text


def test_neither_the_receipts_code_nor_any_other_begins_it(
    hub: Hub, kiosk: Walk, robin: Customer
) -> None:
    for code in (robin.code, "0000-0000", "", OLD.text):
        assert type_code(kiosk, code) == 404
    assert logged(hub, EventKind.NEW_PASS_BEGUN) == ()


def test_staff_check_who_it_is_first(
    hub: Hub, tablet: FlaskClient, robin: Customer, app: Flask
) -> None:
    arrival = arrive(hub, robin)
    page = f"/staff/new-pass/{arrival.id}"
    assert tablet.get(page).status_code == 409  # not confirmed with the customer
    post_json(tablet, f"/staff/arrivals/{arrival.id}/confirm")
    key = re.search(r'name="key" value="([^"]+)"', tablet.get(page).text)
    assert key is not None
    for checked in ("", "code", "trust me"):
        answer = post_form(tablet, "/staff/new-pass", key=key[1], checked=checked)
        assert answer.status_code == 400
    assert post_form(tablet, "/staff/new-pass", key="x", checked="document").status_code == 410
    untrained = app.test_client()
    pair(untrained, "tablet")
    sign_in(untrained, "staff")
    assert untrained.get(page).status_code == 403
    colleague = app.test_client()
    pair(colleague, "tablet")
    sign_in(colleague, "trained")
    assert colleague.get(page).status_code == 409  # not theirs
    taken = post_form(colleague, "/staff/new-pass", key=key[1], checked="document")
    assert taken.status_code == 410
    assert logged(hub, EventKind.NEW_PASS_ALLOWED) == ()


def test_more_tries_than_ten_a_minute_are_refused(kiosk: Walk) -> None:
    answers = [type_code(kiosk, "0000-0000") for _ in range(11)]
    assert answers == [404] * 10 + [429]


def test_a_lapsed_consent_is_no_way_around_it(
    app: Flask, kiosk: Walk, robin: Customer, shop_clock: ShopClock
) -> None:
    """Renewed with the receipt's code it would open the camera for a new pass."""
    shop_clock.forward(366 * 24 * 3600)
    answer = kiosk.post("/kiosk/renew", {"code": robin.code})
    assert answer.status_code == 303
    sessions = app.extensions["clienteling.kiosk"]._sessions
    (session,) = sessions.values()
    assert Purpose.PREFERENCES in session.draft.renews
    assert Purpose.RECOGNISE not in session.draft.renews
