"""A camera's process: templates from a hub, one of them revoked, a visitor, the end.

Its argument: a folder with `camera.key`, `gallery.json` and `clip.avi`.
"""

import sys
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from camera.gallery_sync import open_gallery
from camera.pipeline import WindowPipeline
from camera.sources import read_clip
from camera.state import EdgeState, Moment
from camera.window import Window
from clienteling.edge_protocol import GalleryReply
from clienteling.recognition.engine import build_engine
from consent.sealing import DeviceKeys
from tests.support.letting_go import stage

DEVICE = "the-camera"
LEAVES = "leaves"


def main(folder: Path) -> None:
    reply = GalleryReply.model_validate_json((folder / "gallery.json").read_bytes())
    keys = DeviceKeys.load((folder / "camera.key").read_bytes())
    engine = build_engine("sface")
    state = EdgeState(engine)
    state.set_policy(reply.policy)
    now = datetime.now(UTC)
    state.heard(now, Moment(0.0, now))
    gallery = open_gallery(reply, DEVICE, keys, engine.encoder.dimension)
    state.install(gallery, 1e9, stopped=False, epoch=state.epoch)
    stage("held", [gallery.matrix])

    state.revoke([LEAVES])
    with state.gallery(0.0) as rest:
        assert rest is not None
        stage("removed", [rest.matrix])

    pipeline = WindowPipeline(engine, reply.policy, state.gallery)
    pipeline.open(Window("w", 0.0, 10.0))
    clip = read_clip(folder / "clip.avi")
    pipeline.step(next(clip))
    held = next(clip)
    ours: list[NDArray[Any]] = [held.image, pipeline._visitor._evidence._vectors]
    stage("looking", ours)

    decisions = [one for frame in chain([held], clip) for one in pipeline.step(frame)]
    decisions += pipeline.close(5.0)
    stage("decided", ours, decisions=[decision.decision for decision in decisions])

    state.clear()
    stage("cleared", ours)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
