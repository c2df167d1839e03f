"""The greeting display: its own camera, ten seconds, and never a name."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.bus import Subscription
from clienteling.home import Home
from clienteling.recognition.liveness.challenge import steps_of
from clienteling.recognition.liveness.gesture import Step
from clienteling.service.cameras import topic
from clienteling.service.figures import Figure, figures
from clienteling.service.stop import stop
from clienteling.service.windows import Outcome, Window
from consent.log import ledger
from tests.support.edges import Edge, pair_edge
from tests.support.people import join
from tests.support.web import POLICY, ShopClock, pair, post_json, sign_in
from web.context import EXTENSION, Hub


@pytest.fixture
def edge(client: FlaskClient, shop: Home) -> Edge:
    return pair_edge(client, shop)


@pytest.fixture
def camera(hub: Hub, edge: Edge) -> Subscription:
    """The camera listens to its events."""
    return hub.bus.subscribe(topic("door"))


@pytest.fixture
def display(client: FlaskClient) -> FlaskClient:
    pair(client, "greet", "door")
    return client


def test_a_press_opens_a_window_and_the_camera_is_told(
    display: FlaskClient, camera: Subscription, hub: Hub, shop: Home
) -> None:
    answer = post_json(display, "/greet/door")
    assert answer.status_code == 200
    assert answer.json is not None
    event = camera.next(1)
    assert event is not None
    assert event.name == "open_window"
    assert event.data["window_id"] == answer.json["window_id"]
    assert set(answer.json) == {"window_id", "opened_at", "expires_at", "outcome"}
    with shop.databases.identity.read() as identity:
        assert figures(identity, hub.now().date())[Figure.WINDOW_OPENED] == 1


def test_pressing_again_at_once_opens_nothing_more(
    display: FlaskClient, camera: Subscription
) -> None:
    first = post_json(display, "/greet/door").json
    assert post_json(display, "/greet/door").json == first
    assert camera.next(0) is not None
    assert camera.next(0) is None


def test_a_match_shows_that_a_colleague_comes_and_no_name(
    display: FlaskClient, camera: Subscription, edge: Edge, shop: Home
) -> None:
    customer = join(shop, name="Robin Secret")
    version = edge.pull().version
    opened = post_json(display, "/greet/door").json
    assert opened is not None
    edge.send(edge.sighting(opened["window_id"], customer.alias, version))
    answer = display.get(f"/greet/door/windows/{opened['window_id']}")
    assert answer.json == {"outcome": "coming"}
    assert "Robin" not in display.get("/greet/door").text


def test_a_stranger_leaves_a_number_and_nothing_else(
    display: FlaskClient, camera: Subscription, edge: Edge, shop: Home
) -> None:
    """R4, at the hub: no entry in the log, no row but the counter."""
    opened = post_json(display, "/greet/door").json
    assert opened is not None
    with shop.databases.identity.read() as identity:
        before = ledger.size(identity)
    edge.close(opened["window_id"], "unknown")
    with shop.databases.identity.read() as identity:
        assert ledger.size(identity) == before
    answer = display.get(f"/greet/door/windows/{opened['window_id']}")
    assert answer.json == {"outcome": "unknown"}


def test_while_stopped_a_press_is_refused_with_a_sentence(
    display: FlaskClient, camera: Subscription, shop: Home
) -> None:
    stop(shop.office, actor="user:1")
    answer = post_json(display, "/greet/door")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["outcome"] == "stopped"
    assert answer.json["message"].endswith(".")
    assert camera.next(0) is None


def test_without_a_listening_camera_a_press_is_refused(display: FlaskClient, edge: Edge) -> None:
    answer = post_json(display, "/greet/door")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["outcome"] == "unavailable"


def test_without_a_paired_camera_a_press_is_refused(display: FlaskClient) -> None:
    assert post_json(display, "/greet/door").status_code == 503


def test_a_display_works_for_its_own_camera_only(
    display: FlaskClient, camera: Subscription
) -> None:
    assert display.get("/greet/back").status_code == 403
    assert post_json(display, "/greet/back").status_code == 403


def test_a_manager_may_press_for_any_camera(client: FlaskClient, camera: Subscription) -> None:
    sign_in(client, "manager")
    assert post_json(client, "/greet/door").status_code == 200


@pytest.mark.parametrize("roles", [("staff", "trained"), ("officer",)])
def test_other_people_may_not(
    client: FlaskClient, camera: Subscription, roles: tuple[str, ...]
) -> None:
    sign_in(client, *roles)
    assert post_json(client, "/greet/door").status_code == 403


def test_nobody_at_all_may_not(client: FlaskClient, camera: Subscription) -> None:
    assert post_json(client, "/greet/door").status_code in {401, 403}
    assert camera.next(0) is None


def test_an_unknown_window_is_nothing(display: FlaskClient) -> None:
    assert display.get("/greet/door/windows/none").status_code == 404


def test_the_page_says_what_happens_and_names_the_other_way(display: FlaskClient) -> None:
    """R6: the equal way without a face stands beside the button."""
    page = display.get("/greet/door", headers={"Accept-Language": "en"}).text
    assert "ten seconds" in page
    assert "Just tell us your name: the service is the same." in page


def state_of(display: FlaskClient) -> dict[str, Any]:
    answer = display.get("/greet/door/state")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


def test_where_a_challenge_is_asked_the_display_says_the_steps_of_this_window(
    app: Flask, display: FlaskClient, camera: Subscription, hub: Hub
) -> None:
    asking = POLICY.model_copy(update={"challenge": True})
    app.extensions[EXTENSION] = replace(hub, policy=asking)
    opened = hub.presses.press("door")
    assert isinstance(opened, Window)

    steps = state_of(display)["window"]["steps"]

    assert steps == list(steps_of(opened.id))
    words = display.get("/greet/door").text
    assert all(f'data-step="{step}"' in words for step in Step)


def test_the_display_hears_of_a_window_whoever_opened_it(
    display: FlaskClient, camera: Subscription, hub: Hub, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    assert state_of(display)["window"] is None
    opened = hub.presses.press("door")
    assert isinstance(opened, Window)
    shop_clock.forward(4)
    assert state_of(display)["window"] == {
        "id": opened.id,
        "outcome": "looking",
        "steps": [],
        "seconds": 10.0,
        "seconds_left": 6.0,
    }
    hub.windows.decide(opened.id, Outcome.SEVERAL)
    assert state_of(display)["window"]["outcome"] == "several"


def test_a_camera_that_never_answered_shows_as_unavailable(
    display: FlaskClient, camera: Subscription, hub: Hub, shop_clock: ShopClock
) -> None:
    hub.presses.press("door")
    shop_clock.forward(16)
    assert state_of(display)["window"]["outcome"] == "unavailable"


def test_the_display_hears_why_nobody_can_press(
    display: FlaskClient, hub: Hub, edge: Edge, shop: Home
) -> None:
    assert state_of(display)["closed"] == "unavailable"  # the camera does not listen
    hub.bus.subscribe(topic("door"))
    assert state_of(display)["closed"] is None
    stop(shop.office, actor="user:1")
    assert state_of(display)["closed"] == "stopped"


def test_the_state_is_for_its_own_display_only(display: FlaskClient) -> None:
    assert display.get("/greet/back/state").status_code == 403


def test_every_outcome_has_its_words(display: FlaskClient) -> None:
    page = display.get("/greet/door").text
    panels = set(re.findall(r'data-panel="(\w+)"', page))
    assert panels == {outcome.value for outcome in Outcome} | {"ready"}


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("", "Enter,Space"),
        ("?keys=F13,b", "F13,b"),
        ("?keys=%22%3E%3Cscript%3E", "Enter,Space"),
        ("?keys=" + ",".join("abcdef"), "Enter,Space"),
    ],
)
def test_the_keys_that_press_are_names_of_keys(display: FlaskClient, asked: str, keys: str) -> None:
    assert f'data-keys="{keys}"' in display.get(f"/greet/door{asked}").text


def test_a_chosen_language_can_be_given_back(client: FlaskClient, display: FlaskClient) -> None:
    english = {"Accept-Language": "en"}
    assert "data-language-back" not in display.get("/greet/door", headers=english).text
    display.get("/language/nl?next=/greet/door")
    page = display.get("/greet/door", headers=english).text
    assert "Begroet mij" in page
    [back] = re.findall(r'data-language-back="([^"]+)"', page)
    assert display.get(html.unescape(back)).location == "/greet/door"
    assert "Greet me" in display.get("/greet/door", headers=english).text
