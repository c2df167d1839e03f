"""R1 at the hub: under `trigger` nobody arrives without a window that a customer opened."""

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.web import POLICY
from web.context import Hub


@pytest.mark.parametrize(("policy", "arrivals"), [("trigger", 0), ("zone", 1)])
def test_a_sighting_without_a_window_brings_nobody_under_trigger(
    hub: Hub, client: FlaskClient, shop: Home, policy: str, arrivals: int
) -> None:
    """In order in every other way: in a shop whose policy needs no window, it is an arrival."""
    hub.desk._policy = POLICY.model_copy(update={"policy": policy, "region": "us"})
    customer = join(shop)
    edge = pair_edge(client, shop)
    version = edge.pull().version
    seen = edge.sighting(None, customer.alias, version, ground="zone")
    assert edge.send(seen) == (arrivals, 1 - arrivals)
    assert len(hub.board.live()) == arrivals
