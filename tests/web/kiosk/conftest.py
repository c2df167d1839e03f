"""A paired kiosk with the real detector and an encoder that only counts."""

import pytest
from flask.testing import FlaskClient

from clienteling.recognition.engine import Engine
from tests.support.kiosk import Walk, detecting_engine, walk
from tests.support.web import pair


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)
