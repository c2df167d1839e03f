"""A shop with a customer, and an officer who has signed in."""

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.people import Customer, join
from tests.support.web import sign_in


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop, name="Robin Seeded")


@pytest.fixture
def officer(client: FlaskClient) -> FlaskClient:
    sign_in(client, "officer")
    return client
