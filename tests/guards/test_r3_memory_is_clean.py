"""R3, R24 and R38 in memory: what was removed, decided or enrolled is nowhere in a process of ours.

Read from outside, with everything that libraries hold. Two things are looked for in our buffers
only: the pixels of a frame and of a photograph, because a decoder keeps the last picture that it
made (docs/privacy/memory.md lists it).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from camera.sources import read_clip
from clienteling.customers import enrolment
from clienteling.customers.profile import Account, stated
from clienteling.customers.templates import open_templates
from clienteling.edge_protocol import (
    EdgePolicy,
    GalleryEntry,
    GalleryReply,
    gallery_aad,
    gallery_info,
)
from clienteling.home import Home
from clienteling.photographs import read_photograph
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.permit import for_files
from consent.office import Statement
from consent.sealing import hpke_wrap, new_device_keys, new_key, seal
from tests.support.clips import PHOTOS, compose, scene
from tests.support.hub_simulator import random_template
from tests.support.kiosk import ASKED
from tests.support.letting_go import NOWHERE, Found, Watched
from tests.support.letting_go_camera import DEVICE, LEAVES


def _part(vector: NDArray[np.float32]) -> bytes:
    """Bytes that nobody else has; not the first, where a freed block keeps its book-keeping."""
    return vector.astype("<f4").tobytes()[128:192]


def _pixels(engine: Engine, image: Image) -> bytes:
    """Forty pixels across the largest face."""
    x, y, width, height = (int(value) for value in engine.detector.detect(image)[0].box)
    left = x + width // 3
    return image[y + height // 2, left : left + 40].tobytes()


def _write_gallery(folder: Path, policy: EdgePolicy, templates: dict[str, bytes]) -> None:
    keys, key = new_device_keys(), new_key()
    (folder / "camera.key").write_bytes(keys.dump())
    entries = tuple(
        GalleryEntry(
            alias=alias,
            images=1,
            sealed=seal(key, template, gallery_aad(DEVICE, 1, alias, policy.model_id, 1, 0)),
        )
        for alias, template in templates.items()
    )
    now = datetime.now(UTC)
    reply = GalleryReply(
        version=1,
        model_id=policy.model_id,
        issued_at=now,
        lease_until=now + timedelta(minutes=15),
        content_key=hpke_wrap(keys.open_public, key, gallery_info(DEVICE, 1)),
        entries=entries,
        stopped=False,
        policy=policy,
        checkpoint="hub.test/log\n1\nr\n\n— hub.test s\n",
    )
    (folder / "gallery.json").write_text(reply.model_dump_json(), encoding="utf-8")


def test_a_camera_lets_go_of_templates_frames_and_probes(
    real_engine: Engine, edge_policy: EdgePolicy, tmp_path: Path
) -> None:
    stays, leaves = random_template(), random_template()
    templates = {"stays": stays.tobytes(), LEAVES: leaves.tobytes()}
    _write_gallery(tmp_path, edge_policy, templates)
    frames = read_clip(compose(tmp_path / "clip.avi", [scene(1.0, PHOTOS / "b1.jpg")]))
    first, second = next(frames).image, next(frames).image
    face = real_engine.detector.detect(first)[:1]
    probe = real_engine.encoder.encode(for_files("test"), first, face, 0.0)[0]
    needles = {
        "stays": _part(stays),
        "leaves": _part(leaves),
        "probe": _part(probe),
        "frame": _pixels(real_engine, second),
    }

    with Watched("tests.support.letting_go_camera", str(tmp_path)) as camera:
        camera.reach("held")
        found = camera.find(needles)
        assert found["stays"] == found["leaves"] == Found(1, 0), "in our buffer, and only there"

        camera.reach("removed")
        found = camera.find(needles)
        assert (found["stays"], found["leaves"]) == (Found(1, 0), NOWHERE)

        camera.reach("looking")
        found = camera.find(needles)
        assert (found["probe"], found["frame"].ours) == (Found(1, 0), 1)

        camera.reach("decided")
        assert camera.said["decisions"] == ["unknown"]
        found = camera.find(needles)
        assert (found["probe"], found["frame"].ours) == (NOWHERE, 0)

        camera.reach("cleared")
        assert camera.find(needles)["stays"] == NOWHERE


def test_a_hub_lets_go_of_photographs_and_templates(
    shop: Home, statement: Statement, real_engine: Engine
) -> None:
    told = enrolment.Told(stated(Account, name="Robin"))
    joined = enrolment.begin(shop.office, statement, dict.fromkeys(ASKED, True), told)
    photos = [PHOTOS / "a1.jpg", PHOTOS / "a2.jpg"]
    needles = {path.name: _pixels(real_engine, read_photograph(path)) for path in photos}
    arguments = (str(shop.path), joined.flow_id, joined.subject_id)

    with Watched("tests.support.letting_go_hub", *arguments, *map(str, photos)) as hub:
        hub.reach("photographed")
        assert {found.ours for found in hub.find(needles).values()} == {1}

        hub.reach("made")
        [template] = open_templates(shop.office, real_engine.encoder.model_id).templates
        needles["template"] = _part(template.vector)
        found = hub.find(needles)
        assert found.pop("template") == NOWHERE
        assert {one.ours for one in found.values()} == {0}

        hub.reach("sent")
        assert hub.said["templates"] == 1
        assert hub.find(needles)["template"] == NOWHERE

        hub.reach("opened")
        assert hub.find(needles)["template"] == Found(1, 0)

        hub.reach("wiped")
        assert hub.find(needles)["template"] == NOWHERE
