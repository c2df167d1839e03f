"""Webhooks on the manager's page: what may be added, and what is shown of what was told."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.config import Config, WebhooksConfig, save_config
from clienteling.home import Home, open_home
from clienteling.service.stop import resume_recognition, stop
from clienteling.webhooks.hooks import MOST, Webhook, webhooks
from clienteling.webhooks.outbox import latest
from consent.log.events import EventKind
from tests.support.receiver import Receiver
from tests.support.shops import logged
from tests.support.web import POLICY, ShopClock, post_form, sign_in
from web.app import create_app
from web.context import EXTENSION, Hub

PAGE = "/manage/integrations"
NOBODY = "00000000-0000-4000-8000-000000000000"
ACTS = ("secret", "test", "again", "off", "on", "remove")


@pytest.fixture
def shop(shop: Home, receiver: Receiver, shop_clock: ShopClock) -> Iterator[Home]:
    """The shop, whose configuration names the receiver."""
    config = shop.config.model_dump() | {"webhooks": WebhooksConfig(to=(receiver.url,))}
    save_config(shop.path, Config.model_validate(config))
    shop.databases.close()
    made = open_home(shop.path, now=shop_clock)
    yield made
    made.databases.close()


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "manager")
    return client


def add(manager: FlaskClient, url: str, *events: str) -> TestResponse:
    wanted = {"url": url, "event": list(events or ("recognition.stopped",))}
    return post_form(manager, PAGE, **wanted)  # type: ignore[arg-type]  # a list of ticks


def listed(shop: Home) -> tuple[Webhook, ...]:
    with shop.databases.identity.read() as identity:
        return webhooks(identity)


def act(manager: FlaskClient, shop: Home, what: str) -> TestResponse:
    (one,) = listed(shop)
    answer = post_form(manager, f"{PAGE}/{one.id}/{what}")
    return manager.get(answer.location) if answer.status_code == 303 else answer


def deliver(hub: Hub) -> None:
    for run in hub.courier.step():
        run.result(timeout=20)


def test_the_secret_is_shown_once(manager: FlaskClient, shop: Home, receiver: Receiver) -> None:
    answer = add(manager, f"{receiver.url}/hooks")
    secret = re.search(r"whsec_[\w+/=]+", answer.text)

    assert answer.status_code == 200
    assert secret is not None
    assert answer.headers["Cache-Control"] == "no-store"
    page = manager.get(PAGE).text
    assert secret[0] not in page
    assert f"{receiver.url}/hooks" in page
    assert "switched on" in page
    assert (logged(shop.office, EventKind.WEBHOOK_ADDED)[0].actor or "").startswith("user:")


def test_a_test_is_told_and_shown(
    manager: FlaskClient, shop: Home, hub: Hub, receiver: Receiver
) -> None:
    secret = re.search(r"whsec_[\w+/=]+", add(manager, receiver.url).text)
    assert "A test is on its way." in act(manager, shop, "test").text
    assert "1 waits" in manager.get(PAGE).text
    deliver(hub)
    page = manager.get(PAGE).text
    assert "answer 204" in page
    assert "waits" not in page
    assert secret is not None
    assert receiver.heard[0].verified(secret[0])["type"] == "webhook.test"


def test_a_new_secret_is_shown_and_signs_beside_the_other(
    manager: FlaskClient, shop: Home, receiver: Receiver
) -> None:
    add(manager, receiver.url)
    answer = act(manager, shop, "secret")
    assert "whsec_" in answer.text
    assert "The secret before it signs too" in answer.text
    assert "signs too, until" in manager.get(PAGE).text


def test_who_gave_up_says_why_and_can_be_switched_on(
    manager: FlaskClient, shop: Home, hub: Hub, receiver: Receiver
) -> None:
    receiver.status = 410
    add(manager, receiver.url)
    stop(shop.office, actor="7")
    deliver(hub)
    page = manager.get(PAGE).text
    assert "wants nothing more (410)" in page
    assert "answer 410" in page
    assert "Send a test" not in page
    assert "1 system of the shop is not told anything any more." in manager.get("/manage").text

    receiver.status = 204
    assert "What waited is sent now." in act(manager, shop, "on").text
    assert "What failed is sent again." in act(manager, shop, "again").text
    with shop.databases.identity.read() as identity:
        assert latest(identity, listed(shop)[0].id, 1)[0].state == "waiting"


def test_switched_off_and_removed(manager: FlaskClient, shop: Home, receiver: Receiver) -> None:
    add(manager, receiver.url, "recognition.resumed")
    assert "not told later" in act(manager, shop, "off").text
    assert "not told anything" not in manager.get("/manage").text
    stop(shop.office, actor="7")
    resume_recognition(shop.office, actor="7")
    page = manager.get(PAGE).text
    assert "Somebody here switched it off." in page
    assert "Nothing was told yet." in page
    assert "Removed" in act(manager, shop, "remove").text
    assert listed(shop) == ()


def test_an_address_that_is_not_named_is_told_what_to_add(manager: FlaskClient, shop: Home) -> None:
    answer = add(manager, "https://erp.example/hooks?<b>", "sale.kept")
    assert answer.status_code == 400
    assert "to = [&#34;https://erp.example&#34;]" in answer.text
    assert 'value="sale.kept" checked' in answer.text
    assert "<b>" not in answer.text
    assert listed(shop) == ()


@pytest.mark.parametrize("url", ["", "erp.example", "http://erp.example/", "x" * 600])
def test_what_is_no_address_is_refused(manager: FlaskClient, shop: Home, url: str) -> None:
    assert add(manager, url).status_code == 400
    assert listed(shop) == ()


@pytest.mark.parametrize("event", ["webhook.test", "sale.made"])
def test_only_what_is_offered_can_be_ticked(
    manager: FlaskClient, shop: Home, receiver: Receiver, event: str
) -> None:
    answer = add(manager, receiver.url, event)
    assert answer.status_code == 400
    assert "Choose what is told." in answer.text
    assert listed(shop) == ()


def test_there_is_an_end_to_how_many(manager: FlaskClient, shop: Home, receiver: Receiver) -> None:
    for _ in range(MOST):
        assert add(manager, receiver.url).status_code == 200
    assert add(manager, receiver.url).status_code == 400
    assert len(listed(shop)) == MOST


@pytest.mark.parametrize("what", ACTS)
def test_what_is_not_there_is_not_found(manager: FlaskClient, what: str) -> None:
    assert post_form(manager, f"{PAGE}/{NOBODY}/{what}").status_code == 404
    assert manager.get(f"{PAGE}/{NOBODY}/{what}").status_code == 405


def test_who_is_not_named_any_more_is_not_switched_on(
    manager: FlaskClient, shop: Home, receiver: Receiver, shop_clock: ShopClock
) -> None:
    add(manager, receiver.url)
    act(manager, shop, "off")
    object.__setattr__(shop.config, "webhooks", WebhooksConfig())
    answer = act(manager, shop, "on")
    assert answer.status_code == 409
    assert f"to = [&#34;{receiver.url}&#34;]" in answer.text


def test_only_managers_and_admins_enter(app: Flask) -> None:
    for roles, status in ((("admin",), 200), (("officer",), 403), (("trained",), 403)):
        client = app.test_client()
        sign_in(client, *roles)
        assert client.get(PAGE).status_code == status
        if status == 403:
            assert post_form(client, PAGE, url="https://erp.example").status_code == 403


def test_without_a_receiver_named_it_says_how(shop: Home, shop_clock: ShopClock) -> None:
    object.__setattr__(shop.config, "webhooks", WebhooksConfig())
    app = create_app(shop, None, policy=POLICY)
    client = app.test_client()
    sign_in(client, "manager")
    page = client.get(PAGE, headers={"Accept-Language": "nl"}).text
    assert "Deze hub mag nog met geen enkele ontvanger verbinding maken." in page
    assert "<form" not in page.partition("<main")[2]
    app.extensions[EXTENSION].bus.close()
