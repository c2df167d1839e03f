import copy
import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.recognition import permit
from clienteling.recognition.permit import CapturePermit, Ground, PermitError


def test_a_window_is_valid_from_its_opening_to_its_end() -> None:
    window = permit.for_window("w1", "trigger", 10.0, 20.0)
    assert window.ground is Ground.WINDOW_TRIGGER
    assert [window.valid_at(t) for t in (9.999, 10.0, 15.0, 20.0, 20.001)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("policy", ["zone", "ambient", "", "Trigger"])
def test_other_policies_open_no_window(policy: str) -> None:
    with pytest.raises(PermitError, match="only pass and trigger"):
        permit.for_window("w1", policy, 0.0, 5.0)


@pytest.mark.parametrize("end", [10.1, math.inf, math.nan])
def test_a_window_longer_than_ten_seconds_is_refused(end: float) -> None:
    with pytest.raises(PermitError, match="10 seconds"):
        permit.for_window("w1", "trigger", 0.0, end)


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PermitError, match="end after"):
        permit.for_window("w1", "trigger", 5.0, 4.0)


def test_a_permit_names_what_it_belongs_to() -> None:
    with pytest.raises(PermitError, match="name"):
        permit.for_files("")


def test_an_enrolments_permit_ends() -> None:
    enrolment = permit.for_enrolment("e1", 100.0)
    assert enrolment.valid_at(100.0)
    assert not enrolment.valid_at(100.5)


def test_nobody_else_makes_a_permit() -> None:
    with pytest.raises(PermitError, match="its module only"):
        CapturePermit(Ground.FILES, "x", 0.0, 1.0, key=object())


def test_a_permit_cannot_be_stretched() -> None:
    window = permit.for_window("w1", "pass", 0.0, 5.0)
    with pytest.raises(ValueError, match="key"):
        dataclasses.replace(window, expires_at=9.0)  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        window.expires_at = 9.0  # type: ignore[misc]
    assert copy.copy(window).expires_at == 5.0


@given(st.floats(), st.floats(0, 1e6), st.floats(0, 10))
def test_never_valid_outside_of_its_time(at: float, opens: float, length: float) -> None:
    """Whatever the clock says, also when it says no number."""
    window = permit.for_window("w1", "trigger", opens, opens + length)
    assert window.valid_at(at) == (opens <= at <= opens + length)


def test_no_permit_is_valid_at_no_time() -> None:
    permits = (
        permit.for_ambient("door"),
        permit.for_files("bench"),
        permit.for_enrolment("e1", 1.0),
        permit.for_zone_dwell("t1", 0.0, 1.0),
    )
    assert not any(each.valid_at(math.nan) for each in permits)
