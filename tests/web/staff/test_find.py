"""Looking a customer up who tells their name: found, chosen, the same card; nobody else may."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.figures import figures
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from tests.support.arrivals import arrive, logged
from tests.support.people import Customer, join
from tests.support.web import ShopClock, pair, post_json, sign_in
from web.context import Hub

PATHS = ("/staff/find", "/staff/find/choose")


def _search(client: FlaskClient, query: object) -> dict[str, Any]:
    answer = post_json(client, "/staff/find", {"query": query})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert isinstance(answer.json, dict)
    return answer.json


def _key(client: FlaskClient, query: str = "robin") -> str:
    (person,) = _search(client, query)["people"]
    return str(person["key"])


def _choose(client: FlaskClient, key: object) -> tuple[int, str]:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = post_json(client, "/staff/find/choose", {"key": key})
    assert isinstance(answer.json, dict)
    return answer.status_code, str(answer.json.get("arrival_id", answer.json.get("message")))


def test_the_chosen_customer_is_on_the_board_with_who_looked(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    key = _key(anna, "test rob")
    with hub.bus.subscribe("tablets") as heard:
        status, arrival_id = _choose(anna, key)
        event = heard.next(1)
    assert status == 200
    assert event is not None
    assert (event.name, event.data) == ("asked", {"arrival_id": arrival_id})
    card = anna.get(f"/staff/arrivals/{arrival_id}/card").text
    for words in ("Robin Test", "dark chocolate", "asked by name", "You are greeting", "closed"):
        assert words in card
    bram.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Staff-Trained is greeting" in bram.get(f"/staff/arrivals/{arrival_id}/card").text
    (entry,) = logged(hub, EventKind.ARRIVAL_ANNOUNCED)
    assert (entry.actor, entry.about) == ("user:1", robin.subject_id)
    assert entry.detail == {"by": "name"}


@pytest.mark.parametrize("query", ["nobody", "x", "", "n@example.test", None, 7, ["robin"]])
def test_nobody_is_found_and_that_is_no_error(
    anna: FlaskClient, robin: Customer, query: object
) -> None:
    assert robin.subject_id
    assert _search(anna, query) == {"people": [], "more": False}


def test_a_body_that_is_none_finds_nobody(anna: FlaskClient) -> None:
    assert post_json(anna, "/staff/find", ["robin"]).json == {"people": [], "more": False}


def test_more_than_five_says_so_and_shows_five(anna: FlaskClient, shop: Home) -> None:
    for number in range(6):
        join(shop, name=f"Sam {number}")
    found = _search(anna, "sam")
    assert [person["name"] for person in found["people"]] == [f"Sam {n}" for n in range(5)]
    assert found["more"] is True
    assert _search(anna, "sam 5")["more"] is False


def test_a_key_is_for_who_looked_and_not_for_long(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, shop_clock: ShopClock, robin: Customer
) -> None:
    key = _key(anna)
    shop_clock.forward(61)
    fresh = _key(anna)
    for client, wrong in ((anna, key), (bram, fresh), (anna, robin.subject_id), (anna, None)):
        assert _choose(client, wrong) == (410, "Look the customer up again.")
    assert hub.board.live() == ()


def test_who_was_erased_meanwhile_is_not_put_on_the_board(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    key = _key(anna)
    erase(hub.office, robin.subject_id, actor="c", method="c")
    assert _choose(anna, key)[0] == 410
    assert hub.board.live() == ()


def test_somebody_whom_a_colleague_greets_is_theirs(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    arrival = arrive(hub, robin)
    post_json(bram, f"/staff/arrivals/{arrival.id}/claim")
    assert _choose(anna, _key(anna)) == (409, "A colleague is already with this customer.")


def test_who_waits_already_is_claimed_there(anna: FlaskClient, hub: Hub, robin: Customer) -> None:
    arrival = arrive(hub, robin)
    assert _choose(anna, _key(anna)) == (200, arrival.id)
    assert hub.board.get(arrival.id).claimed_by is not None
    assert len(logged(hub, EventKind.ARRIVAL_CLAIMED)) == 1


def test_not_this_person_is_no_fault_of_recognition(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    assert robin.subject_id
    _, arrival_id = _choose(anna, _key(anna))
    assert "wrong greeting" not in anna.get(f"/staff/arrivals/{arrival_id}/card").text
    for act in ("confirm", "not-this-person"):
        assert post_json(anna, f"/staff/arrivals/{arrival_id}/{act}").status_code == 204
    assert hub.board.live() == ()
    with hub.databases.identity.read() as identity:
        assert set(figures(identity, hub.now().date()).values()) == {0}
    assert len(logged(hub, EventKind.ARRIVAL_DISMISSED)) == 1


def test_it_stays_when_the_face_is_withdrawn_and_ends_with_the_account(
    anna: FlaskClient, hub: Hub, robin: Customer
) -> None:
    _, arrival_id = _choose(anna, _key(anna))
    withdraw(hub.office, robin.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
    hub.watcher.step()
    assert "Robin Test" in anna.get(f"/staff/arrivals/{arrival_id}/card").text
    erase(hub.office, robin.subject_id, actor="c", method="c")
    hub.watcher.step()
    assert hub.board.live() == ()
    assert anna.get(f"/staff/arrivals/{arrival_id}/card").status_code == 410


@pytest.mark.parametrize("path", PATHS)
def test_a_search_is_no_link(anna: FlaskClient, path: str) -> None:
    assert anna.get(f"{path}?query=robin").status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_a_search_needs_the_token_of_the_page(anna: FlaskClient, path: str) -> None:
    assert anna.post(path, json={"query": "robin"}).status_code == 400


@pytest.mark.parametrize("path", PATHS)
def test_only_somebody_trained_on_a_paired_tablet_searches(client: FlaskClient, path: str) -> None:
    assert post_json(client, path).status_code in {401, 403}
    sign_in(client, "trained")
    assert post_json(client, path).status_code == 403, "not paired"
    pair(client, "kiosk", "entrance")
    assert post_json(client, path).status_code == 403, "another kind of screen"


@pytest.mark.parametrize(
    ("path", "role"), [(path, role) for path in PATHS for role in ("staff", "manager", "officer")]
)
def test_another_role_does_not_search(client: FlaskClient, path: str, role: str) -> None:
    pair(client, "tablet")
    sign_in(client, role)
    assert post_json(client, path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_many_tries_are_slowed_down(anna: FlaskClient, path: str) -> None:
    statuses = [post_json(anna, path).status_code for _ in range(21)]
    assert statuses[-1] == 429
    assert 429 not in statuses[:20]


def _last(client: FlaskClient) -> list[str]:
    answer = client.get("/staff/find/last")
    assert answer.json is not None
    assert answer.headers["Cache-Control"] == "no-store"
    return [person["name"] for person in answer.json["people"]]


def test_whom_i_opened_last_today_is_offered_to_me_alone(
    anna: FlaskClient, bram: FlaskClient, shop: Home, hub: Hub, robin: Customer
) -> None:
    join(shop, name="Sam Smit")
    hub.watcher.step()
    assert _last(anna) == []
    for query in ("robin", "sam smit"):
        answer = post_json(anna, "/staff/find/open", {"key": _key(anna, query)})
        assert answer.json is not None
        anna.get(answer.json["page"])
    hub.watcher.step()

    assert _last(anna) == ["Sam Smit", "Robin Test"]
    assert _last(bram) == []
    answer = anna.get("/staff/find/last")
    assert answer.json is not None
    assert _choose(anna, answer.json["people"][1]["key"])[0] == 200
    erase(shop.office, robin.subject_id, actor="c", method="c")
    assert _last(anna) == ["Sam Smit"], "asked of the records, whether or not the watcher was there"
