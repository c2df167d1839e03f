from datetime import timedelta

import pytest

from consent import records
from consent.errors import ConsentMissingError
from consent.office import Office, Statement, open_enrolment, withdraw
from consent.purposes import Purpose
from consent.records import Grant, grant_for, require_grant, subjects_granting
from tests.support.office import Clock


def test_a_grant_stands_from_the_record_that_gave_it(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    with office.databases.identity.read() as session:
        grant = require_grant(session, joined.subject_id, Purpose.ALLERGIES, office.now())
        row = records.newest(session, joined.subject_id, [Purpose.ALLERGIES])[Purpose.ALLERGIES]
    assert (grant.consent_id, grant.leaf_index) == (row.record_id, row.leaf_index)


def test_what_was_refused_or_never_asked_does_not_stand(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {})
    with office.databases.identity.read() as session:
        for purpose in (Purpose.RECOGNISE, Purpose.TILL):
            assert grant_for(session, joined.subject_id, purpose, office.now()) is None
        with pytest.raises(ConsentMissingError):
            require_grant(session, "nobody", Purpose.ACCOUNT, office.now())


def test_a_grant_lapses_after_a_year_and_the_account_does_not(
    office: Office, statement: Statement, clock: Clock
) -> None:
    """R14: nothing needs to run for it."""
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True})
    clock.move(timedelta(days=364))
    with office.databases.identity.read() as session:
        assert subjects_granting(session, Purpose.RECOGNISE, office.now())
        clock.move(timedelta(days=1))
        assert subjects_granting(session, Purpose.RECOGNISE, office.now()) == ()
        stands = records.standing(session, joined.subject_id, office.now())
    assert stands.keys() == {Purpose.ACCOUNT}


def test_a_lapsed_consent_can_still_be_withdrawn(
    office: Office, statement: Statement, clock: Clock
) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    clock.move(timedelta(days=400))
    ended = withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    assert ended.purposes == (Purpose.ALLERGIES,)


def test_only_those_who_grant_are_listed(office: Office, statement: Statement) -> None:
    first, second, _ = (
        open_enrolment(office, statement, {Purpose.RECOGNISE: recognise})
        for recognise in (True, True, False)
    )
    withdraw(office, first.subject_id, None, actor="user:an", method="staff")
    with office.databases.identity.read() as session:
        granting = subjects_granting(session, Purpose.RECOGNISE, office.now())
    assert [grant.subject_id for grant in granting] == [second.subject_id]


def test_a_grant_cannot_be_made_elsewhere() -> None:
    with pytest.raises(ConsentMissingError):
        Grant("subject", Purpose.RECOGNISE, "consent", "record", None, 1, proof=object())
