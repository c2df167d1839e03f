"""The page, the list of ids and the event stream: ids only, resumed, nothing twice."""

import json
from collections.abc import Iterator

from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.arrivals import Staff
from clienteling.service.stop import stop
from tests.support.arrivals import arrive
from tests.support.people import Customer, join
from tests.support.web import ShopClock
from web.context import Hub


def _listen(client: FlaskClient, last_event_id: str | None = None) -> Iterator[tuple[str, str]]:
    """Yield (event name, id) of what the stream says; each event is there already."""
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    answer = client.get("/staff/events", headers=headers, buffered=False)
    for chunk in answer.iter_encoded():
        fields = dict(
            line.split(": ", 1) for line in chunk.decode().splitlines() if ": " in line[1:]
        )
        if "event" in fields:
            yield fields["event"], fields.get("id", "")
    answer.close()


def _next(events: Iterator[tuple[str, str]], count: int) -> list[tuple[str, str]]:
    return [next(events) for _ in range(count)]


def test_the_page_holds_nobody_and_says_demo(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrive(hub, robin)
    page = anna.get("/staff")
    assert page.status_code == 200
    assert "Robin" not in page.text
    assert robin.subject_id not in page.text
    assert "DEMO" in page.text


def test_the_page_speaks_dutch(anna: FlaskClient) -> None:
    assert "Er wacht niemand" in anna.get("/staff", headers={"Accept-Language": "nl"}).text


def test_the_list_is_newest_first_and_names_nobody(
    anna: FlaskClient, hub: Hub, shop: Home, shop_clock: ShopClock, robin: Customer
) -> None:
    first = arrive(hub, robin)
    shop_clock.forward(30)
    second = arrive(hub, join(shop, name="Sam"))
    answer = anna.get("/staff/arrivals")
    listed = json.loads(answer.text)
    assert [arrival["id"] for arrival in listed["arrivals"]] == [second.id, first.id]
    assert listed["arrivals"][1]["left"] <= 90
    assert listed["stopped"] is False
    assert robin.subject_id not in answer.text
    assert "Robin" not in answer.text


def test_an_arrival_leaves_the_list_after_two_minutes(
    anna: FlaskClient, hub: Hub, shop_clock: ShopClock, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    shop_clock.forward(121)
    assert json.loads(anna.get("/staff/arrivals").text)["arrivals"] == []
    assert anna.get(f"/staff/arrivals/{arrival.id}/card").status_code == 410


def test_the_list_says_when_recognition_is_stopped(anna: FlaskClient, hub: Hub) -> None:
    stop(hub.office, actor="user:9")
    assert json.loads(anna.get("/staff/arrivals").text)["stopped"] is True


def test_the_mark_changes_with_the_claim(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    before = json.loads(anna.get("/staff/arrivals").text)["arrivals"][0]["mark"]
    hub.board.claim(arrival.id, Staff("user:2", "Bram"))
    after = json.loads(anna.get("/staff/arrivals").text)["arrivals"][0]["mark"]
    assert before != after


def test_a_stream_begins_with_the_boot_of_the_hub(anna: FlaskClient) -> None:
    events = _listen(anna)
    assert next(events)[0] == "hello"


def test_a_tablet_that_comes_back_hears_what_it_missed_once(
    anna: FlaskClient, hub: Hub, shop: Home, robin: Customer
) -> None:
    events = _listen(anna)
    next(events)
    arrive(hub, robin)
    name, heard = next(events)
    assert name == "arrival"
    arrive(hub, join(shop, name="Sam"))
    resumed = _next(_listen(anna, heard), 2)
    assert [name for name, _ in resumed] == ["hello", "arrival"]
    assert resumed[1][1] != heard


def test_after_a_restart_the_tablet_is_told_to_start_over(anna: FlaskClient) -> None:
    assert [name for name, _ in _next(_listen(anna, "0ther-12"), 2)] == ["hello", "reset"]
