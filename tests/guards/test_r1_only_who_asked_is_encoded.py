"""R1 and R2 under each policy: encoder calls are counted, and each face that was encoded is placed.

A (enrolled) stands on the left half of the picture, D (a stranger) on the right.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import pytest

from camera.pipeline import WindowPipeline
from camera.presence import DWELL_SECONDS, CrowdPipeline
from camera.visitor import VisitorDecision
from camera.window import Window
from clienteling.edge_protocol import EdgePolicy, Policy, Zone
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Frame, Image
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.permit import Ground
from tests.support.cameras import SIZE, Template
from tests.support.clips import PHOTOS, picture
from tests.support.watching import CountingDetector, WatchedEncoder

A, D = PHOTOS / "a3.jpg", PHOTOS / "d1.jpg"
LEFT = Zone(x=0.0, y=0.0, w=0.5, h=1.0)
NOBODY = picture((), SIZE)
BOTH = picture((A, D), SIZE)
ALONE = picture((A,), SIZE)


@dataclass
class Shop:
    """One camera's pipeline over made-up frames, ten a second."""

    engine: Engine
    gallery: Gallery
    is_allowed: bool = True

    def __post_init__(self) -> None:
        self.encoder = WatchedEncoder(self.engine.encoder)
        self.detector = CountingDetector(self.engine.detector)
        self.engine = replace(self.engine, encoder=self.encoder, detector=self.detector)

    def lend(self, _: float) -> AbstractContextManager[Gallery | None]:
        return nullcontext(self.gallery if self.is_allowed else None)

    def policy(self, policy: Policy, **changes: object) -> EdgePolicy:
        values = {"region": "us", "policy": policy, "model_id": self.engine.encoder.model_id}
        return EdgePolicy.model_validate(values | {"live": True} | changes)

    def show(
        self, policy: EdgePolicy, *scenes: tuple[Image, float], press: float | None = None
    ) -> list[str]:
        """Play scenes (picture, seconds); return the decisions."""
        pipeline: WindowPipeline | CrowdPipeline
        if policy.policy == "trigger":
            pipeline = WindowPipeline(self.engine, policy, self.lend)
        else:
            pipeline = CrowdPipeline(self.engine, policy, self.lend, "door")
        decisions: list[VisitorDecision] = []
        frames = [image for image, seconds in scenes for _ in range(round(seconds * 10))]
        for number, image in enumerate(frames):
            at = number / 10
            if at == press and isinstance(pipeline, WindowPipeline):
                pipeline.open(Window("w1", at, at + 10.0))
            decisions += pipeline.step(Frame(image.copy(), at, number))
        decisions += pipeline.close(len(frames) / 10)
        return [decision.decision for decision in decisions]


@pytest.fixture
def shop(real_engine: Engine, template_of: Template) -> Shop:
    rows = template_of(PHOTOS / "a1.jpg", PHOTOS / "a2.jpg")[None].copy()
    return Shop(real_engine, Gallery(real_engine.encoder.model_id, 1, ("alias-a",), rows, 2))


def test_zone_encodes_the_face_that_dwells_in_the_lane_and_no_other(shop: Shop) -> None:
    """Both stand there equally long; only one of them stands in the lane."""
    assert shop.show(shop.policy("zone", zone=LEFT), (BOTH, 4.0)) == ["match"]
    assert shop.encoder.encoded
    assert all(one.across < 0.5 for one in shop.encoder.encoded)
    assert {one.ground for one in shop.encoder.encoded} == {Ground.ZONE_DWELL}
    assert min(one.at for one in shop.encoder.encoded) >= DWELL_SECONDS


def test_without_the_lane_both_would_have_been_encoded(shop: Shop) -> None:
    """So that the test above can fail."""
    shop.show(shop.policy("zone"), (BOTH, 4.0))
    assert {one.across < 0.5 for one in shop.encoder.encoded} == {True, False}


def test_who_crosses_the_lane_is_not_encoded(shop: Shop) -> None:
    """Again and again, each time for less than a dwell and gone in between."""
    passing = [(ALONE, DWELL_SECONDS - 0.3), (NOBODY, 1.5)] * 3
    assert shop.show(shop.policy("zone"), *passing) == []
    assert shop.encoder.encoded == []


@pytest.mark.parametrize("policy", ["trigger", "zone", "ambient"])
def test_who_is_too_far_away_is_not_encoded(shop: Shop, policy: Policy) -> None:
    far = shop.policy(policy, min_face_height=0.6)
    assert set(shop.show(far, (ALONE, 3.0), press=0.0)) <= {"none"}
    assert shop.detector.calls > 0
    assert shop.encoder.encoded == []


def test_ambient_too_stays_within_its_part_of_the_picture(shop: Shop) -> None:
    ambient = shop.policy("ambient", zone=LEFT, min_face_height=0.0)
    assert shop.show(ambient, (BOTH, 2.0)) == ["match"]
    assert shop.encoder.encoded
    assert all(one.across < 0.5 for one in shop.encoder.encoded)


def test_who_stands_beside_the_marked_place_is_not_encoded_when_another_presses(
    shop: Shop,
) -> None:
    assert shop.show(shop.policy("trigger", zone=LEFT), (BOTH, 2.0), press=0.0) == ["match"]
    assert shop.encoder.encoded
    assert all(one.across < 0.5 for one in shop.encoder.encoded)


@pytest.mark.parametrize("policy", ["zone", "ambient"])
def test_while_matching_is_not_allowed_nobody_is_even_looked_for(
    shop: Shop, policy: Policy
) -> None:
    shop.is_allowed = False
    assert shop.show(shop.policy(policy), (ALONE, 5.0)) == []
    assert (shop.detector.calls, shop.encoder.encoded) == (0, [])


@pytest.mark.parametrize("policy", ["zone", "ambient"])
def test_who_was_decided_about_is_not_encoded_again(shop: Shop, policy: Policy) -> None:
    """Ten seconds in view: the encoder runs at the beginning, and then no more (R1, R4)."""
    assert shop.show(shop.policy(policy, min_face_height=0.0), (ALONE, 10.0)) == ["match"]
    last = max(one.at for one in shop.encoder.encoded)
    assert last < DWELL_SECONDS + 2.0
