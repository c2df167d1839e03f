"""Sealed sections: what a customer told us, one section and one key per purpose.

Reading or writing needs a `Grant`, which only `consent.records` hands out while consent stands.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import delete, select

from clienteling.customers.models import SectionRow
from consent.keystore.seals import seal_for, unseal_each_for, unseal_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, subjects_granting
from consent.storage import Databases

#: So many are opened at a time: a name for each in one query.
_BATCH: Final = 500


def sealed_section(office: Office, grant: Grant, content: bytes) -> SectionRow:
    """Seal `content` (JSON) as the section of the grant's purpose; merging the row replaces it.

    Raises:
        KeyUnavailableError: the key was destroyed since the grant was read.
    """
    with office.databases.keys.write() as keys:
        sealed = seal_for(keys, office.ring, grant, content, office.binding(grant))
    return section_row(grant, sealed)


def section_row(grant: Grant, sealed: bytes) -> SectionRow:
    """Return the row of a sealed section."""
    return SectionRow(
        subject_id=grant.subject_id,
        purpose=grant.purpose,
        consent_id=grant.consent_id,
        sealed=sealed,
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
    return tuple(found for batch in batched(grants) for found in open_of(office, batch))


def batched(grants: Sequence[Grant], size: int = _BATCH) -> Iterator[Sequence[Grant]]:
    """Yield the grants, some at a time."""
    for start in range(0, len(grants), size):
        yield grants[start : start + size]


def open_of(office: Office, grants: Sequence[Grant]) -> list[tuple[str, bytes]]:
    """Return (subject, content) of those of these grants, all for one purpose, that have a section.

    At most some hundred at a time; each key is opened once and forgotten.

    Raises:
        SealError: stored bytes were altered or moved.
    """
    if not grants:
        return []
    with office.databases.identity.read() as identity:
        rows = identity.execute(
            select(SectionRow.subject_id, SectionRow.consent_id, SectionRow.sealed).where(
                SectionRow.purpose == grants[0].purpose.value,
                SectionRow.subject_id.in_([grant.subject_id for grant in grants]),
            )
        )
        sealed = {(subject_id, consent_id): content for subject_id, consent_id, content in rows}
    held = [
        (grant, sealed[grant.subject_id, grant.consent_id], office.binding(grant))
        for grant in grants
        if (grant.subject_id, grant.consent_id) in sealed
    ]
    with office.databases.keys.read() as keys:
        plain = unseal_each_for(keys, office.ring, held)
    return [
        (grant.subject_id, content)
        for (grant, _, _), content in zip(held, plain, strict=True)
        if content is not None
    ]


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
