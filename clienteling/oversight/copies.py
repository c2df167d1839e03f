"""What is held of a customer, where: counted in the databases at this moment, content unread."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow, LookupRow, SectionRow, TemplateRow, VisitRow
from consent.log.events import EventKind
from consent.log.ledger import search
from consent.models import ConsentRow, DataKeyRow, LogDetailRow, ReceiptRow, SubjectRow
from consent.office import Office
from consent.purposes import Purpose

_REMOVALS = 100


@dataclass(frozen=True, slots=True)
class Copies:
    """How much is held of one customer. Numbers and purposes, never content (R44).

    Attributes:
        keys: Purposes that have a data key: only these can be read at all.
        sections: Purposes of which something sealed is kept.
        templates: Sealed face templates, also any left under an alias that was removed.
        aliases: Links from the customer to a template.
        lookups: Keyed hashes of the e-mail address.
        visits: Sealed visits.
        code: Whether a receipt code still opens the withdrawal.
        subject: Whether the customer's row exists; gone after an erasure.
        records: Consent records: the proof, kept pseudonymous.
        log_details: Log entries that can still be linked to this number.
    """

    keys: tuple[Purpose, ...]
    sections: tuple[Purpose, ...]
    templates: int
    aliases: int
    lookups: int
    visits: int
    code: bool
    subject: bool
    records: int
    log_details: int


def copies_of(office: Office, subject_id: str) -> Copies:
    """Count what is held of a customer in the three databases."""
    with office.databases.identity.read() as identity:
        aliases = _aliases(identity, subject_id)
        sections = identity.scalars(
            select(SectionRow.purpose).where(SectionRow.subject_id == subject_id)
        ).all()
        linked = set(
            identity.scalars(select(AliasRow.alias).where(AliasRow.subject_id == subject_id))
        )
        lookups = _count(identity, LookupRow, subject_id)
        visits = _count(identity, VisitRow, subject_id)
        code = identity.scalar(
            select(func.count())
            .select_from(ReceiptRow)
            .where(ReceiptRow.subject_id == subject_id, ReceiptRow.code_hash.is_not(None))
        )
        subject = identity.get(SubjectRow, subject_id) is not None
        records = _count(identity, ConsentRow, subject_id)
        details = identity.scalar(
            select(func.count()).select_from(LogDetailRow).where(LogDetailRow.about == subject_id)
        )
    with office.databases.keys.read() as keys:
        held = keys.scalars(
            select(DataKeyRow.purpose).where(DataKeyRow.subject_id == subject_id)
        ).all()
    with office.databases.templates.read() as templates:
        kept = templates.scalar(
            select(func.count())
            .select_from(TemplateRow)
            .where(TemplateRow.alias.in_(aliases | linked))
        )
    return Copies(
        keys=_purposes(held),
        sections=_purposes(sections),
        templates=kept or 0,
        aliases=len(linked),
        lookups=lookups,
        visits=visits,
        code=bool(code),
        subject=subject,
        records=records,
        log_details=details or 0,
    )


def _aliases(identity: Session, subject_id: str) -> set[str]:
    """Return the aliases that the log says were removed: their templates must be gone as well."""
    removals = search(
        identity, kinds=[EventKind.TEMPLATE_REMOVED], about=subject_id, limit=_REMOVALS
    )
    return {
        alias
        for entry in removals
        for alias in (entry.detail or {}).get("aliases", ())
        if isinstance(alias, str)
    }


def _count(
    identity: Session, table: type[LookupRow | VisitRow | ConsentRow], subject_id: str
) -> int:
    query = select(func.count()).select_from(table).where(table.subject_id == subject_id)
    return identity.scalar(query) or 0


def _purposes(names: Iterable[str]) -> tuple[Purpose, ...]:
    held = set(names)
    return tuple(purpose for purpose in Purpose if purpose.value in held)
