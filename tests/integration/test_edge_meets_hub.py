"""The camera's own client against the real hub: both sides of the wire, no simulator between."""

from collections.abc import Iterator

import pytest

from camera.hub import Hub as HubClient
from camera.hub import HubRefusedError, Renewed
from clienteling.edge_protocol import (
    GalleryReply,
    Hello,
    OpenWindow,
    PairRequest,
    Revoke,
    Sighting,
    SightingBatch,
)
from consent.office import withdraw
from consent.sealing import DeviceKeys, new_device_keys
from tests.support.people import join
from tests.support.web import LiveHub, eventually, pairing_code


@pytest.fixture
def keys() -> DeviceKeys:
    return new_device_keys()


@pytest.fixture
def client(live: LiveHub) -> Iterator[HubClient]:
    opened = HubClient(live.url, live.home.office.now, None)
    yield opened
    opened.close()


def asking(code: str, keys: DeviceKeys) -> PairRequest:
    return PairRequest(
        code=code, name="box", sign_public=keys.sign_public, open_public=keys.open_public
    )


def test_from_pairing_to_arrival_to_revocation(
    live: LiveHub, client: HubClient, keys: DeviceKeys
) -> None:
    customer = join(live.home)
    paired = client.pair(asking(pairing_code(live.home, "edge", "door"), keys))
    assert paired.camera == "door"
    client.sign_as(paired.device_id, keys)
    gallery = client.gallery(None)
    assert isinstance(gallery, GalleryReply)
    assert [entry.alias for entry in gallery.entries] == [customer.alias]
    client.ack(gallery.version)
    assert isinstance(client.gallery(gallery.version), Renewed)

    events = client.events()
    assert isinstance(next(events), Hello)
    assert eventually(lambda: live.hub.bus.listeners("camera:door") == 1)
    window, _ = live.hub.windows.open("door")
    live.hub.bus.publish(
        "camera:door",
        "open_window",
        OpenWindow(
            camera="door",
            window_id=window.id,
            opened_at=window.opened_at,
            expires_at=window.expires_at,
        ).model_dump(mode="json"),
    )
    opened = next(events)
    assert isinstance(opened, OpenWindow)
    sighting = Sighting(
        window_id=opened.window_id,
        alias=customer.alias,
        gallery_version=gallery.version,
        camera="door",
        score=0.7,
        frames=5,
        captured_at=live.home.office.now(),
        sequence=1,
        nonce=b"0123456789abcdef",
    )
    for _ in range(2):  # sent again, it is answered the same
        assert client.sightings(SightingBatch(sightings=(sighting,))).accepted == 1
    assert len(live.hub.board.live()) == 1

    withdraw(live.home.office, customer.subject_id, None, actor="device:k", method="kiosk")
    told = next(event for event in events if isinstance(event, Revoke))
    assert told.aliases == (customer.alias,)
    assert live.hub.board.live() == ()


def test_a_wrong_code_is_refused_in_the_protocols_words(
    client: HubClient, keys: DeviceKeys
) -> None:
    with pytest.raises(HubRefusedError) as refused:
        client.pair(asking("0000-0000-0000", keys))
    assert refused.value.code == "unknown_code"
