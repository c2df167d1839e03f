"""A press by HTTP: the token shown once at pairing, its own camera, the display's own refusals."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.access.devices import revoke
from clienteling.access.register import devices
from clienteling.bus import Subscription
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.presses import WINDOWS_PER_MINUTE
from clienteling.service.stop import stop
from clienteling.service.windows import Outcome
from tests.support.edges import pair_edge
from tests.support.web import pairing_code, post_form
from web.context import Hub

Press = Callable[..., TestResponse]


@pytest.fixture
def camera(hub: Hub, client: FlaskClient, shop: Home) -> Subscription:
    """A paired camera that listens to its events."""
    pair_edge(client, shop)
    return hub.bus.subscribe(topic("door"))


@pytest.fixture
def token(client: FlaskClient, shop: Home) -> str:
    answer = client.post("/api/v1/pair", json={"code": pairing_code(shop, "button", "door")})
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["camera"], answer.json["name"]) == ("door", "test button")
    return str(answer.json["token"])


@pytest.fixture
def press(client: FlaskClient, token: str) -> Press:
    def send(camera: str = "door", *, auth: str | None = None) -> TestResponse:
        given = f"Bearer {token}" if auth is None else auth
        return client.post(f"/api/v1/greet/{camera}", headers={"Authorization": given})

    return send


def test_a_press_opens_a_window_and_the_camera_is_told(press: Press, camera: Subscription) -> None:
    answer = press()
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"window_id", "opened_at", "expires_at", "outcome"}
    event = camera.next(1)
    assert event is not None
    assert (event.name, event.data["window_id"]) == ("open_window", answer.json["window_id"])


def test_a_press_sent_twice_is_one_window(press: Press, camera: Subscription) -> None:
    assert press().json == press().json
    assert camera.next(0) is not None
    assert camera.next(0) is None


def test_a_button_may_ask_what_came_of_its_press(
    press: Press, client: FlaskClient, token: str, camera: Subscription, hub: Hub
) -> None:
    opened = press().json
    assert opened is not None
    hub.windows.decide(opened["window_id"], Outcome.COMING)
    headers = {"Authorization": f"Bearer {token}"}
    path = f"/api/v1/greet/door/windows/{opened['window_id']}"
    assert client.get(path, headers=headers).json == {"outcome": "coming"}
    assert client.get("/api/v1/greet/door/windows/none", headers=headers).status_code == 404


@pytest.mark.parametrize("auth", ["", "Bearer", "Bearer wrong", "Basic YTpi", "bearer"])
def test_without_its_token_nobody_presses(press: Press, camera: Subscription, auth: str) -> None:
    answer = press(auth=auth)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")
    assert camera.next(0) is None


def test_a_button_presses_for_its_own_camera_only(press: Press, camera: Subscription) -> None:
    answer = press("back")
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["message"].endswith(".")


def test_a_displays_cookie_token_is_no_bearer_token(
    client: FlaskClient, press: Press, camera: Subscription, shop: Home
) -> None:
    post_form(client, "/pair", code=pairing_code(shop, "greet", "door"))
    cookie = client.get_cookie("device_greet")
    assert cookie is not None
    assert press(auth=f"Bearer {cookie.value}").status_code == 401


def test_a_revoked_button_presses_no_more(press: Press, camera: Subscription, shop: Home) -> None:
    assert press().status_code == 200
    with shop.databases.identity.write() as identity:
        (button,) = (row for row in devices(identity) if row.kind == "button")
        revoke(identity, shop.office.ring, button.id, actor="user:1", now=shop.office.now())
    assert press().status_code == 401


def test_the_same_refusals_as_at_the_display(press: Press, shop: Home) -> None:
    assert press().status_code == 503  # no camera listens
    stop(shop.office, actor="user:1")
    answer = press()
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["outcome"] == "stopped"


def test_too_many_windows_in_a_minute_are_refused(
    press: Press, camera: Subscription, hub: Hub
) -> None:
    for _ in range(WINDOWS_PER_MINUTE):
        opened = press().json
        assert opened is not None
        hub.windows.decide(opened["window_id"], Outcome.NOBODY)
    answer = press()
    assert answer.status_code == 429
    assert answer.json is not None
    assert answer.json["outcome"] == "busy"


@pytest.mark.parametrize(
    ("body", "status"), [("", 400), ("[]", 400), ('{"code": 5}', 400), ('{"code": "0000"}', 403)]
)
def test_what_is_no_code_of_a_button_is_refused_with_a_sentence(
    client: FlaskClient, body: str, status: int
) -> None:
    answer = client.post("/api/v1/pair", data=body, content_type="application/json")
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["message"].endswith(".")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("kind", ["kiosk", "tablet", "greet", "edge"])
def test_another_devices_code_gives_no_token_here(
    client: FlaskClient, shop: Home, kind: str
) -> None:
    code = pairing_code(shop, kind, "door")
    assert client.post("/api/v1/pair", json={"code": code}).status_code == 403


def test_a_browser_shows_the_token_once_and_keeps_none(client: FlaskClient, shop: Home) -> None:
    code = pairing_code(shop, "button", "door")
    page = post_form(client, "/pair", code=code)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get_cookie("device_button") is None
    assert post_form(client, "/pair", code=code).status_code == 403
