"""A shop whose till can ask who somebody is, by face: its till, its camera, its customers."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.config import TillConfig, load_config, save_config
from clienteling.home import Home, open_home
from clienteling.service.cameras import topic
from consent.purposes import Purpose
from tests.support.edges import Edge, pair_edge
from tests.support.people import EVERYTHING
from tests.support.web import pairing_code
from web.context import EXTENSION, Hub

#: The camera at the till, and what customers chose who are recognised there.
COUNTER = "counter"
AT_BOTH = EVERYTHING | {Purpose.TILL}


def identifying(shop: Home) -> Home:
    """Let the shop's till ask who somebody is; return the shop opened anew."""
    config = load_config(shop.path)
    save_config(shop.path, config.model_copy(update={"till": TillConfig(identify=True)}))
    return open_home(shop.path, now=shop.office.now)


@dataclass(frozen=True, slots=True)
class Till:
    """A till that speaks to the API."""

    client: FlaskClient
    token: str

    def call(self, path: str, body: object = None, *, method: str = "POST") -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return self.client.open(f"/api/v1/till{path}", method=method, json=body, headers=headers)

    def ask(self) -> dict[str, Any]:
        """Ask who the customer is; return the question."""
        answer = self.call("/identifications")
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    def see(self, identification: str) -> dict[str, Any]:
        """Return how far the question is."""
        answer = self.call(f"/identifications/{identification}", method="GET")
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})


def pair_till(client: FlaskClient, shop: Home, camera: str | None = COUNTER) -> Till:
    """Pair a till, with the camera that stands at it."""
    answer = client.post("/api/v1/pair", json={"code": pairing_code(shop, "till", camera)})
    assert answer.json is not None
    return Till(client, str(answer.json["token"]))


def pair_till_camera(client: FlaskClient, shop: Home) -> Edge:
    """Pair the camera at the till; it listens."""
    edge = pair_edge(client, shop, COUNTER, "till_cam")
    hub: Hub = client.application.extensions[EXTENSION]
    hub.bus.subscribe(topic(COUNTER))
    return edge
