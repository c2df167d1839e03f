"""A hub's process: photographs become a template, which goes to a camera and into a comparison.

Its arguments: the shop's folder, flow and subject of an enrolment in progress, the photographs.
"""

import sys
from pathlib import Path

from clienteling.customers import enrolment
from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.templates import open_gallery
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import open_home
from clienteling.photographs import read_photograph
from clienteling.recognition.engine import build_engine
from clienteling.recognition.quality import ENROL_PHOTO
from consent.sealing import new_device_keys
from tests.support.letting_go import stage


def main(home: Path, flow_id: str, subject_id: str, *photos: str) -> None:
    office = open_home(home).office
    engine = build_engine("sface")
    images = [read_photograph(Path(photo)) for photo in photos]
    stage("photographed", images)

    captured = enrolment.capture(
        office, engine, flow_id=flow_id, subject_id=subject_id, images=images, gate=ENROL_PHOTO
    )
    assert captured.result.accepted == len(photos)
    stage("made", images)

    model_id = engine.encoder.model_id
    policy = EdgePolicy(region="eu", policy="trigger", model_id=model_id, live=True)
    public = new_device_keys().open_public
    packed = pack_gallery(office, device_id="d", open_public=public, policy=policy, stopped=False)
    stage("sent", templates=len(packed.entries))

    gallery = open_gallery(office, model_id)
    stage("opened", [gallery.matrix])

    gallery.wipe()
    stage("wiped", [gallery.matrix])


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
