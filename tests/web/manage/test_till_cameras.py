"""Cameras at tills on the manager's pages: paired where one can work, and told apart."""

import pytest
from flask.testing import FlaskClient

from clienteling.edge_protocol import PolicyChanged, decode_event
from clienteling.home import Home
from clienteling.service.cameras import topic
from tests.support.edges import pair_edge
from tests.support.tills import COUNTER, identifying, pair_till_camera
from tests.support.web import post_form, sign_in
from web.context import Hub

CODE = {"kind": "till_cam", "name": "box", "camera": COUNTER}
ZONE = {"x": "25", "y": "10", "w": "50", "h": "80", "face": "30"}


def test_where_the_till_may_not_identify_none_is_paired(client: FlaskClient) -> None:
    sign_in(client, "manager")
    refused = post_form(client, "/manage/pairing", **CODE)
    assert refused.status_code == 400
    assert "identify = true" in refused.text


class TestWhereItMay:
    """The till may identify here."""

    @pytest.fixture
    def shop(self, shop: Home) -> Home:
        return identifying(shop)

    @pytest.fixture
    def manager(self, client: FlaskClient) -> FlaskClient:
        client.set_cookie("language", "en")
        sign_in(client, "manager")
        return client

    def test_it_is_paired_and_the_page_says_what_its_configuration_needs(
        self, manager: FlaskClient
    ) -> None:
        page = post_form(manager, "/manage/pairing", **CODE)
        assert page.status_code == 200
        assert "--pair-code-file" in page.text
        assert 'purpose = "till"' in page.text

    def test_its_name_is_no_other_cameras(self, manager: FlaskClient, shop: Home) -> None:
        pair_edge(manager, shop, COUNTER)
        refused = post_form(manager, "/manage/pairing", **CODE)
        assert refused.status_code == 400
        assert "stands elsewhere" in refused.text

    def test_the_list_tells_it_apart(self, manager: FlaskClient, shop: Home) -> None:
        pair_edge(manager, shop, "door")
        assert "at a till" not in manager.get("/manage/cameras").text
        pair_till_camera(manager, shop)
        assert manager.get("/manage/cameras").text.count("at a till") == 1
        assert "Camera box at a till" in manager.get("/manage").text

    def test_a_zone_marked_anew_leaves_it_at_the_till(
        self, manager: FlaskClient, shop: Home, hub: Hub
    ) -> None:
        pair_till_camera(manager, shop)
        with hub.bus.subscribe(topic(COUNTER)) as camera:
            post_form(manager, f"/manage/cameras/{COUNTER}/zone", **ZONE)
            event = camera.next(1)
        assert event is not None
        told = decode_event(event.name, manager.application.json.dumps(event.data))
        assert isinstance(told, PolicyChanged)
        assert (told.policy.purpose, told.policy.challenge) == ("till", True)
        assert told.policy.zone.x == 0.25
