"""Where no passes are made, nobody is offered a new one."""

from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.arrivals import arrive
from tests.support.kiosk import Walk
from tests.support.people import join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub


def test_without_passes_the_kiosk_has_no_such_page(customer: Walk) -> None:
    assert "New pass" not in customer.client.get("/kiosk").text
    assert customer.client.get("/kiosk/new-pass").status_code == 404
    assert customer.post("/kiosk/new-pass", {"code": "0000-0000"}).status_code == 404


def test_without_passes_the_card_has_no_such_button(
    shop: Home, hub: Hub, client: FlaskClient
) -> None:
    pair(client, "tablet")
    sign_in(client, "trained")
    arrival = arrive(hub, join(shop))
    post_json(client, f"/staff/arrivals/{arrival.id}/confirm")
    assert "new-pass" not in client.get(f"/staff/arrivals/{arrival.id}/card").text
    assert client.get(f"/staff/new-pass/{arrival.id}").status_code == 404
