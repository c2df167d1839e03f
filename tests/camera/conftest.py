"""Short names for what every test of the camera uses."""

import pytest

from clienteling.edge_protocol import EdgePolicy
from clienteling.recognition.engine import Engine
from tests.support.cameras import Template
from tests.support.hub_simulator import HubSimulator


@pytest.fixture(scope="session")
def engine(real_engine: Engine) -> Engine:
    return real_engine


@pytest.fixture
def policy(edge_policy: EdgePolicy) -> EdgePolicy:
    return edge_policy


@pytest.fixture
def hub(hub_simulator: HubSimulator) -> HubSimulator:
    return hub_simulator


@pytest.fixture(scope="session")
def template(template_of: Template) -> Template:
    return template_of
