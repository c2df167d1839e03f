"""The start page and the health page."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.home import Home
from tests.support.web import POLICY, LiveHub, eventually, pair, sign_in
from web.app import create_app
from web.context import EXTENSION, Hub


def test_a_stranger_sees_two_doors_and_the_health(client: FlaskClient) -> None:
    page = client.get("/").text
    assert 'href="/sign-in"' in page
    assert 'href="/pair"' in page
    assert 'href="/staff"' not in page
    assert 'href="/privacy"' not in page


@pytest.mark.parametrize(
    ("roles", "shown", "hidden"),
    [
        (("staff",), (), ("/staff", "/privacy")),
        (("staff", "trained"), ("/staff",), ("/privacy",)),
        (("officer",), ("/privacy",), ("/staff",)),
    ],
)
def test_doors_fit_the_role(
    client: FlaskClient, roles: tuple[str, ...], shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    sign_in(client, *roles)
    page = client.get("/").text
    assert all(f'href="{path}"' in page for path in shown)
    assert not any(f'href="{path}"' in page for path in hidden)


def test_a_paired_screen_sees_its_own_door(client: FlaskClient) -> None:
    pair(client, "greet", "door")
    assert 'href="/greet/door"' in client.get("/").text


def test_health_names_what_a_shop_must_know(live: LiveHub) -> None:
    client, pages = live.app.test_client(), list[TestResponse]()

    def is_well() -> bool:
        pages.append(client.get("/health", headers={"Accept-Language": "en"}))
        return pages[-1].status_code == 200

    # "Well" needs a round of the watcher within 5 seconds, which a busy machine may not manage.
    assert eventually(is_well, 60)
    for words in ("DEMO shop", "Development key", "No attack check"):
        assert words in pages[-1].text


def test_papers_that_are_for_show_are_called_demo_in_any_shop(shop: Home) -> None:
    """The papers alone suffice: DEMO stands on every page, also where the shop is a real one."""
    real = replace(shop.office.controller, demo=False)
    home = replace(shop, office=replace(shop.office, controller=real))
    assert ">DEMO<" in create_app(home, None).test_client().get("/").text


def test_health_says_when_the_hub_does_not_watch_the_log(client: FlaskClient) -> None:
    answer = client.get("/health", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["ok"] is False


def test_health_names_the_challenge_where_one_is_asked(app: Flask, hub: Hub) -> None:
    words = "And a challenge"
    assert words not in app.test_client().get("/health", headers={"Accept-Language": "en"}).text
    policy = POLICY.model_copy(update={"challenge": True})
    app.extensions[EXTENSION] = replace(hub, policy=policy)
    assert words in app.test_client().get("/health", headers={"Accept-Language": "en"}).text
