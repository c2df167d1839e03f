"""What a camera gets to hold, for how long, and when the hub may call it clear."""

import numpy as np
import pytest
from flask.testing import FlaskClient

from clienteling.access.devices import edges_clear
from clienteling.edge_protocol import LEASE_HEADER, GalleryReply, PairReply, PairRequest
from clienteling.home import Home
from clienteling.service.stop import resume_recognition, stop
from consent.clock import parse
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.ledger import verify_consistency
from consent.log.notes import parse_checkpoint, parse_verifier_key
from consent.office import resume, withdraw
from consent.purposes import Purpose
from consent.sealing import new_device_keys
from tests.support.edges import Edge, pair_edge
from tests.support.people import join
from tests.support.web import ShopClock, pairing_code


@pytest.fixture
def edge(client: FlaskClient, shop: Home) -> Edge:
    return pair_edge(client, shop)


def withdraw_all(home: Home, subject_id: str) -> int:
    ended = withdraw(home.office, subject_id, None, actor="device:kiosk", method="kiosk")
    assert ended.leaf_index is not None
    return ended.leaf_index


def clear(home: Home, leaf: int) -> bool:
    with home.databases.identity.read() as identity:
        return edges_clear(identity, leaf, home.office.now())


def test_the_gallery_opens_for_its_device_only(edge: Edge, client: FlaskClient, shop: Home) -> None:
    customer = join(shop)
    reply = edge.pull()
    vector = np.frombuffer(edge.open(reply)[customer.alias], dtype="<f4")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    other = pair_edge(client, shop, "back")
    with pytest.raises(Exception, match=r".+"):
        other.open(reply)


def test_only_those_who_want_to_be_recognised_are_in_it(edge: Edge, shop: Home) -> None:
    wants = join(shop)
    join(shop, purposes=frozenset({Purpose.PREFERENCES}))
    gone = join(shop)
    withdraw_all(shop, gone.subject_id)
    assert set(edge.open(edge.pull())) == {wants.alias}


def test_an_unchanged_gallery_is_not_sent_again_but_its_lease_is_renewed(
    edge: Edge, shop: Home, shop_clock: ShopClock
) -> None:
    join(shop)
    reply = edge.pull()
    shop_clock.forward(600)
    answer = edge.get(f"/gallery?have={reply.version}")
    assert answer.status_code == 304
    assert parse(answer.headers[LEASE_HEADER]) > reply.lease_until


def test_a_changed_gallery_is_sent(edge: Edge, shop: Home) -> None:
    join(shop)
    before = edge.pull()
    second = join(shop)
    answer = edge.get(f"/gallery?have={before.version}")
    assert answer.status_code == 200
    assert second.alias in edge.open(GalleryReply.model_validate_json(answer.data))


def test_stopping_empties_the_gallery_and_resuming_fills_it(edge: Edge, shop: Home) -> None:
    join(shop)
    before = edge.pull()
    stop(shop.office, actor="user:1")
    answer = edge.get(f"/gallery?have={before.version}")
    emptied = GalleryReply.model_validate_json(answer.data)
    assert (emptied.stopped, emptied.entries) == (True, ())
    resume_recognition(shop.office, actor="user:1")
    answer = edge.get(f"/gallery?have={emptied.version}")
    assert answer.status_code == 200
    assert len(GalleryReply.model_validate_json(answer.data).entries) == 1


def test_the_gallery_carries_the_newest_checkpoint(edge: Edge, shop: Home) -> None:
    join(shop)
    reply = edge.pull()
    with shop.databases.identity.read() as identity:
        assert reply.checkpoint == ledger.latest_checkpoint(identity).note


def test_sending_is_logged_without_aliases(edge: Edge, shop: Home) -> None:
    customer = join(shop)
    edge.pull()
    with shop.databases.identity.read() as identity:
        (entry,) = ledger.search(identity, kinds={EventKind.GALLERY_SENT})
    assert entry.actor == f"device:{edge.device_id}"
    assert customer.alias not in str(entry.detail)


def test_a_version_that_does_not_exist_cannot_be_acknowledged(edge: Edge) -> None:
    assert edge.post("/ack", {"v": 1, "version": 10_000}).status_code == 400


def test_an_edge_is_clear_once_it_acknowledged_the_version_after_a_withdrawal(
    edge: Edge, shop: Home
) -> None:
    customer = join(shop)
    edge.pull()
    leaf = withdraw_all(shop, customer.subject_id)
    assert not clear(shop, leaf)
    edge.pull()
    assert clear(shop, leaf)
    assert resume(shop.office)


def test_a_silent_edge_is_clear_once_its_lease_is_out(
    edge: Edge, shop: Home, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    customer = join(shop)
    edge.pull()
    leaf = withdraw_all(shop, customer.subject_id)
    shop_clock.forward(899)
    assert not clear(shop, leaf)
    shop_clock.forward(2)
    assert clear(shop, leaf)


def test_a_pull_that_is_not_acknowledged_prolongs_the_wait(
    edge: Edge, shop: Home, shop_clock: ShopClock
) -> None:
    customer = join(shop)
    edge.pull()
    shop_clock.forward(600)
    leaf = withdraw_all(shop, customer.subject_id)
    assert edge.get("/gallery").status_code == 200
    shop_clock.forward(600)
    assert not clear(shop, leaf)


def test_an_edge_that_was_never_sent_anything_is_clear(edge: Edge, shop: Home) -> None:
    assert clear(shop, 10_000)


def test_health_is_kept_and_answered_with_what_should_be_held(edge: Edge, shop: Home) -> None:
    join(shop)
    answer = edge.post(
        "/health",
        {
            "v": 1,
            "state": "matching",
            "gallery_version": 0,
            "policy": "trigger",
            "encoder_calls": 3,
            "encoder_calls_without_permit": 0,
            "counters": {"unknown": 1},
            "frames": 100,
            "calibration": "public benchmark, not your shop",
            "clock": "2026-11-22T09:00:00.000000Z",
            "attack_check": "none",
        },
    )
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["gallery_version"] > 0
    page = edge.client.get("/health", headers={"Accept": "application/json"}).json
    assert page is not None
    assert page["cameras"][0]["encoder_calls"] == 3
    assert page["cameras"][0]["attack_check"] == "none"


def test_the_log_proves_to_the_camera_that_it_only_grew(edge: Edge, shop: Home) -> None:
    join(shop)
    held = parse_checkpoint(edge.pull().checkpoint)
    join(shop)
    reply = GalleryReply.model_validate_json(edge.get(f"/gallery?log={held.size}").data)
    new = parse_checkpoint(reply.checkpoint)
    assert reply.consistency is not None
    assert verify_consistency(held.size, new.size, held.root, new.root, reply.consistency)
    longer = GalleryReply.model_validate_json(edge.get("/gallery?log=99999").data)
    assert longer.consistency is None
    assert edge.pull().consistency is None


def test_pairing_tells_the_logs_key(client: FlaskClient, shop: Home) -> None:
    asked = PairRequest(
        code=pairing_code(shop, "edge", "door"),
        name="box",
        sign_public=bytes(range(32)),
        open_public=new_device_keys().open_public,
    )
    answer = client.post("/edge/v1/pair", json=asked.model_dump(mode="json"))
    reply = PairReply.model_validate_json(answer.data)
    assert parse_verifier_key(reply.log_key)[1] == shop.office.ring.log_public
