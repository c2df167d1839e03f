"""R2, the part of recognition: a photograph of several people is refused and not encoded.

The near zone's part is the camera's.
"""

import pytest

from clienteling.recognition.engine import build_engine
from clienteling.recognition.permit import for_enrolment
from clienteling.recognition.quality import ENROL_KIOSK, ENROL_PHOTO, QualityCode, QualityGate
from clienteling.recognition.template import make_template
from tests.support.faces import side_by_side


@pytest.mark.parametrize("gate", [ENROL_PHOTO, ENROL_KIOSK])
def test_two_faces_give_no_embedding(gate: QualityGate) -> None:
    engine = build_engine("sface")
    two = side_by_side("a1", "b1")
    result = make_template(engine, for_enrolment("e1", 10.0), [two], 1.0, gate)
    assert result.vector is None
    assert result.refused == ((0, QualityCode.SEVERAL_FACES),)
    assert engine.encoder.meter.calls == 0
