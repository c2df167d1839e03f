"""What a camera opens of what the hub sends: its models, whole, or nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from camera.gallery_sync import open_gallery
from clienteling.edge_protocol import (
    EdgePolicy,
    GalleryEntry,
    GalleryReply,
    OlderGallery,
    WireError,
    gallery_aad,
    gallery_info,
)
from consent.sealing import DeviceKeys, hpke_wrap, new_device_keys, seal

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def keys() -> DeviceKeys:
    return new_device_keys()


def entry(alias: str, model: str, size: int, stricter: int = 0) -> GalleryEntry:
    vector = np.zeros(size, "<f4")
    vector[int(alias[-1])] = 1
    aad = gallery_aad("edge", 7, alias, model, 3, stricter)
    sealed = seal(KEY, vector.tobytes(), aad)
    return GalleryEntry(alias=alias, sealed=sealed, images=3, stricter=stricter)


def reply(keys: DeviceKeys, **changes: Any) -> GalleryReply:
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "version": 7,
        "model_id": "new",
        "issued_at": now,
        "lease_until": now + timedelta(minutes=15),
        "content_key": hpke_wrap(keys.open_public, KEY, gallery_info("edge", 7)),
        "entries": (entry("n0", "new", 4), entry("n1", "new", 4, stricter=2)),
        "older": (
            OlderGallery(model_id="old", entries=(entry("o2", "old", 6),)),
            OlderGallery(model_id="oldest", entries=(entry("x0", "oldest", 4),)),
        ),
        "stopped": False,
        "policy": EdgePolicy(region="eu", policy="trigger", model_id="new", live=True),
        "checkpoint": "",
    }
    return GalleryReply(**values | changes)


def test_each_model_has_its_own_table_and_unknown_ones_stay_sealed(keys: DeviceKeys) -> None:
    gallery = open_gallery(reply(keys), "edge", keys, 4, older={"old": 6})

    assert (gallery.model_id, gallery.aliases, gallery.stricter) == ("new", ("n0", "n1"), (0, 2))
    [older] = gallery.older
    assert (older.model_id, older.aliases, older.matrix.shape) == ("old", ("o2",), (1, 6))
    assert gallery.people == 3


def test_who_leaves_leaves_every_table_and_wiping_reaches_them_all(keys: DeviceKeys) -> None:
    gallery = open_gallery(reply(keys), "edge", keys, 4, older={"old": 6})
    rest = gallery.without("o2", "n0")
    assert (rest.aliases, [older.aliases for older in rest.older]) == (("n1",), [()])
    gallery.wipe()
    assert not any(one.matrix.any() for one in (gallery, *gallery.older))


def _renamed(sealed: GalleryReply) -> Any:
    first, *rest = sealed.entries
    return {"entries": (first.model_copy(update={"alias": "other"}), *rest)}


def _relaxed(sealed: GalleryReply) -> Any:
    first, second = sealed.entries
    return {"entries": (first, second.model_copy(update={"stricter": 0}))}


def _as_another_model(sealed: GalleryReply) -> Any:
    return {"older": (OlderGallery(model_id="old", entries=(entry("o2", "oldest", 6),)),)}


def _too_long(sealed: GalleryReply) -> Any:
    return {"older": (OlderGallery(model_id="old", entries=(entry("o2", "old", 8),)),)}


@pytest.mark.parametrize("change", [_renamed, _relaxed, _as_another_model, _too_long])
def test_one_entry_that_was_changed_and_nothing_is_taken(
    keys: DeviceKeys, change: Callable[[GalleryReply], Any]
) -> None:
    sealed = reply(keys)
    changed = sealed.model_copy(update=change(sealed))
    with pytest.raises(WireError, match="does not open"):
        open_gallery(changed, "edge", keys, 4, older={"old": 6})
