import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clienteling.recognition.errors import RecognitionError
from clienteling.recognition.evidence import BEST, Evidence

_X = np.array([1, 0], np.float32)


def _at(cosine: float) -> NDArray[np.float32]:
    return np.array([cosine, np.sqrt(1 - cosine**2)], np.float32)


def test_a_score_is_the_mean_of_the_frames_scores() -> None:
    evidence = Evidence(2)
    for cosine in (0.9, 0.5, 0.4):
        evidence.add(_at(cosine), 0.5)
    assert float(evidence.probe() @ _X) == pytest.approx(0.6)


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=20))
def test_the_best_frames_are_kept_whatever_their_order(qualities: list[float]) -> None:
    """Each vector carries its quality, so the mean tells which were kept."""
    evidence = Evidence(1)
    for quality in qualities:
        if not evidence.wants(quality) and quality < 0.5:
            evidence.pass_over()  # saves encoding it; adding it changes as little
        else:
            evidence.add(np.array([quality], np.float32), quality)
    best = sorted(qualities, reverse=True)[:BEST]
    assert float(evidence.probe()[0]) == pytest.approx(float(np.mean(best)), abs=1e-6)
    assert (evidence.frames, evidence.seen) == (len(best), len(qualities))


def test_a_vector_is_copied_not_kept() -> None:
    evidence, vector = Evidence(2), _at(0.9)
    evidence.add(vector, 0.5)
    vector.fill(0)
    assert evidence.probe().any()


def test_another_person_does_not_agree() -> None:
    evidence = Evidence(2)
    assert evidence.agrees(_at(0.1), 0.36)  # nobody was seen before
    evidence.add(_X, 0.5)
    assert evidence.agrees(_at(0.4), 0.36)
    assert not evidence.agrees(_at(0.3), 0.36)
    assert not evidence.agrees(np.full(2, np.nan, np.float32), 0.36)


def test_wiped_evidence_is_gone() -> None:
    evidence = Evidence(2)
    for _ in range(BEST + 1):
        evidence.add(_X, 0.5)
    evidence.wipe()
    assert not evidence._vectors.any()
    assert (evidence.frames, evidence.seen) == (0, 0)
    with pytest.raises(RecognitionError, match="no evidence"):
        evidence.probe()


def test_its_vectors_are_not_printed() -> None:
    evidence = Evidence(2)
    evidence.add(_X, 0.5)
    assert repr(evidence) == "Evidence(frames=1, seen=1)"
