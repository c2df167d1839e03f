import cv2
import numpy as np
import pytest

from clienteling.recognition.engine import Engine
from clienteling.recognition.permit import PermitError, for_enrolment
from clienteling.recognition.quality import ENROL_PHOTO, QualityCode
from clienteling.recognition.template import (
    AgreementCode,
    TemplateResult,
    agreement,
    make_template,
)
from tests.support.faces import photo, side_by_side

_PERMIT = for_enrolment("e1", 10.0)


def _make(engine: Engine, *images: np.ndarray) -> TemplateResult:
    return make_template(engine, _PERMIT, images, 1.0, ENROL_PHOTO)


def test_two_photographs_recognise_a_third_better_than_one(engine: Engine) -> None:
    both = _make(engine, photo("a1"), photo("a2"))
    one = _make(engine, photo("a1"))
    probe = _make(engine, photo("a3")).vector
    assert both.vector is not None
    assert one.vector is not None
    assert probe is not None
    assert (both.accepted, both.refused) == (2, ())
    assert both.vector.dtype == np.float32
    assert np.linalg.norm(both.vector) == pytest.approx(1, abs=1e-5)
    assert both.vector @ probe > one.vector @ probe > 0.6


def test_each_bad_photograph_is_refused_with_its_reason_and_the_rest_kept(engine: Engine) -> None:
    blurred = np.asarray(cv2.GaussianBlur(photo("a3"), (0, 0), 8), np.uint8)
    empty = np.full((250, 250, 3), 90, np.uint8)
    result = _make(engine, empty, photo("a1"), blurred, side_by_side("a1", "b1"), photo("a2"))
    assert result.accepted == 2
    assert result.vector is not None
    assert result.refused == (
        (0, QualityCode.NO_FACE),
        (2, QualityCode.BLURRED),
        (3, QualityCode.SEVERAL_FACES),
    )


def test_a_photograph_of_somebody_else_is_refused(engine: Engine) -> None:
    result = _make(engine, photo("b1"), photo("a1"), photo("a2"))
    assert result.refused == ((0, AgreementCode.OTHER_PERSON),)
    assert result.accepted == 2


def test_of_two_that_disagree_the_later_is_refused(engine: Engine) -> None:
    result = _make(engine, photo("a1"), photo("b1"))
    assert result.refused == ((1, AgreementCode.OTHER_PERSON),)
    assert result.accepted == 1


def test_without_a_good_photograph_there_is_no_template(engine: Engine) -> None:
    result = _make(engine, np.full((250, 250, 3), 90, np.uint8))
    assert result.vector is None
    assert result.accepted == 0
    assert _make(engine).vector is None


def test_an_enrolment_that_lapsed_makes_no_template(engine: Engine) -> None:
    with pytest.raises(PermitError):
        make_template(engine, _PERMIT, [photo("a1")], 10.5, ENROL_PHOTO)


def test_a_result_does_not_print_its_vector(engine: Engine) -> None:
    assert repr(_make(engine, photo("a1"))) == "TemplateResult(accepted=1, refused=())"


@pytest.mark.parametrize(
    ("angles", "expected"),
    [
        ((0, 10, 90), [True, True, False]),
        ((90, 0, 10), [False, True, True]),
        ((0, 90), [True, False]),
        ((0, 90, 180), [True, False, False]),
        ((0, 50, 100), [True, True, True]),  # the middle one vouches for both
        ((0,), [True]),
    ],
)
def test_most_of_them_decide_who_it_is(angles: tuple[int, ...], expected: list[bool]) -> None:
    radians = np.radians(angles)
    vectors = np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)
    assert agreement(vectors, 0.5).tolist() == expected
