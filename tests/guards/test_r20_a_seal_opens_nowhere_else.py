"""R20: what is sealed opens for its tenant, store, subject, purpose, model and consent only."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keys import data_key
from consent.keystore.seals import seal_for, unseal_for
from consent.models import DataKeyRow
from consent.office import Office, Statement, open_enrolment
from consent.purposes import Purpose
from consent.sealing import AssociatedData, new_key, seal, unseal

#: `item` is ours, beyond the requirement: which of several records under one consent.
BOUND_TO = {"tenant", "store", "subject", "purpose", "model", "consent_id", "item"}
AAD = AssociatedData("tenant", "store", "subject", "allergies", "sface", "consent")


def test_every_field_of_the_requirement_is_bound() -> None:
    assert {field.name for field in fields(AssociatedData)} == BOUND_TO


@pytest.mark.parametrize("field", sorted(BOUND_TO))
def test_swapped_into_another_place_it_does_not_open(field: str) -> None:
    key = new_key()
    sealed = seal(key, b"milk", AAD.encode())

    assert unseal(key, sealed, AAD.encode()) == b"milk"
    with pytest.raises(SealError):
        unseal(key, sealed, replace(AAD, **{field: "another"}).encode())


@given(st.lists(st.text(max_size=8), min_size=14, max_size=14))
def test_two_places_are_never_the_same_bytes(words: list[str]) -> None:
    """No value of one field can stand for the end of another."""
    one, other = AssociatedData(*words[:7]), AssociatedData(*words[7:])

    assert (one.encode() == other.encode()) == (one == other)


def test_keys_and_seals_of_two_customers_and_purposes_cannot_be_swapped(
    office: Office, statement: Statement
) -> None:
    joined = [
        open_enrolment(office, statement, {Purpose.ALLERGIES: True, Purpose.PREFERENCES: True})
        for _ in range(2)
    ]
    mine = joined[0].grants[Purpose.ALLERGIES]
    others = (joined[0].grants[Purpose.PREFERENCES], joined[1].grants[Purpose.ALLERGIES])
    with office.databases.keys.write() as session:
        sealed = seal_for(session, office.ring, mine, b"milk", office.binding(mine))
    for grant in others:
        with office.databases.keys.read() as session, pytest.raises(SealError):
            unseal_for(session, office.ring, grant, sealed, office.binding(grant))
    for grant in others:
        with office.databases.keys.write() as session:
            theirs = session.get_one(DataKeyRow, (grant.subject_id, grant.purpose.value))
            ours = session.get_one(DataKeyRow, (mine.subject_id, mine.purpose.value))
            ours.wrapped = theirs.wrapped
        with office.databases.keys.read() as session, pytest.raises(KeyUnavailableError):
            data_key(session, office.ring, mine)


def test_nothing_is_sealed_under_one_consent_and_bound_to_another(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, {Purpose.ALLERGIES: True, Purpose.PREFERENCES: True})
    mine, other = joined.grants[Purpose.ALLERGIES], joined.grants[Purpose.PREFERENCES]
    with office.databases.keys.write() as session, pytest.raises(SealError, match="bound to an"):
        seal_for(session, office.ring, mine, b"milk", office.binding(other))
