"""R11: nothing can be sealed, so no template can exist, without a recorded and logged consent."""

import pytest

from consent import records
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.keystore import seals
from consent.log import ledger
from consent.models import ConsentRow, DataKeyRow
from consent.office import Office, Statement, open_enrolment, withdraw
from consent.purposes import Purpose
from tests.support.office import Stopped, stopping_after

RECOGNISE = {Purpose.RECOGNISE: True}


def test_without_consent_there_is_no_grant_to_seal_with(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {})
    with office.databases.identity.read() as session, pytest.raises(ConsentMissingError):
        records.require_grant(session, joined.subject_id, Purpose.RECOGNISE, office.now())


def test_the_process_may_die_after_recording_but_never_before(
    office: Office, statement: Statement
) -> None:
    """Between the steps there is a consent without a key, and never a key without a consent."""
    with pytest.raises(Stopped):
        open_enrolment(stopping_after(office, "recorded"), statement, RECOGNISE)
    with office.databases.keys.read() as session:
        assert session.query(DataKeyRow).count() == 0
    with office.databases.identity.read() as session:
        given = session.query(ConsentRow).filter_by(state="given").all()
        assert {row.purpose for row in given} == {"account", "recognise"}
        assert ledger.verify(session, office.ring.log_public).ok


def test_every_key_has_a_logged_consent_and_a_checkpoint_that_covers_it(
    office: Office, statement: Statement
) -> None:
    open_enrolment(office, statement, RECOGNISE)
    with office.databases.keys.read() as session:
        held = {(row.subject_id, row.purpose) for row in session.query(DataKeyRow)}
    with office.databases.identity.read() as session:
        covered = ledger.latest_checkpoint(session).size
        for subject_id, purpose in held:
            grant = records.require_grant(session, subject_id, Purpose(purpose), office.now())
            assert grant.leaf_index < covered


def test_after_withdrawal_an_old_grant_seals_nothing(office: Office, statement: Statement) -> None:
    """A grant that somebody kept in memory is worth nothing once the key is gone."""
    joined = open_enrolment(office, statement, RECOGNISE)
    grant = joined.grants[Purpose.RECOGNISE]
    withdraw(office, joined.subject_id, None, actor="user:an", method="staff")
    with office.databases.keys.write() as session, pytest.raises(KeyUnavailableError):
        seals.seal_for(session, office.ring, grant, b"template", office.binding(grant))
