"""R12: withdrawing takes no more than joining, needs no face and no staff, and is per purpose."""

import inspect

import pytest

from consent import records
from consent.office import Office, Statement, open_enrolment, withdraw
from consent.proof.receipts import subject_by_code
from consent.purposes import CHOICES, WITHDRAWABLE, Purpose

EVERYTHING = dict.fromkeys(CHOICES, True)


@pytest.mark.parametrize("purpose", CHOICES)
def test_each_purpose_can_be_withdrawn_by_itself(
    office: Office, statement: Statement, purpose: Purpose
) -> None:
    joined = open_enrolment(office, statement, EVERYTHING)
    withdraw(office, joined.subject_id, [purpose], actor="device:kiosk-1", method="kiosk")
    with office.databases.identity.read() as session:
        stands = records.standing(session, joined.subject_id, office.now())
    assert stands.keys() == {Purpose.ACCOUNT, *CHOICES} - {purpose}


def test_the_code_on_the_receipt_is_enough(office: Office, statement: Statement) -> None:
    """Neither a face nor a member of staff: the code, and one act."""
    joined = open_enrolment(office, statement, EVERYTHING)
    with office.databases.identity.read() as session:
        subject_id = subject_by_code(session, office.ring, joined.code)
    assert subject_id is not None
    ended = withdraw(office, subject_id, None, actor="device:kiosk-1", method="receipt code")
    assert set(ended.purposes) == set(CHOICES)
    assert ended.receipt is not None


def test_withdrawing_asks_for_less_than_joining() -> None:
    """No reason, no statement, no confirmation stands between a person and the end of consent."""
    asked = inspect.signature(withdraw).parameters.keys()
    assert asked == {"office", "subject_id", "purposes", "actor", "method"}
    assert set(CHOICES) <= set(WITHDRAWABLE)
