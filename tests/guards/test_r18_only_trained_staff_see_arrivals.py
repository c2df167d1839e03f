"""R18: arrivals and cards open only for staff who had the training; the refusal says so."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.log.events import EventKind
from tests.support.arrivals import arrive, logged
from tests.support.people import join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub
from web.staff.find import blueprint as find_pages


@pytest.mark.parametrize("role", ["staff", "manager", "officer", "admin"])
def test_every_staff_route_refuses_who_is_not_trained(
    app: Flask, client: FlaskClient, hub: Hub, shop: Home, role: str
) -> None:
    customer = join(shop, name="Robin Marker")
    arrival = arrive(hub, customer)
    pair(client, "tablet")
    sign_in(client, role)
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("staff.", f"{find_pages.name}."))
    ]
    assert len(rules) >= 10
    for rule in rules:
        path = rule.rule.replace("<uuid:arrival_id>", arrival.id)
        reads = "GET" in (rule.methods or ())
        answer = client.get(path) if reads else post_json(client, path)
        assert answer.status_code == 403, path
        assert "training" in answer.text
        assert "Robin" not in answer.text
    assert logged(hub, EventKind.CARD_READ, EventKind.ALLERGIES_READ) == ()
    assert hub.board.get(arrival.id).claimed_by is None
