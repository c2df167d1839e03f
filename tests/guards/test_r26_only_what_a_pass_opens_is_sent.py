"""R26: a camera of a shop with passes gets no template that could be compared without one, and a
window that one pass opened lets nobody else arrive.
"""

from flask.testing import FlaskClient

from clienteling.customers.edge_gallery import pack_gallery
from clienteling.home import Home
from consent.keystore.holder import new_holder_secret
from consent.sealing import new_device_keys
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.web import POLICY
from web.context import Hub

BY_PASS = POLICY.model_copy(update={"policy": "pass"})


def test_a_template_that_needs_no_pass_goes_to_no_camera_there(shop: Home) -> None:
    """It was made before the shop chose `pass`."""
    join(shop)
    holder = new_holder_secret()
    join(shop, holder=holder)
    sent = pack_gallery(
        shop.office,
        device_id="e",
        open_public=new_device_keys().open_public,
        policy=BY_PASS,
        stopped=False,
    )
    assert (sent.entries, sent.older, sent.turn) == ((), (), None)
    assert [one.alias for one in sent.passes] == [holder.alias]


def test_in_the_window_of_one_pass_nobody_else_arrives(
    hub: Hub, client: FlaskClient, shop: Home
) -> None:
    hub.desk._policy = BY_PASS
    shown, other = (join(shop, holder=new_holder_secret()) for _ in range(2))
    edge = pair_edge(client, shop)
    version = edge.pull().version
    window, _ = hub.windows.open("door", shown.alias)
    assert edge.send(edge.sighting(window.id, other.alias, version)) == (0, 1)
    assert hub.board.live() == ()
    assert edge.send(edge.sighting(window.id, shown.alias, version)) == (1, 0)
