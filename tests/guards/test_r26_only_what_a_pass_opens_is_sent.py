"""R26: a camera of a shop with passes gets no template that could be compared without one."""

from clienteling.customers.edge_gallery import pack_gallery
from clienteling.home import Home
from consent.holder import new_holder_secret
from consent.sealing import new_device_keys
from tests.support.people import join
from tests.support.web import POLICY


def test_a_template_that_needs_no_pass_goes_to_no_camera_there(shop: Home) -> None:
    """It was made before the shop chose `pass`."""
    join(shop)
    holder = new_holder_secret()
    join(shop, holder=holder)
    sent = pack_gallery(
        shop.office,
        device_id="e",
        open_public=new_device_keys().open_public,
        policy=POLICY.model_copy(update={"policy": "pass"}),
        stopped=False,
    )
    assert (sent.entries, sent.older, sent.turn) == ((), (), None)
    assert [one.alias for one in sent.passes] == [holder.alias]
