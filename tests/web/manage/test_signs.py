"""The page on which a manager attests the sign before a camera."""

import pytest
from flask.testing import FlaskClient

from clienteling.edge_protocol import Resume, decode_event
from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.models import SignRow
from consent.log.events import EventKind
from tests.support.edges import pair_edge
from tests.support.shops import logged
from tests.support.web import post_form, sign_in
from web.context import Hub

PATH = "/manage/cameras/door/sign"


@pytest.fixture
def manager(client: FlaskClient, shop: Home) -> FlaskClient:
    pair_edge(client, shop)
    with shop.databases.identity.write() as identity:
        identity.delete(identity.get_one(SignRow, "door"))
    sign_in(client, "manager")
    client.set_cookie("language", "en")
    return client


def test_it_is_for_managers(client: FlaskClient, shop: Home) -> None:
    pair_edge(client, shop)
    assert client.get(PATH).status_code == 302
    sign_in(client, "officer")
    assert client.get(PATH).status_code == 403


def test_a_manager_attests_and_the_camera_hears_of_it(
    manager: FlaskClient, hub: Hub, shop: Home
) -> None:
    listening = hub.bus.subscribe(topic("door"), None)
    assert "does not look" in manager.get("/manage/cameras").text
    assert "Never." in manager.get(PATH).text
    today = shop.office.now().date().isoformat()

    saved = post_form(manager, PATH, role="store manager", on=today, seen="yes")
    hub.watcher.step()

    assert saved.status_code == 303
    page = manager.get(PATH).text
    assert "store manager (Manager)" in page
    assert "does not look" not in page
    assert "sign in order" in manager.get("/manage/cameras").text
    event = listening.next(1.0)
    assert event is not None
    told = decode_event(event.name, manager.application.json.dumps(event.data))
    assert isinstance(told, Resume)
    entry = logged(shop.office, EventKind.SIGN_ATTESTED)[0]
    assert (entry.actor or "").startswith("user:")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"role": "manager"}, "Go and look"),
        ({"seen": "yes", "role": " "}, "by role"),
        ({"seen": "yes", "role": "manager", "on": "yesterday"}, "Give the day"),
        ({"seen": "yes", "role": "manager", "on": "2999-01-01"}, "not a later one"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    manager: FlaskClient, shop: Home, fields: dict[str, str], words: str
) -> None:
    today = shop.office.now().date().isoformat()

    answer = post_form(manager, PATH, **({"on": today} | fields))

    assert (answer.status_code, words in answer.text) == (400, True)
    assert len(logged(shop.office, EventKind.SIGN_ATTESTED)) == 1  # the one of the pairing


def test_an_unknown_camera_is_not_there(manager: FlaskClient) -> None:
    assert manager.get("/manage/cameras/nowhere/sign").status_code == 404
