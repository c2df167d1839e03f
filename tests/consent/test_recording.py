"""A consent record has every field of PRIVACY.md section B, and says why one is null."""

from dataclasses import replace

import pytest

from consent import records
from consent.models import ConsentRow
from consent.office import Office, Processing, Statement, change, open_enrolment, withdraw
from consent.purposes import CHOICES, Purpose
from consent.region.policy import CapturePolicy
from consent.region.profiles import load_profile
from consent.releases import SignedForm

#: Section B but the last two rows: what only the store knows, and what the receipt adds.
SECTION_B = {
    *("schema_version", "record_id", "pii_principal_id", "privacy_notice", "language", "purpose"),
    *("purpose_type", "lawful_basis", "pii_type", "special_category", "pii_optional"),
    *("pii_controllers", "collection_method", "processing_method", "storage_locations"),
    *("processing_location", "retention_period", "jurisdiction", "recipients"),
    *("withdrawal_method", "privacy_rights", "authority_party", "impact_assessment"),
    *("event_time", "validity_duration", "event_type", "event_state", "entity_id"),
    *("representative", "e_signature", "prev_event"),
}
RECORD_ONLY = {"template_ref", "model_id", "key_id"}


def _rows(office: Office, subject_id: str) -> list[ConsentRow]:
    with office.databases.identity.read() as session:
        return list(records.history(session, subject_id))


def _of(rows: list[ConsentRow], purpose: Purpose) -> ConsentRow:
    return [row for row in rows if row.purpose == purpose.value][-1]


def test_every_field_is_there_in_one_record_per_purpose(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True})
    withdraw(office, joined.subject_id, None, actor="command", method="command")
    rows = _rows(office, joined.subject_id)
    assert len(rows) == 1 + 6 + 1
    for row in rows:
        assert set(row.body) >= SECTION_B
        assert not RECORD_ONLY & set(row.body)
        missing = {name for name, value in row.body.items() if value is None}
        assert set(row.body["absent"]) == missing
        assert all(row.body["absent"].values())


def test_where_and_by_whom_it_is_processed_comes_from_the_shop(
    office: Office, statement: Statement
) -> None:
    shop = Processing(
        storage=("our server, Delft (NL)",),
        places=("Delft (NL)", "Utrecht (NL)"),
        recipients=("Hosting BV",),
        policy=CapturePolicy.PASS,
        address="https://hub.example",
    )
    place = replace(office, processing=shop, dpia_id="DPIA-7")
    shown = replace(statement, notice_version=place.notices.current_version)
    joined = open_enrolment(place, shown, {Purpose.RECOGNISE: True})
    body = _of(_rows(office, joined.subject_id), Purpose.RECOGNISE).body
    assert body["storage_locations"] == ["our server, Delft (NL)"]
    assert body["processing_location"] == ["Delft (NL)", "Utrecht (NL)"]
    assert body["recipients"] == ["Hosting BV"]
    assert body["processing_method"].startswith("one to one")
    assert body["privacy_notice"]["uri"].startswith("https://hub.example/notices/")
    assert body["impact_assessment"] == "DPIA-7"
    assert body["validity_duration"] == "P365D"


def test_events_of_a_purpose_are_a_chain(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, {})
    change(office, joined.subject_id, statement, {Purpose.ALLERGIES: True})
    withdraw(office, joined.subject_id, [Purpose.ALLERGIES], actor="command", method="command")
    rows = [r for r in _rows(office, joined.subject_id) if r.purpose == "allergies"]
    assert [row.state for row in rows] == ["refused", "given", "withdrawn"]
    assert [row.body["prev_event"] for row in rows] == [
        None,
        rows[0].record_id,
        rows[1].record_id,
    ]
    assert rows[2].body["privacy_notice"] == rows[1].body["privacy_notice"]


@pytest.mark.parametrize(
    ("state", "basis"),
    [("IL", "740 ILCS 14/15(b)(3)"), ("WA", "RCW 19.375.020"), ("CA", "express consent")],
)
def test_the_basis_is_in_the_words_of_the_law_there(
    office: Office, statement: Statement, state: str, basis: str
) -> None:
    place = replace(office, profile=load_profile("us", state))
    said = replace(
        statement,
        notice_version=place.notices.current_version,
        signature=SignedForm("release 17"),
    )
    joined = open_enrolment(place, said, dict.fromkeys(CHOICES, True))
    rows = _rows(office, joined.subject_id)
    assert basis in str(_of(rows, Purpose.RECOGNISE).body["lawful_basis"])
    assert "GDPR" not in str([row.body for row in rows])
