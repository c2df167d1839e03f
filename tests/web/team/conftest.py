"""A team with a budget on paired tablets, and a manager at a desk."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.team.amounts import set_amounts
from tests.support.people import Customer, join
from tests.support.team import enter, hire
from tests.support.web import pair


@pytest.fixture
def anna(client: FlaskClient, shop: Home) -> FlaskClient:
    """A paired tablet on which somebody trained is signed in (user:1)."""
    pair(client, "tablet")
    set_amounts(shop.office, 2500, 5000, actor="user:3")
    return enter(client, hire(shop, 1, "anna", "staff", "trained"))


@pytest.fixture
def bram(anna: FlaskClient, app: Flask, shop: Home) -> FlaskClient:
    """A second tablet with a colleague without training (user:2)."""
    other = app.test_client()
    pair(other, "tablet")
    return enter(other, hire(shop, 2, "bram", "staff"))


@pytest.fixture
def manager(bram: FlaskClient, app: Flask, shop: Home) -> FlaskClient:
    """A manager's tablet (user:3)."""
    other = app.test_client()
    pair(other, "tablet")
    return enter(other, hire(shop, 3, "mia", "manager"))


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop, name="Robin Zeldzaamnaam")
