"""Everything that is held of one customer, row by row, opened under the customer's own grants.

Whole rows are taken, so a column that is added later is in the export too; what is left out is
named in `LEFT_OUT` with its reason, and a guard test walks the schema. It also works while the
customer is restricted: it is their own question (GDPR 15, 20).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from clienteling.access.models import ApprovalRow
from clienteling.customers.models import (
    AliasRow,
    LookupRow,
    RecordRow,
    ReleaseRow,
    SectionRow,
    TemplateRow,
    VisitRow,
)
from clienteling.customers.records import record
from clienteling.customers.releases import open_signature
from clienteling.customers.sections import read_section
from clienteling.service.helpbar.texts import Sealed, note_item, open_words, request_item
from clienteling.service.models import HelpNoteRow, HelpRequestRow
from consent.canonical import JSON
from consent.errors import KeyUnavailableError, NoticeError, SealError
from consent.keystore.seals import unseal_for
from consent.models import (
    ConsentRow,
    DataKeyRow,
    FlowRow,
    IdentityBase,
    KeysBase,
    LogDetailRow,
    LogEntryRow,
    ReceiptRow,
    RequestRow,
    RestrictionRow,
    SubjectRow,
    TemplatesBase,
)
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant
from consent.rights.request_acts import texts_of
from consent.rights.requests import view_of

Row = dict[str, JSON]
Held = dict[str, list[Row]]

#: Columns that are not handed out as they stand, and why. Sealed ones appear opened.
LEFT_OUT: Mapping[str, str] = {
    "customer_section.sealed": "opened: its content stands in its place",
    "customer_record.sealed": "opened: its content stands in its place",
    "visit.sealed": "opened: its content stands in its place",
    "help_request.sealed": "opened: what was asked stands in its place",
    "help_note.sealed": "opened: the words stand in its place",
    "release_signature.sealed": "opened: the name and salt stand in its place",
    "rights_request.text": "opened: the words stand in its place",
    "rights_request.reply": "opened: the words stand in its place",
    "template.sealed": "the numbers of a face are never shown to anybody (R22), as a photograph's "
    "copy would be a risk for the customer; that it exists, its model and date are told",
    "data_key.wrapped": "a key, nothing about the customer; what it opens is handed out",
    "receipt.code_hash": "a keyed hash of the code on the receipt; whether it still works is told",
    "customer_lookup.digest": "a keyed hash of a contact, which is handed out itself in `told`",
    "log_detail.salt": "random; the receipts carry those that a proof needs",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One table, the name that the export gives it, and the column that says whose a row is."""

    name: str
    owner: InstrumentedAttribute[Any]


PARTS = (
    Part("customer", SubjectRow.id),
    Part("consents", ConsentRow.subject_id),
    Part("receipts", ReceiptRow.subject_id),
    Part("told", SectionRow.subject_id),
    Part("kept", RecordRow.subject_id),
    Part("email_lookup", LookupRow.subject_id),
    Part("visits", VisitRow.subject_id),
    Part("releases", ReleaseRow.subject_id),
    Part("face_templates", AliasRow.subject_id),
    Part("service_requests", HelpRequestRow.subject_id),
    Part("service_notes", HelpNoteRow.subject_id),
    Part("requests", RequestRow.subject_id),
    Part("restriction", RestrictionRow.subject_id),
    Part("endings", FlowRow.subject_id),
    Part("approvals", ApprovalRow.about),
    Part("log", LogDetailRow.about),
)
#: The same for the other two databases.
KEYS = Part("keys", DataKeyRow.subject_id)
TEMPLATES = Part("sealed_templates", TemplateRow.alias)


def held(office: Office, subject_id: str, grants: Mapping[Purpose, Grant]) -> Held:
    """Return every row about a customer, with what is sealed opened.

    Raises:
        SealError: stored bytes were altered.
    """
    with office.databases.identity.read() as identity:
        rows = {part.name: _rows(identity, part, [subject_id]) for part in PARTS}
        entries = {
            entry.leaf_index: entry
            for entry in identity.scalars(
                select(LogEntryRow)
                .join(LogDetailRow, LogDetailRow.leaf_index == LogEntryRow.leaf_index)
                .where(LogDetailRow.about == subject_id)
            )
        }
    with office.databases.keys.read() as keys:
        rows[KEYS.name] = _rows(keys, KEYS, [subject_id])
    aliases = [row.alias for row in rows["face_templates"]]
    with office.databases.templates.read() as templates:
        rows[TEMPLATES.name] = _rows(templates, TEMPLATES, aliases)
    found = {name: [_open_columns(row) for row in several] for name, several in rows.items()}
    for row, shown in zip(rows["consents"], found["consents"], strict=True):
        shown["notice_text"] = _notice_text(office, row)
    for row, shown in zip(rows["receipts"], found["receipts"], strict=True):
        shown["code_works"] = row.code_hash is not None
    for row, shown in zip(rows["told"], found["told"], strict=True):
        shown["content"] = _told(office, row, grants)
    for row, shown in zip(rows["kept"], found["kept"], strict=True):
        shown["content"] = _kept(office, row, grants)
    for row, shown in zip(rows["visits"], found["visits"], strict=True):
        shown["content"] = _visit(office, row, grants)
        kept = timedelta(days=office.profile.retention.visits)
        shown["kept_until"] = (date.fromisoformat(row.day) + kept).isoformat()
    _open_service(office, rows, found, grants)
    for row, shown in zip(rows["releases"], found["releases"], strict=True):
        shown["signed"] = _signed(office, row, grants)
    for row, shown in zip(rows["requests"], found["requests"], strict=True):
        texts = texts_of(office, view_of(row, office.now()))
        shown["text"], shown["reply"] = texts.text, texts.reply
    for row, shown in zip(rows["log"], found["log"], strict=True):
        shown["kind"], shown["at"] = entries[row.leaf_index].kind, entries[row.leaf_index].at
    return found


