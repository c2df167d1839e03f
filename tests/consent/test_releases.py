"""Releases: a record commits to a name that only the name and its salt open."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import records, releases
from consent.errors import ConsentMissingError, PolicyRefusedError
from consent.models import ConsentRow
from consent.notices import Notices
from consent.office import Office, Statement, change, open_enrolment, withdraw
from consent.purposes import CHOICES, Purpose
from consent.region.profiles import load_profile
from consent.releases import SignedForm, TypedName

FACE = {Purpose.RECOGNISE: True}


@pytest.fixture
def office(office: Office) -> Office:
    return replace(office, profile=load_profile("us", "IL"))


@pytest.fixture
def statement(statement: Statement) -> Statement:
    return replace(statement, notice_version=Notices("us-il").current_version, language="en")


def _records(office: Office, subject_id: str) -> dict[str, ConsentRow]:
    with office.databases.identity.read() as identity:
        return {row.purpose: row for row in records.history(identity, subject_id)}


def test_the_record_commits_to_the_name_and_the_text_and_holds_no_name(
    office: Office, statement: Statement
) -> None:
    signature = releases.sign("  Robin   Zeldzaamnaam ")
    joined = open_enrolment(office, replace(statement, signature=signature), FACE)
    signed = _records(office, joined.subject_id)["recognise"].body["e_signature"]
    assert releases.opens(signed, signature)
    assert signed["document"]["sha256"] == Notices("eu").release("2026-12-us-il", "en").sha256
    assert "Zeldzaamnaam" not in str(joined.receipt)
    assert signature.salt.hex() not in str(joined.receipt)
    assert joined.receipt["records"][1]["record"]["e_signature"] == signed


def test_only_what_captures_a_face_is_signed(office: Office, statement: Statement) -> None:
    said = replace(statement, signature=SignedForm("release 17"))
    joined = open_enrolment(office, said, dict.fromkeys(CHOICES, True))
    withdraw(office, joined.subject_id, [Purpose.RECOGNISE], actor="c", method="command")
    with office.databases.identity.read() as identity:
        rows = records.history(identity, joined.subject_id)
    signed = [row for row in rows if row.body["e_signature"]]
    assert [(row.purpose, row.state) for row in signed] == [
        ("recognise", "given"),
        ("till", "given"),
    ]
    assert signed[0].body["e_signature"]["form"] == "release 17"
    others = [row.body["absent"]["e_signature"] for row in rows if row not in signed]
    assert {reason.partition(",")[0] for reason in others} == {
        "only a consent for which a face is captured is signed"
    }


@pytest.mark.parametrize("signature", [None, SignedForm(" ")])
def test_without_a_release_nothing_is_recorded(
    office: Office, statement: Statement, signature: SignedForm | None
) -> None:
    with pytest.raises(PolicyRefusedError, match="release"):
        open_enrolment(office, replace(statement, signature=signature), FACE)
    without_a_face = open_enrolment(office, statement, {Purpose.PREFERENCES: True})
    with pytest.raises(PolicyRefusedError, match="release"):
        change(office, without_a_face.subject_id, statement, FACE)


@pytest.mark.parametrize("typed", ["", "   ", "x" * 121])
def test_an_empty_name_is_no_signature(typed: str) -> None:
    with pytest.raises(ConsentMissingError, match="full name"):
        releases.sign(typed)


@given(name=st.text(min_size=1, max_size=20), other=st.text(min_size=1, max_size=20))
def test_another_name_or_salt_or_text_opens_nothing(name: str, other: str) -> None:
    signature = TypedName(name, bytes(32))
    signed = {
        "commitment": releases.commitment(signature, "a" * 64),
        "document": {"sha256": "a" * 64},
    }
    assert releases.opens(signed, signature)
    assert releases.opens(signed, TypedName(other, bytes(32))) == (other == name)
    assert not releases.opens(signed, TypedName(name, bytes(31) + b"\x01"))
    assert not releases.opens({**signed, "document": {"sha256": "b" * 64}}, signature)
