"""Two models about one visitor: one may know them, and the other must not object."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition.calibration import CalibrationError, Cell
from clienteling.recognition.decide import EARLY_FRAMES, ENOUGH_FRAMES, Decision, DecisionKind
from clienteling.recognition.evidence import Evidence
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.together import Side, decide_together
from tests.support.faces import calibration

MATCH, NARROW, STRANGER = 0.9, 0.52, 0.1  # the threshold is 0.5, the margin 0.1, clearly 0.05


def side(model: str, *scores: float, frames: int = ENOUGH_FRAMES, reach: int = 100) -> Side:
    """One model: its templates score so; it has seen so many frames."""
    evidence = Evidence(3)
    for _ in range(frames):
        evidence.add(np.array([1, 0, 0], np.float32), 1.0)
    rows = [(score, math.sqrt(1 - score**2), 0) for score in scores]
    aliases = tuple(f"{model}-{row}" for row in range(len(rows)))
    gallery = Gallery(model, 1, aliases, np.array(rows, np.float32).reshape(-1, 3))
    cell = Cell(gallery=reach, enrol=1, frames=1, threshold=0.5)
    return Side(evidence, gallery, calibration([cell]).model_copy(update={"model_id": model}))


def together(*sides: Side, final: bool = True) -> Decision:
    decision = decide_together(sides, final=final)
    assert decision is not None
    return decision


@pytest.mark.parametrize(
    ("new", "old", "kind", "alias"),
    [
        ((MATCH,), (STRANGER,), DecisionKind.MATCH, "new-0"),
        ((STRANGER,), (MATCH,), DecisionKind.MATCH, "old-0"),
        ((), (MATCH,), DecisionKind.MATCH, "old-0"),
        ((MATCH,), (MATCH,), DecisionKind.AMBIGUOUS, None),
        ((MATCH,), (MATCH, MATCH), DecisionKind.AMBIGUOUS, None),
        ((MATCH, MATCH), (STRANGER,), DecisionKind.AMBIGUOUS, None),
        ((STRANGER,), (STRANGER,), DecisionKind.UNKNOWN, None),
    ],
)
def test_one_recognises_and_nobody_objects(
    new: tuple[float, ...], old: tuple[float, ...], kind: DecisionKind, alias: str | None
) -> None:
    decision = together(side("new", *new), side("old", *old))
    assert (decision.kind, decision.alias) == (kind, alias)


def test_a_clear_match_does_not_wait_for_the_other_model() -> None:
    sides = side("new", 0.47, frames=EARLY_FRAMES), side("old", MATCH, frames=EARLY_FRAMES)
    assert together(*sides, final=False).alias == "old-0"


def test_nobody_is_unknown_before_both_have_said_so() -> None:
    sides = side("new", STRANGER), side("old", STRANGER, frames=EARLY_FRAMES)
    assert decide_together(sides, final=False) is None
    assert together(*sides).kind is DecisionKind.UNKNOWN


def test_a_model_that_saw_nothing_has_no_say_at_the_end() -> None:
    """Its gallery came in the middle of the visit."""
    assert together(side("new", MATCH), side("old", MATCH, frames=0)).alias == "new-0"
    assert decide_together([side("new", frames=0), side("old", frames=0)], final=True) is None


def test_the_threshold_is_that_of_all_customers_together() -> None:
    """Otherwise a stranger would have the chance of one gallery twice."""
    cells = [
        Cell(gallery=size, enrol=1, frames=1, threshold=threshold)
        for size, threshold in ((2, 0.4), (10, 0.6))
    ]

    def of_few(model: str, *scores: float) -> Side:
        one = side(model, *scores)
        few = calibration(cells).model_copy(update={"model_id": model})
        return Side(one.evidence, one.gallery, few)

    assert together(of_few("new", 0.5)).kind is DecisionKind.MATCH
    assert together(of_few("new", 0.5), of_few("old", 0.1, 0)).kind is DecisionKind.UNKNOWN


def test_more_customers_than_were_measured_is_an_error() -> None:
    with pytest.raises(CalibrationError):
        decide_together([side("new", *[0.1] * 60), side("old", *[0.1] * 60)], final=True)


_SCORES = st.lists(st.floats(-0.9, 0.99), max_size=3)


@given(_SCORES, _SCORES, st.integers(1, 12), st.booleans())
def test_a_second_model_never_gives_a_match_of_the_first_to_anybody(
    new: list[float], old: list[float], frames: int, final: bool
) -> None:
    """It may recognise its own, or object; what the first says is never turned into another."""
    alone = decide_together([side("new", *new, frames=frames)], final=final)
    both = decide_together(
        [side("new", *new, frames=frames), side("old", *old, frames=frames)], final=final
    )
    if both is not None and both.alias is not None and both.alias.startswith("new"):
        assert both == alone


def test_one_model_alone_decides_as_ever() -> None:
    for scores in ((MATCH,), (NARROW,), (STRANGER,), (MATCH, MATCH)):
        one = side("new", *scores, frames=EARLY_FRAMES)
        for final in (False, True):
            from_both = decide_together([one, side("old", frames=EARLY_FRAMES)], final=final)
            from_one = decide_together([one], final=final)
            if from_one is not None and from_one.kind is not DecisionKind.UNKNOWN:
                assert from_both == from_one
