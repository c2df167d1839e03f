"""R2 at the display: several faces end the window for all, kindly, and nobody is announced."""

from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.cameras import topic
from clienteling.service.windows import Window
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.web import pair
from web.context import Hub


def test_several_faces_end_the_window_with_a_friendly_word(
    hub: Hub, client: FlaskClient, shop: Home
) -> None:
    customer = join(shop)
    edge = pair_edge(client, shop)
    version = edge.pull().version
    hub.bus.subscribe(topic("door"))
    pair(client, "greet", "door")
    window = hub.presses.press("door")
    assert isinstance(window, Window)
    edge.close(window.id, "abort")
    # Whatever the camera would say now of one of them: this window is over.
    assert edge.send(edge.sighting(window.id, customer.alias, version)) == (0, 1)
    assert hub.board.live() == ()
    state = client.get("/greet/door/state").json
    assert state is not None
    assert state["window"]["outcome"] == "several"
    page = client.get("/greet/door", headers={"Accept-Language": "en"}).text
    panel = page.partition('data-panel="several"')[2].partition("</section>")[0]
    assert "One at a time, please" in panel
