"""R10: explicit consent is a statement plus a confirmation, to an exact text, kept by its hash."""

from dataclasses import replace

import pytest

from consent.errors import ConsentError, NoticeError
from consent.log import ledger
from consent.log.commitments import digest
from consent.models import ConsentRow, DataKeyRow
from consent.notices import LANGUAGES, Notices
from consent.office import Office, Statement, open_enrolment
from consent.purposes import CHOICES, Purpose

EVERYTHING = dict.fromkeys(CHOICES, True)


def test_a_single_tap_enrols_nobody(office: Office, statement: Statement) -> None:
    with pytest.raises(ConsentError):
        open_enrolment(office, replace(statement, confirmed=False), EVERYTHING)
    with office.databases.identity.read() as session:
        assert session.query(ConsentRow).count() == 0
    with office.databases.keys.read() as session:
        assert session.query(DataKeyRow).count() == 0


def test_silence_is_a_refusal(office: Office, statement: Statement) -> None:
    """No choice is ticked beforehand: what is not answered is refused."""
    assert open_enrolment(office, statement, {}).grants.keys() == {Purpose.ACCOUNT}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_consent_holds_the_hash_of_the_text_shown_and_the_log_holds_the_consent(
    office: Office, statement: Statement, language: str
) -> None:
    joined = open_enrolment(office, replace(statement, language=language), EVERYTHING)
    with office.databases.identity.read() as session:
        for grant in joined.grants.values():
            row = session.query(ConsentRow).filter_by(record_id=grant.consent_id).one()
            shown = Notices("eu").current(language, grant.purpose)
            assert row.body["privacy_notice"]["sha256"] == shown.sha256
            (entry,) = ledger.entries_after(session, grant.leaf_index - 1, None, 1)
            assert entry.detail is not None
            assert entry.detail["sha256"] == digest(row.body)


def test_an_old_text_is_no_ground(
    office: Office, statement: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that there never was, nor one that was current until a moment ago."""
    with pytest.raises(ConsentError):
        open_enrolment(office, replace(statement, notice_version="2001-01"), EVERYTHING)
    monkeypatch.setattr(Notices, "current_version", "2099-01")
    with pytest.raises(NoticeError, match="is not the current one"):
        open_enrolment(office, statement, EVERYTHING)
    with office.databases.identity.read() as session:
        assert session.query(ConsentRow).count() == 0
