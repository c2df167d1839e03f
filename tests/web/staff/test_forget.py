"""Forgetting a customer from their page: a manager, two acts, and what stays."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.home import Home
from clienteling.upkeep.models import SoldRow
from consent.log.events import EventKind
from consent.models import SubjectRow
from consent.purposes import Purpose
from tests.support.arrivals import logged
from tests.support.people import EVERYTHING, Customer, join
from tests.support.web import pair, post_form, post_json, sign_in
from web.context import Hub


@pytest.fixture
def robin(shop: Home) -> Customer:
    customer = join(shop, name="Robin Test", purposes=EVERYTHING | {Purpose.PURCHASES})
    office, bar = shop.office, Product(id=new_id(), name="Bar", sku="BAR")
    with shop.databases.identity.write() as identity:
        put_products(identity, office.ring, [bar], actor="c", now=office.now())
    sale = Sale("1", office.now() - timedelta(days=1), (Line("Bar", 3, 250, bar.id),))
    keep_sale(office, customer.subject_id, sale, actor="c")
    return customer


@pytest.fixture
def manager(client: FlaskClient, robin: Customer) -> FlaskClient:
    pair(client, "tablet")
    sign_in(client, "trained", "manager")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def _open(client: FlaskClient) -> str:
    found = post_json(client, "/staff/find", {"query": "robin"}).json
    assert isinstance(found, dict)
    answer = post_json(client, "/staff/find/open", {"key": found["people"][0]["key"]}).json
    assert isinstance(answer, dict)
    return str(answer["page"])


def _is_here(shop: Home, customer: Customer) -> bool:
    with shop.databases.identity.read() as identity:
        return identity.get(SubjectRow, customer.subject_id) is not None


def _counted(shop: Home) -> int:
    with shop.databases.identity.read() as identity:
        return sum(row.pieces for row in identity.scalars(select(SoldRow)))


def test_it_says_what_goes_and_waits_for_the_second_act(
    manager: FlaskClient, shop: Home, robin: Customer
) -> None:
    page = _open(manager)
    assert f"{page}/forget" in manager.get(page).text
    asked = manager.get(f"{page}/forget")
    assert asked.headers["Cache-Control"] == "no-store"
    for words in ("Forget Robin Test?", "What goes", "What stays", "without the person"):
        assert words in asked.text
    assert robin.subject_id not in asked.text
    for fields in ({}, {"sure": "yes"}, {"way": "all"}, {"way": "some", "sure": "yes"}):
        assert post_form(manager, f"{page}/forget", **fields).status_code == 400
    assert _is_here(shop, robin)


@pytest.mark.parametrize(("way", "kept"), [("all", 0), ("figures", 3)])
def test_it_erases_with_or_without_figures(
    manager: FlaskClient, shop: Home, hub: Hub, robin: Customer, way: str, kept: int
) -> None:
    page = _open(manager)
    done = post_form(manager, f"{page}/forget", way=way, sure="yes")
    assert (done.status_code, "This customer is forgotten" in done.text) == (200, True)
    assert "<svg" in done.text
    assert "Robin" not in done.text

    assert not _is_here(shop, robin)
    assert _counted(shop) == kept
    (entry,) = logged(hub, EventKind.ERASURE_OPENED)
    assert entry.actor == "user:1"
    again = post_form(manager, f"{page}/forget", way=way, sure="yes")
    assert again.status_code == 410
    assert _counted(shop) == kept


def test_only_a_manager_who_had_the_training_may(
    anna: FlaskClient, app: Flask, robin: Customer, shop: Home
) -> None:
    page = _open(anna)
    anna.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "ask a manager" in anna.get(page).text
    assert anna.get(f"{page}/forget").status_code == 403
    assert post_form(anna, f"{page}/forget", way="all", sure="yes").status_code == 403

    untrained = app.test_client()
    pair(untrained, "tablet")
    sign_in(untrained, "manager")
    assert untrained.get(f"{page}/forget").status_code == 403
    assert _is_here(shop, robin)


def test_a_page_that_is_a_colleagues_or_none_is_gone(
    manager: FlaskClient, anna: FlaskClient, app: Flask, robin: Customer, shop: Home
) -> None:
    page = _open(manager)
    colleague = app.test_client()
    pair(colleague, "tablet")
    sign_in(colleague, "trained", "manager", "staff")
    assert post_form(colleague, f"{page}/forget", way="all", sure="yes").status_code == 410
    assert _is_here(shop, robin)
