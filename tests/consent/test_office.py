from dataclasses import replace

import pytest

from consent import records
from consent.errors import ConsentMissingError, NoticeError, SubjectUnknownError
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import parse_checkpoint
from consent.models import ConsentRow, FlowRow, SubjectRow
from consent.notices import Notices
from consent.office import (
    Office,
    Processing,
    Statement,
    TemplateMade,
    change,
    close_enrolment,
    open_enrolment,
)
from consent.proof.receipts import PublicKeys, verify_receipt
from consent.purposes import CHOICES, Purpose

MADE = TemplateMade("alias-1", "model", 3)


def kinds(office: Office) -> list[EventKind]:
    with office.databases.identity.read() as session:
        return [entry.kind for entry in ledger.entries_after(session, -1, None, 1000)]


def test_joining_records_every_choice_as_given_or_refused(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    with office.databases.identity.read() as session:
        rows = records.history(session, joined.subject_id)
    states = {row.purpose: row.state for row in rows}
    assert states == {
        "account": "given",
        "allergies": "given",
        "recognise": "refused",
        "preferences": "refused",
        "visits": "refused",
        "purchases": "refused",
        "till": "refused",
    }
    assert joined.grants.keys() == {Purpose.ACCOUNT, Purpose.ALLERGIES}


def test_a_record_names_the_text_that_was_shown(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    shown = Notices("eu").current("nl", Purpose.ALLERGIES)
    with office.databases.identity.read() as session:
        row = records.newest(session, joined.subject_id, [Purpose.ALLERGIES])[Purpose.ALLERGIES]
    assert row.body["privacy_notice"] == {
        "uri": f"/notices/{shown.version}/nl/allergies",
        "version": shown.version,
        "language": "nl",
        "sha256": shown.sha256,
    }


def test_the_receipt_proves_the_records_to_the_checkpoint_given(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True})
    keys = PublicKeys(office.ring.log_public, office.ring.receipt_public)
    assert verify_receipt(joined.receipt, keys).ok
    with office.databases.identity.read() as session:
        assert parse_checkpoint(joined.checkpoint).size <= ledger.size(session)


def test_without_recognition_the_enrolment_is_closed_at_once(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.PREFERENCES: True})
    with office.databases.identity.read() as session:
        assert session.get_one(FlowRow, joined.flow_id).closed_at is not None
    assert close_enrolment(office, joined.flow_id).withdrawal is None


def test_closing_with_a_template_logs_it_once(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True})
    for _ in range(2):
        assert Purpose.RECOGNISE in close_enrolment(office, joined.flow_id, MADE).stands
    assert kinds(office).count(EventKind.TEMPLATE_MADE) == 1


def test_closing_without_a_template_withdraws_recognition_and_leaves_the_rest(
    office: Office, statement: Statement
) -> None:
    choices = {Purpose.RECOGNISE: True, Purpose.ALLERGIES: True}
    joined = open_enrolment(office, statement, choices)
    closed = close_enrolment(office, joined.flow_id)
    assert closed.withdrawal is not None
    assert closed.withdrawal.purposes == (Purpose.RECOGNISE,)
    with office.databases.identity.read() as session:
        stands = records.standing(session, joined.subject_id, office.now())
        (*_, last) = records.history(session, joined.subject_id)
    assert stands.keys() == {Purpose.ACCOUNT, Purpose.ALLERGIES}
    assert last.body["collection_method"] == "no template made"


def test_an_unknown_enrolment_cannot_be_closed(office: Office) -> None:
    with pytest.raises(SubjectUnknownError):
        close_enrolment(office, "nothing", MADE)


@pytest.mark.parametrize(
    ("flaw", "error"),
    [
        ({"confirmed": False}, ConsentMissingError),
        ({"age_confirmed": False}, ConsentMissingError),
        ({"notice_version": "2020-01"}, NoticeError),
        ({"method": "paper"}, ConsentMissingError),
        ({"language": "fr"}, NoticeError),
    ],
)
def test_a_flawed_declaration_records_nothing(
    office: Office, statement: Statement, flaw: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        open_enrolment(office, replace(statement, **flaw), {})  # type: ignore[arg-type]
    with office.databases.identity.read() as session:
        assert session.query(SubjectRow).count() == session.query(ConsentRow).count() == 0
        assert ledger.size(session) == 0


def test_the_till_is_asked_for_only_where_it_can_identify(
    office: Office, statement: Statement
) -> None:
    """A shop without it asks for everything else, and records no answer to what it did not ask."""
    shop = replace(office, processing=Processing(till=False))
    assert set(office.choices) - set(shop.choices) == {Purpose.TILL}
    with pytest.raises(ConsentMissingError, match="not offered"):
        open_enrolment(shop, statement, {Purpose.TILL: True})
    joined = open_enrolment(shop, statement, {Purpose.PURCHASES: True})
    with shop.databases.identity.read() as session:
        recorded = {row.purpose for row in records.history(session, joined.subject_id)}
    assert recorded == {"account", *shop.choices}
    assert Purpose.PURCHASES in joined.grants


@pytest.mark.parametrize("purpose", [Purpose.OTHER_SHOPS, Purpose.SAMPLES])
def test_what_is_not_offered_cannot_be_granted(
    office: Office, statement: Statement, purpose: Purpose
) -> None:
    with pytest.raises(ConsentMissingError, match="not offered"):
        open_enrolment(office, statement, {purpose: True})


def test_paper_with_an_attestation_is_enough(office: Office, statement: Statement) -> None:
    paper = replace(statement, method="paper", attestation="paper form 17")
    joined = open_enrolment(office, paper, dict.fromkeys(CHOICES, True))
    assert joined.receipt["records"][0]["record"]["attestation"] == "paper form 17"


def test_a_change_grants_and_withdraws_with_one_receipt(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    changed = change(
        office, joined.subject_id, statement, {Purpose.ALLERGIES: False, Purpose.VISITS: True}
    )
    assert changed.receipt is not None
    proven = [
        (item["record"]["purpose"], item["record"]["event_state"])
        for item in changed.receipt["records"]
    ]
    assert proven == [("visits", "given"), ("allergies", "withdrawn")]
    assert changed.grants.keys() == {Purpose.VISITS}


def test_a_change_that_changes_nothing_records_nothing(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True})
    before = kinds(office)
    changed = change(office, joined.subject_id, statement, {Purpose.ALLERGIES: True})
    assert (changed.receipt, changed.withdrawal, changed.flow_id) == (None, None, None)
    assert kinds(office) == before


def test_recognition_granted_later_opens_an_enrolment(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, {})
    changed = change(office, joined.subject_id, statement, {Purpose.RECOGNISE: True})
    assert changed.flow_id is not None
    assert Purpose.RECOGNISE in close_enrolment(office, changed.flow_id, MADE).stands
