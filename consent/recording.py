"""Writing consent records: the body of PRIVACY.md section B, hashed into the log as it is stored.

Field names follow ISO/IEC TS 27560:2023.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from consent import ledger, records
from consent.canonical import JSON
from consent.clock import stamp
from consent.commitments import digest
from consent.events import EventKind
from consent.models import ConsentRow
from consent.purposes import TERMS, Purpose
from consent.records import State
from consent.setting import Office

SCHEMA = "ISO/IEC TS 27560:2023; clienteling 1"

_KINDS = {
    State.GIVEN: EventKind.CONSENT_GIVEN,
    State.REFUSED: EventKind.CONSENT_REFUSED,
    State.WITHDRAWN: EventKind.CONSENT_WITHDRAWN,
    State.EXPIRED: EventKind.CONSENT_EXPIRED,
}
_RIGHTS = (
    "access",
    "correction",
    "erasure",
    "restriction",
    "portability",
    "objection",
    "complaint",
)
_WITHDRAWAL = (
    "kiosk, with the receipt code",
    "any member of staff",
    "in writing to the controller",
)
_RECOGNISE_METHOD = (
    "one to many within this shop, only after the customer asks for it at the camera"
)


@dataclass(frozen=True, slots=True)
class Act:
    """Who declared what, how: the part of a record that the declaration itself gives.

    `notice` is None when consent ends: the record then repeats the notice of the one before.
    """

    actor: str
    method: str
    notice: Mapping[str, JSON] | None
    attestation: str | None = None
    confirmed: bool = False
    age_confirmed: bool = False


def record(
    identity: Session,
    office: Office,
    subject_id: str,
    purpose: Purpose,
    state: State,
    act: Act,
    now: datetime,
) -> ConsentRow:
    """Add the record of one consent event and its log entry, in the caller's transaction."""
    previous = records.newest(identity, subject_id, [purpose]).get(purpose)
    body = _body(office, subject_id, purpose, state, act, previous, now)
    digested = digest(body)
    entry = ledger.append(
        identity,
        office.ring,
        _KINDS[state],
        actor=act.actor,
        about=subject_id,
        detail={"purpose": purpose.value, "record": body["record_id"], "sha256": digested},
        now=now,
    )
    expires_at = _expiry(purpose, state, now)
    row = ConsentRow(
        record_id=body["record_id"],
        subject_id=subject_id,
        purpose=purpose.value,
        state=state.value,
        event_time=body["event_time"],
        expires_at=stamp(expires_at) if expires_at else None,
        leaf_index=entry.leaf_index,
        body=body,
    )
    identity.add(row)
    identity.flush()
    return row


def _expiry(purpose: Purpose, state: State, now: datetime) -> datetime | None:
    days = TERMS[purpose].validity_days
    return now + timedelta(days=days) if state is State.GIVEN and days is not None else None


def _body(
    office: Office,
    subject_id: str,
    purpose: Purpose,
    state: State,
    act: Act,
    previous: ConsentRow | None,
    now: datetime,
) -> dict[str, JSON]:
    terms = TERMS[purpose]
    notice = act.notice
    if notice is None and previous is not None:
        notice = previous.body["privacy_notice"]
    expires_at = _expiry(purpose, state, now)
    return {
        "schema_version": SCHEMA,
        "record_id": str(uuid.uuid4()),
        "pii_principal_id": subject_id,
        "privacy_notice": notice,
        "language": notice["language"] if notice else None,
        "purpose": purpose.value,
        "purpose_type": terms.code,
        "lawful_basis": list(terms.lawful_basis),
        "pii_type": list(terms.pii_type),
        "special_category": terms.special_category,
        "pii_optional": purpose is not Purpose.ACCOUNT,
        "pii_controllers": [controller_body(office)],
        "collection_method": act.method,
        "processing_method": _RECOGNISE_METHOD
        if purpose is Purpose.RECOGNISE
        else "shown to staff",
        "storage_locations": ["the shop's own server"],
        "processing_location": ["the shop"],
        "retention_period": terms.retention,
        "jurisdiction": office.profile.jurisdiction,
        "recipients": [],
        "withdrawal_method": list(_WITHDRAWAL),
        "privacy_rights": list(_RIGHTS),
        "authority_party": office.profile.authority,
        "impact_assessment": office.dpia_id,
        "event_time": stamp(now),
        "event_type": "explicit",
        "event_state": state.value,
        "valid_until": stamp(expires_at) if expires_at else None,
        "entity_id": act.actor,
        "attestation": act.attestation,
        "second_act": act.confirmed,
        "minimum_age": office.profile.min_age if act.age_confirmed else None,
        "prev_event": previous.record_id if previous else None,
    }


def controller_body(office: Office) -> dict[str, JSON]:
    """Return the controller as records and receipts name it."""
    controller = office.controller
    return {
        "name": controller.name,
        "address": controller.address,
        "contact": controller.contact,
        "dpo": controller.dpo,
        "demo": controller.demo,
    }
