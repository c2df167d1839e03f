"""R36: a visit is kept only for a customer who chose `visits`, and goes with that purpose."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.customers.models import VisitRow
from clienteling.home import Home
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.arrivals import arrive
from tests.support.people import EVERYTHING, Customer, join
from tests.support.web import pair, post_json, sign_in
from web.context import Hub


@pytest.fixture
def tablet(client: FlaskClient) -> FlaskClient:
    pair(client, "tablet")
    sign_in(client, "trained")
    return client


def _visit(tablet: FlaskClient, hub: Hub, customer: Customer) -> None:
    arrival = arrive(hub, customer)
    for act in ("claim", "confirm"):
        assert post_json(tablet, f"/staff/arrivals/{arrival.id}/{act}").status_code == 204
    tablet.get(f"/staff/arrivals/{arrival.id}/card")
    hub.board.drop_subject(customer.subject_id)


def _kept(hub: Hub) -> list[str]:
    with hub.databases.identity.read() as identity:
        return list(identity.scalars(select(VisitRow.subject_id)))


def test_without_the_purpose_no_visit_is_kept(tablet: FlaskClient, hub: Hub, shop: Home) -> None:
    _visit(tablet, hub, join(shop, purposes=EVERYTHING))
    assert _kept(hub) == []


def test_an_arrival_that_nobody_confirms_is_no_visit(
    tablet: FlaskClient, hub: Hub, shop: Home
) -> None:
    arrival = arrive(hub, join(shop, purposes=EVERYTHING | {Purpose.VISITS}))
    tablet.get(f"/staff/arrivals/{arrival.id}/card")
    post_json(tablet, f"/staff/arrivals/{arrival.id}/not-this-person")
    assert _kept(hub) == []


def test_with_the_purpose_each_visit_is_kept_until_it_ends(
    tablet: FlaskClient, hub: Hub, shop: Home
) -> None:
    chose = join(shop, purposes=EVERYTHING | {Purpose.VISITS})
    _visit(tablet, hub, chose)
    _visit(tablet, hub, chose)
    _visit(tablet, hub, join(shop, name="Sam", purposes=EVERYTHING))
    assert _kept(hub) == [chose.subject_id] * 2
    withdraw(hub.office, chose.subject_id, [Purpose.VISITS], actor="user:9", method="request")
    assert _kept(hub) == []
    _visit(tablet, hub, chose)
    assert _kept(hub) == []
