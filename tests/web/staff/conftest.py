"""Two tablets with two trained members of staff, and a customer who shares everything."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.people import Customer, join
from tests.support.web import pair, sign_in


@pytest.fixture
def anna(client: FlaskClient) -> FlaskClient:
    """A paired tablet on which somebody trained is signed in (user:1, "Staff-Trained")."""
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    return client


@pytest.fixture
def bram(anna: FlaskClient, app: Flask) -> FlaskClient:
    """A second tablet with another colleague (user:2, "Trained")."""
    other = app.test_client()
    pair(other, "tablet")
    sign_in(other, "trained")
    return other


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop, name="Robin Test", likes=("dark chocolate",), allergies=("milk",))
