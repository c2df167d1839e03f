"""The gallery on its way to one camera: aliases only, for that device only, leased, logged."""

from datetime import timedelta

import numpy as np
import pytest

from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.templates import open_templates
from clienteling.edge_protocol import EdgePolicy, GalleryReply, gallery_aad, gallery_info
from clienteling.home import Home
from consent.errors import SealError
from consent.log.events import EventKind
from consent.log.ledger import gallery_version
from consent.sealing import DeviceKeys, hpke_unwrap, new_device_keys, unseal
from tests.support.people import MODEL_ID, join
from tests.support.shops import logged

POLICY = EdgePolicy(region="eu", policy="trigger", model_id=MODEL_ID, live=True)


@pytest.fixture(scope="module")
def device() -> DeviceKeys:
    return new_device_keys()


def pack(shop: Home, device: DeviceKeys, *, stopped: bool = False) -> GalleryReply:
    return pack_gallery(
        shop.office,
        device_id="edge-1",
        open_public=device.open_public,
        policy=POLICY,
        stopped=stopped,
    )


def test_the_device_opens_what_was_stored(shop: Home, device: DeviceKeys) -> None:
    join(shop)
    reply = pack(shop, device)
    info = gallery_info("edge-1", reply.version)
    key = hpke_unwrap(device.open, reply.content_key, info)

    [entry] = reply.entries
    aad = gallery_aad("edge-1", reply.version, entry.alias, MODEL_ID, entry.images, 0)
    vector = np.frombuffer(unseal(key, entry.sealed, aad), "<f4")

    [stored] = open_templates(shop.office, MODEL_ID).templates
    assert entry.alias == stored.alias
    assert np.array_equal(vector, stored.vector)


def test_templates_of_earlier_models_go_with_it_where_the_policy_names_them(
    shop: Home, device: DeviceKeys
) -> None:
    new, old = join(shop), join(shop, model_id="earlier")
    join(shop, model_id="long gone")
    policy = POLICY.model_copy(update={"also": ("earlier", "nobody's")})

    def packed(*, stopped: bool) -> GalleryReply:
        return pack_gallery(
            shop.office,
            device_id="edge-1",
            open_public=device.open_public,
            policy=policy,
            stopped=stopped,
        )

    reply = packed(stopped=False)
    assert [entry.alias for entry in reply.entries] == [new.alias]
    assert [(one.model_id, [e.alias for e in one.entries]) for one in reply.older] == [
        ("earlier", [old.alias])
    ]
    [sent] = logged(shop.office, EventKind.GALLERY_SENT)
    assert sent.detail is not None
    assert sent.detail["templates"] == 2
    assert packed(stopped=True).older == ()


def test_another_device_or_version_opens_nothing(shop: Home, device: DeviceKeys) -> None:
    join(shop)
    reply = pack(shop, device)
    info = gallery_info("edge-1", reply.version)

    with pytest.raises(SealError):
        hpke_unwrap(new_device_keys().open, reply.content_key, info)
    with pytest.raises(SealError):
        hpke_unwrap(device.open, reply.content_key, gallery_info("edge-1", reply.version + 1))


def test_it_names_no_customer(shop: Home, device: DeviceKeys) -> None:
    customer = join(shop, name="Robin Zeldzaamnaam")

    wire = pack(shop, device).model_dump_json()

    assert customer.alias in wire
    assert customer.subject_id not in wire
    assert "Zeldzaamnaam" not in wire


def test_the_lease_and_the_version_are_those_of_now(shop: Home, device: DeviceKeys) -> None:
    join(shop)
    reply = pack(shop, device)

    assert reply.lease_until - reply.issued_at == timedelta(minutes=15)
    with shop.databases.identity.read() as identity:
        assert reply.version == gallery_version(identity)


def test_while_stopped_it_is_empty(shop: Home, device: DeviceKeys) -> None:
    join(shop)

    reply = pack(shop, device, stopped=True)

    assert (reply.stopped, reply.entries) == (True, ())


def test_sending_it_is_one_entry_and_the_checkpoint_covers_that(
    shop: Home, device: DeviceKeys
) -> None:
    join(shop)
    before = len(logged(shop.office))
    reply = pack(shop, device)

    [entry] = logged(shop.office, EventKind.GALLERY_SENT)
    assert len(logged(shop.office)) == before + 1
    assert entry.detail == {"device": "edge-1", "version": reply.version, "templates": 1}
    assert f"\n{entry.leaf_index + 1}\n" in reply.checkpoint
