import numpy as np
import pytest

from clienteling.evaluation.reference import TOLERANCE, Reference
from clienteling.recognition.permit import PermitError, for_enrolment, for_files
from tests.support.measuring import small

pytestmark = pytest.mark.xdist_group("dlib")


def test_it_runs_on_files_only() -> None:
    with pytest.raises(PermitError, match="on files only"):
        Reference(for_enrolment("e1", 10.0))


def test_one_frame_goes_through_the_librarys_own_loop() -> None:
    reference = Reference(for_files("test"))
    a1, a2, b1 = (np.ascontiguousarray(small(name)[:, :, ::-1]) for name in ("a1", "a2", "b1"))
    gallery = np.concatenate([reference.encode(rgb, reference.locate(rgb)) for rgb in (b1, a1)])
    assert reference.meter.calls == 2

    (known,) = reference.recognise(a2, gallery)
    assert (known.row, reference.meter.calls) == (1, 3)
    assert 0 < known.distance <= TOLERANCE
    top, right, bottom, left = known.box
    assert 0 <= top < bottom <= a2.shape[0]
    assert 0 <= left < right <= a2.shape[1]

    (stranger,) = reference.recognise(a2, gallery[:1])
    assert stranger.row is None
    assert stranger.distance > TOLERANCE
    assert reference.recognise(a2, gallery[:0])[0].row is None
    assert reference.recognise(np.zeros_like(a2), gallery) == []
