"""Whether a camera may match while it holds templates of two models."""

from datetime import UTC, datetime

import numpy as np
import pytest

from camera.state import EdgeState, Moment
from clienteling.edge_protocol import EdgePolicy, MatchingState
from clienteling.recognition.engine import Engine
from clienteling.recognition.gallery import Gallery
from tests.support.faces import CountingEncoder, calibration

POLICY = EdgePolicy(region="eu", policy="trigger", model_id="new", live=True, also=("old",))


def engine(model_id: str, *older: Engine) -> Engine:
    """Nothing is detected or encoded here."""
    encoder = CountingEncoder()
    encoder.model_id = model_id  # type: ignore[misc]
    limits = calibration().model_copy(update={"model_id": model_id})
    return Engine(None, encoder, limits, None, older)  # type: ignore[arg-type]


def gallery(model_id: str, people: int, *older: Gallery) -> Gallery:
    aliases = tuple(f"{model_id}-{row}" for row in range(people))
    return Gallery(model_id, 1, aliases, np.eye(people, dtype=np.float32), 1, older=older)


@pytest.mark.parametrize(
    ("new", "old", "reason"),
    [
        (60, 51, "matching"),  # a hundred were measured: 111 are allowed
        (60, 52, "calibration_unfit"),
        (0, 10, "matching"),
    ],
)
def test_the_calibrations_must_reach_to_all_customers_together(
    new: int, old: int, reason: MatchingState
) -> None:
    state = EdgeState(engine("new", engine("old")))
    state.set_policy(POLICY)
    state.heard(datetime.now(UTC), Moment(0.0, datetime.now(UTC)))
    held = gallery("new", new, gallery("old", old))
    assert state.install(held, 100.0, stopped=False, epoch=state.epoch)
    assert state.matching(1.0) == reason


def test_a_revoked_customer_of_the_earlier_model_is_forgotten() -> None:
    state = EdgeState(engine("new", engine("old")))
    state.set_policy(POLICY)
    state.heard(datetime.now(UTC), Moment(0.0, datetime.now(UTC)))
    first = gallery("new", 2, gallery("old", 2))
    state.install(first, 100.0, stopped=False, epoch=state.epoch)
    state.revoke(["old-1"])
    with state.gallery(1.0) as lent:
        assert lent is not None
        assert [one.aliases for one in lent.older] == [("old-0",)]
    assert not any(one.matrix.any() for one in (first, *first.older)), "overwritten"
