"""Sealed sections: what a customer told us, one section and one key per purpose.

Reading or writing needs a `Grant`, which only `consent.records` hands out while consent stands.
"""

from sqlalchemy import delete, select

from clienteling.customers.models import SectionRow
from consent.errors import KeyUnavailableError
from consent.keystore.keys import seal_for, unseal_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, subjects_granting
from consent.storage import Databases


def write_section(office: Office, grant: Grant, content: bytes) -> None:
    """Seal `content` (JSON) as the section of the grant's purpose; replaces what was there.

    Raises:
        KeyUnavailableError: the key was destroyed since the grant was read.
    """
    with office.databases.keys.write() as keys:
        sealed = seal_for(keys, office.ring, grant, content, office.binding(grant))
    with office.databases.identity.write() as identity:
        identity.merge(
            SectionRow(
                subject_id=grant.subject_id,
                purpose=grant.purpose,
                consent_id=grant.consent_id,
                sealed=sealed,
            )
        )


def read_section(office: Office, grant: Grant) -> bytes | None:
    """Return the section's content, or None when nothing was said.

    Raises:
        KeyUnavailableError: the key was destroyed since the grant was read.
        SealError: the stored bytes were altered or moved.
    """
    with office.databases.identity.read() as identity:
        row = identity.get(SectionRow, (grant.subject_id, grant.purpose))
        if row is None:
            return None
    with office.databases.keys.read() as keys:
        return unseal_for(keys, office.ring, grant, row.sealed, office.binding(grant))


def open_sections(office: Office, purpose: Purpose) -> tuple[tuple[str, bytes], ...]:
    """Return (subject, content) of everyone whose consent for `purpose` stands, oldest first.

    A section whose key is already destroyed is left out: forgetting wins.

    Raises:
        SealError: stored bytes were altered or moved.
    """
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, purpose, office.now())
        rows = identity.scalars(select(SectionRow).where(SectionRow.purpose == purpose.value))
        sealed = {(row.subject_id, row.consent_id): row.sealed for row in rows}
    opened = []
    with office.databases.keys.read() as keys:
        for grant in grants:
            content = sealed.get((grant.subject_id, grant.consent_id))
            if content is None:
                continue
            try:
                plain = unseal_for(keys, office.ring, grant, content, office.binding(grant))
            except KeyUnavailableError:
                continue
            opened.append((grant.subject_id, plain))
    return tuple(opened)


def erase_sections(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: drop the sections of these purposes."""
    with databases.identity.write() as identity:
        identity.execute(
            delete(SectionRow).where(
                SectionRow.subject_id == subject_id,
                SectionRow.purpose.in_([str(purpose) for purpose in purposes]),
            )
        )
    return ()
