"""Sections: sealed for one subject, purpose and consent; gone with the key."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from clienteling.customers.models import SectionRow
from clienteling.customers.sections import erase_sections, read_section, sealed_section
from clienteling.home import Home
from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keys import destroy_data_keys
from consent.purposes import Purpose
from consent.records import Grant
from tests.support.people import join

GrantOf = Callable[[str, Purpose], Grant]
SECRET = b'{"likes":["a very particular fudge"]}'


@pytest.fixture
def grant(shop: Home, grant_of: GrantOf) -> Grant:
    return grant_of(join(shop).subject_id, Purpose.PREFERENCES)


def write_section(shop: Home, grant: Grant, content: bytes) -> None:
    row = sealed_section(shop.office, grant, content)
    with shop.databases.identity.write() as identity:
        identity.merge(row)


def sealed(shop: Home) -> dict[tuple[str, str], bytes]:
    with shop.databases.identity.read() as identity:
        rows = identity.scalars(select(SectionRow))
        return {(row.subject_id, row.purpose): row.sealed for row in rows}


def test_what_is_written_is_read_and_lies_sealed(shop: Home, grant: Grant) -> None:
    write_section(shop, grant, SECRET)

    assert read_section(shop.office, grant) == SECRET
    assert SECRET[10:20] not in sealed(shop)[grant.subject_id, grant.purpose]


def test_writing_again_replaces(shop: Home, grant: Grant) -> None:
    count = len(sealed(shop))
    write_section(shop, grant, SECRET)
    write_section(shop, grant, b"{}")

    assert read_section(shop.office, grant) == b"{}"
    assert len(sealed(shop)) == count


def test_nothing_said_is_nothing_read(shop: Home, grant_of: GrantOf) -> None:
    customer = join(shop, allergies=None)

    assert read_section(shop.office, grant_of(customer.subject_id, Purpose.ALLERGIES)) is None


def test_without_its_key_a_section_is_unreadable_and_unwritable(shop: Home, grant: Grant) -> None:
    with shop.databases.keys.write() as keys:
        destroy_data_keys(keys, grant.subject_id, [Purpose.PREFERENCES])

    with pytest.raises(KeyUnavailableError):
        read_section(shop.office, grant)
    with pytest.raises(KeyUnavailableError):
        write_section(shop, grant, SECRET)


def test_a_section_moved_to_another_customer_does_not_open(
    shop: Home, grant: Grant, grant_of: GrantOf
) -> None:
    """R20: the associated data binds it to subject, purpose and consent."""
    other = grant_of(join(shop).subject_id, Purpose.PREFERENCES)
    with shop.databases.identity.write() as identity:
        identity.execute(
            update(SectionRow)
            .where(SectionRow.subject_id == other.subject_id)
            .values(sealed=sealed(shop)[grant.subject_id, grant.purpose])
        )

    with pytest.raises(SealError):
        read_section(shop.office, other)


def test_the_eraser_drops_these_purposes_of_this_customer_only(shop: Home, grant: Grant) -> None:
    other = join(shop).subject_id
    ended = frozenset({Purpose.PREFERENCES, Purpose.VISITS})

    assert erase_sections(shop.databases, grant.subject_id, ended) == ()
    assert erase_sections(shop.databases, grant.subject_id, ended) == ()

    left = sealed(shop)
    assert {purpose for subject, purpose in left if subject == grant.subject_id} == {
        "account",
        "allergies",
    }
    assert {purpose for subject, purpose in left if subject == other} == {
        "account",
        "preferences",
        "allergies",
    }
