"""A tablet with somebody trained, and a manager."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.web import pair, sign_in


@pytest.fixture
def tablet(client: FlaskClient) -> FlaskClient:
    """A paired tablet on which somebody trained is signed in (user:1)."""
    pair(client, "tablet")
    sign_in(client, "staff", "trained")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    other = app.test_client()
    sign_in(other, "manager")
    other.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return other