def _rows(session: Session, part: Part, owners: list[str]) -> list[Any]:
    row_class = part.owner.class_
    keys = row_class.__table__.primary_key.columns
    return list(session.scalars(select(row_class).where(part.owner.in_(owners)).order_by(*keys)))


def _open_columns(row: IdentityBase | TemplatesBase | KeysBase) -> Row:
    return {
        column.key: cast(JSON, getattr(row, column.key))
        for column in row.__table__.columns
        if f"{row.__tablename__}.{column.key}" not in LEFT_OUT
    }


def _notice_text(office: Office, row: ConsentRow) -> str | None:
    """Return the exact text that was shown; None where none was, or it is no longer here."""
    notice = row.body.get("privacy_notice")
    if not notice:
        return None
    try:
        shown = office.notices.get(notice["version"], notice["language"], Purpose(row.purpose))
    except NoticeError:
        return None
    return shown.text if shown.sha256 == notice["sha256"] else None


def _told(office: Office, row: SectionRow, grants: Mapping[Purpose, Grant]) -> JSON:
    """Open a section; None where its consent has ended, so that nothing can open it any more."""
    grant = grants.get(Purpose(row.purpose))
    if grant is None:
        return None
    try:
        content = read_section(office, grant)
    except KeyUnavailableError:
        return None  # withdrawn this very moment
    return None if content is None else cast(JSON, json.loads(content))


def _kept(office: Office, row: RecordRow, grants: Mapping[Purpose, Grant]) -> JSON:
    grant = grants.get(Purpose(row.purpose))
    if grant is None:
        return None
    try:
        opened = record(office, grant, row.id)
    except (KeyUnavailableError, SealError):
        return None
    return None if opened is None else cast(JSON, json.loads(opened.content))


def _visit(office: Office, row: VisitRow, grants: Mapping[Purpose, Grant]) -> JSON:
    grant = grants.get(Purpose.VISITS)
    if grant is None or row.consent_id != grant.consent_id:
        return None
    try:
        with office.databases.keys.read() as keys:
            plain = unseal_for(keys, office.ring, grant, row.sealed, office.binding(grant))
    except (KeyUnavailableError, SealError):
        return None
    return cast(JSON, json.loads(plain))


def _open_service(
    office: Office, rows: dict[str, list[Any]], found: Held, grants: Mapping[Purpose, Grant]
) -> None:
    """Open what was asked of the shop, and what colleagues wrote about it."""
    for row, shown in zip(rows["service_requests"], found["service_requests"], strict=True):
        shown["asked"] = _asked(office, row, grants)
    for row, shown in zip(rows["service_notes"], found["service_notes"], strict=True):
        shown["text"] = _helped(office, row, grants)


def _asked(office: Office, row: HelpRequestRow, grants: Mapping[Purpose, Grant]) -> JSON:
    plain = _words(office, row.id, (request_item(row.id), row.sealed), grants)
    return None if plain is None else cast(JSON, json.loads(plain))


def _helped(office: Office, row: HelpNoteRow, grants: Mapping[Purpose, Grant]) -> JSON:
    plain = _words(office, row.request_id, (note_item(row.id), row.sealed), grants)
    return None if plain is None else plain.decode()


def _words(
    office: Office, request_id: str, sealed: Sealed, grants: Mapping[Purpose, Grant]
) -> bytes | None:
    account = grants.get(Purpose.ACCOUNT)
    if account is None:
        return None
    try:
        with office.databases.keys.read() as keys:
            (plain,) = open_words(office, keys, request_id, account, [sealed])
    except (KeyUnavailableError, SealError):
        return None
    return plain


def _signed(office: Office, row: ReleaseRow, grants: Mapping[Purpose, Grant]) -> JSON:
    account = grants.get(Purpose.ACCOUNT)
    if account is None:
        return None
    try:
        signature = open_signature(office, row, account)
    except KeyUnavailableError:
        return None  # erased this very moment
    return {"name": signature.name, "salt": signature.salt.hex()}
