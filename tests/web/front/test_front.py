"""The start page and the health page."""

import pytest
from flask.testing import FlaskClient

from tests.support.web import LiveHub, pair, sign_in


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
    page = live.app.test_client().get("/health", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    for words in ("DEMO shop", "Development key", "No attack check"):
        assert words in page.text


def test_health_says_when_the_hub_does_not_watch_the_log(client: FlaskClient) -> None:
    answer = client.get("/health", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["ok"] is False
