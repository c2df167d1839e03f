"""R49 at the camera: each fault by itself lends no gallery, so nothing is compared.

Each row switches off one line of `EdgeState._reason`. What a whole camera does then is in
tests/camera/test_failing_closed.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import numpy as np
import pytest

from camera.state import EdgeState, Moment
from clienteling.edge_protocol import EdgePolicy, MatchingState, Policy
from clienteling.recognition.engine import Engine
from clienteling.recognition.gallery import Gallery

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AT, LEASE_END = 100.0, 1000.0


@dataclass
class Camera:
    """What a camera is told, in order; `None` leaves it out."""

    engine: Engine
    policy: EdgePolicy | None
    hub_says: datetime | None = NOW
    gallery: Gallery | None = None
    stopped: bool = False
    at: float = AT
    then: Callable[[EdgeState], object] = lambda _state: None

    def state(self) -> EdgeState:
        state = EdgeState(self.engine)
        if self.policy is not None:
            state.set_policy(self.policy)
        if self.hub_says is not None:
            state.heard(self.hub_says, Moment(AT, NOW))
        if self.gallery is not None:
            state.install(self.gallery, LEASE_END, stopped=self.stopped, epoch=state.epoch)
        self.then(state)
        return state


def gallery(model_id: str, people: int = 1) -> Gallery:
    rows = np.random.default_rng(1).normal(size=(people, 128)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return Gallery(model_id, 1, tuple(f"alias-{n}" for n in range(people)), rows, 3)


@pytest.fixture
def well(real_engine: Engine, edge_policy: EdgePolicy) -> Camera:
    return Camera(real_engine, edge_policy, gallery=gallery(real_engine.encoder.model_id))


def policy(camera: Camera, **changes: object) -> Camera:
    assert camera.policy is not None
    return replace(camera, policy=camera.policy.model_copy(update=changes))


def under(camera: Camera, name: Policy) -> Camera:
    return policy(camera, policy=name, region="us")


FAULTS: dict[str, tuple[MatchingState, Callable[[Camera], Camera]]] = {
    "the officer stopped recognition": ("stopped", lambda well: replace(well, stopped=True)),
    "stopped after the gallery came": (
        "stopped",
        lambda well: replace(well, then=lambda state: state.set_stopped(True)),
    ),
    "the log went back": (
        "log_rolled_back",
        lambda well: replace(well, then=lambda state: state.log_broke("log_rolled_back")),
    ),
    "the log does not prove its growth": (
        "log_unproven",
        lambda well: replace(well, then=lambda state: state.log_broke("log_unproven")),
    ),
    "no policy came": ("no_policy", lambda well: replace(well, policy=None)),
    "the policy is for files": ("no_policy", lambda well: policy(well, live=False)),
    "a lane that nobody marked": ("no_lane", lambda well: under(well, "zone")),
    "the hub's clock was never heard": ("clock_off", lambda well: replace(well, hub_says=None)),
    "the clock is slow": (
        "clock_off",
        lambda well: replace(well, hub_says=NOW + timedelta(seconds=31)),
    ),
    "the clock is fast": (
        "clock_off",
        lambda well: replace(well, hub_says=NOW - timedelta(seconds=31)),
    ),
    "the shop has another model": ("model_differs", lambda well: policy(well, model_id="other")),
    "templates of another model": (
        "model_differs",
        lambda well: replace(well, gallery=gallery("other")),
    ),
    "no gallery came": ("no_gallery", lambda well: replace(well, gallery=None)),
    "the lease is out": ("lease_out", lambda well: replace(well, at=LEASE_END)),
    "the gallery was swept": (
        "lease_out",
        lambda well: replace(well, then=lambda state: state.sweep(LEASE_END)),
    ),
    "more customers than were measured": (
        "calibration_unfit",
        lambda well: replace(well, gallery=gallery(well.engine.encoder.model_id, 12_000)),
    ),
    "thresholds that nobody approved": (
        "calibration_unapproved",
        lambda well: replace(well, engine=replace(well.engine, own_calibration="c0" * 32)),
    ),
}


def test_a_camera_that_is_well_matches(well: Camera) -> None:
    """So that the rows below can fail."""
    state = well.state()
    assert state.matching(AT) == "matching"
    with state.gallery(AT) as lent:
        assert lent is not None


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_enough(well: Camera, fault: str) -> None:
    says, break_it = FAULTS[fault]
    camera = break_it(well)
    state = camera.state()
    assert state.matching(camera.at) == says
    with state.gallery(camera.at) as lent:
        assert lent is None
    assert not state.holds_pass("alias-0", camera.at)


def test_every_reason_that_a_camera_knows_has_its_fault() -> None:
    told = {says for says, _ in FAULTS.values()}
    assert told == set(get_args(MatchingState)) - {"matching", "ended"}  # the last word of its run
