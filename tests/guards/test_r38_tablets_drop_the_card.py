"""R38: an open card, allergies and all, leaves every tablet when the customer is erased.

Switch the control off (let the watcher ignore withdrawals and erasures) and this fails.
"""

import time

from clienteling.oversight.flows import flow_result
from clienteling.service.sightings import TABLETS
from consent.office import erase
from tests.support.arrivals import arrive
from tests.support.people import join
from tests.support.web import LiveHub, eventually, pair, post_form, sign_in


def test_r38_an_open_card_goes_within_five_seconds_of_an_erasure(live: LiveHub) -> None:
    customer = join(live.home, name="Robin Test", allergies=("milk",))
    tablet = live.app.test_client()
    pair(tablet, "tablet")
    sign_in(tablet, "staff", "trained")
    arrival = arrive(live.hub, customer)
    card = f"/staff/arrivals/{arrival.id}"
    assert post_form(tablet, f"{card}/confirm").status_code == 204
    tablet.set_cookie("language", "en")
    assert "Milk" in tablet.get(f"{card}/card").text

    with live.hub.bus.subscribe(TABLETS) as heard:
        begin = time.monotonic()
        ended = erase(
            live.home.office, customer.subject_id, actor="user:1", method="asked by letter"
        )
        event = heard.next(5)
        took = time.monotonic() - begin

    assert event is not None
    assert (event.name, event.data) == ("gone", {"arrival_id": arrival.id})
    assert took < 5.0
    answer = tablet.get(f"{card}/card")
    assert answer.status_code == 410
    assert "Robin" not in answer.text
    assert eventually(lambda: live.hub.board.live() == ())

    assert ended.flow_id is not None
    flow = ended.flow_id
    assert eventually(lambda: seconds(live, flow) is not None)
    told = seconds(live, flow)
    assert told is not None
    assert 0.0 <= told < 5.0
    officer = live.app.test_client()
    officer.set_cookie("language", "en")
    sign_in(officer, "officer")
    assert "told after" in officer.get(f"/privacy/flows/{flow}").text


def seconds(live: LiveHub, flow_id: str) -> float | None:
    """What the officer's page says of the tablets."""
    return flow_result(live.home.office, flow_id, reader=None).flow.screens_seconds
