"""Writing consent records: one per purpose and event, hashed into the log as it is stored.

Field names follow ISO/IEC TS 27560:2023 (docs/privacy/receipts.md lists each, with its Kantara and
DPV names). A field that does not apply is null, and `absent` says why. A record is written before
any key or template exists (R11), so it cannot name one: those lie in their own tables, which lead
back to the record, and no receipt carries them.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from sqlalchemy.orm import Session

from consent import records
from consent.canonical import JSON
from consent.clock import stamp
from consent.keeping import kept, valid_days
from consent.log import ledger
from consent.log.commitments import digest
from consent.log.events import EventKind
from consent.models import ConsentRow
from consent.purposes import TERMS, Purpose
from consent.records import State
from consent.region.policy import CapturePolicy, RegionProfile
from consent.setting import Office

#: 2: locations, recipients and the way of recognition come from the configuration; the URI of the
#: notice, duration, build, representative, signature, and why a field is null were added.
SCHEMA = "ISO/IEC TS 27560:2023; clienteling 2"

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
_IN_THE_SHOP = "in the camera's own computer, among those enrolled in this shop"
_RECOGNISE_METHOD = {
    None: "no camera recognises here",
    CapturePolicy.PASS: "one to one, in the camera's own computer, against the one template that "
    "the pass in the customer's hand opens",
    CapturePolicy.TRIGGER: "one to many, only after the customer asks for it at the camera, "
    + _IN_THE_SHOP,
    CapturePolicy.ZONE: f"one to many, when a face stays in the marked lane, {_IN_THE_SHOP}",
    CapturePolicy.AMBIENT: f"one to many, of every face in view, {_IN_THE_SHOP}",
}
_TILL_METHOD = (
    "one to many, only after the customer asks for it at the till and makes the movement that it "
    "asks for, in the camera's own computer, among those who chose it in this shop; no payment"
)
_BUILD = f"clienteling {version('clienteling')}"


@dataclass(frozen=True, slots=True)
class Act:
    """Who declared what, how: the part of a record that the declaration itself gives.

    `notice` is None when consent ends: the record then repeats the notice of the one before.
    `signature`: under the release, where one is signed (`consent.releases.body_of`).
    `transferred`: nobody declared anything: the account comes from a file (`taking_over`).
    """

    actor: str
    method: str
    notice: Mapping[str, JSON] | None
    attestation: str | None = None
    confirmed: bool = False
    age_confirmed: bool = False
    signature: Mapping[str, JSON] | None = None
    transferred: bool = False


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
    expires_at = _expiry(office.profile, purpose, state, now)
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


def _expiry(
    profile: RegionProfile, purpose: Purpose, state: State, now: datetime
) -> datetime | None:
    days = valid_days(profile, purpose)
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
    terms, shop = TERMS[purpose], office.processing
    notice = _notice(office, purpose, act, previous)
    expires_at = _expiry(office.profile, purpose, state, now)
    body: dict[str, JSON] = {
        "schema_version": SCHEMA,
        "record_id": str(uuid.uuid4()),
        "pii_principal_id": subject_id,
        "privacy_notice": notice,
        "language": notice["language"] if notice else None,
        "purpose": purpose.value,
        "purpose_type": terms.code,
        "lawful_basis": [office.profile.bases[basis] for basis in terms.bases],
        "pii_type": list(terms.pii_type),
        "special_category": terms.special_category,
        "pii_optional": purpose is not Purpose.ACCOUNT,
        "pii_controllers": [controller_body(office)],
        "collection_method": act.method,
        "collection_build": _BUILD,
        "processing_method": _method(purpose, shop.policy),
        "storage_locations": list(shop.storage),
        "processing_location": list(shop.places),
        "retention_period": kept(office.profile, purpose),
        "jurisdiction": office.profile.jurisdiction,
        "recipients": list(shop.recipients),
        "withdrawal_method": list(_WITHDRAWAL),
        "privacy_rights": list(_RIGHTS),
        "authority_party": office.profile.authority,
        "impact_assessment": office.dpia_id,
        "event_time": stamp(now),
        "event_type": _event_type(state, act),
        "event_state": state.value,
        "validity_duration": f"P{valid_days(office.profile, purpose)}D" if expires_at else None,
        "valid_until": stamp(expires_at) if expires_at else None,
        "entity_id": act.actor,
        "attestation": act.attestation,
        "second_act": act.confirmed,
        "minimum_age": office.profile.min_age if act.age_confirmed else None,
        "representative": None,
        "e_signature": dict(act.signature) if act.signature else None,
        "prev_event": previous.record_id if previous else None,
    }
    reasons = _reasons(office, state, act)
    body["absent"] = {name: reasons[name] for name, value in body.items() if value is None}
    return body


def _method(purpose: Purpose, policy: CapturePolicy | None) -> str:
    if purpose is Purpose.TILL:
        return _TILL_METHOD
    if purpose in {Purpose.RECOGNISE, Purpose.OTHER_SHOPS}:
        return _RECOGNISE_METHOD[policy]
    return "shown to staff"


def _event_type(state: State, act: Act) -> str:
    if state is State.EXPIRED:
        return "lapsed"
    return "transferred" if act.transferred else "explicit"


def _notice(
    office: Office, purpose: Purpose, act: Act, previous: ConsentRow | None
) -> dict[str, JSON] | None:
    """Return which text was shown, with the address at which this hub publishes it."""
    if act.notice is None:
        return previous.body["privacy_notice"] if previous is not None else None
    where = f"/notices/{act.notice['version']}/{act.notice['language']}/{purpose.value}"
    return {"uri": office.processing.address + where, **act.notice}


def _reasons(office: Office, state: State, act: Act) -> dict[str, str]:
    """Return why a field is null, for each that may be."""
    ends = "consent was not given by this event"
    no_text = "no text was shown for this event, nor for one before it"
    given = state is State.GIVEN
    return {
        "privacy_notice": no_text,
        "language": no_text,
        "impact_assessment": "the configuration names none",
        "validity_duration": "stands until the account is erased" if given else ends,
        "valid_until": "stands until the account is erased" if given else ends,
        "attestation": f"not collected on paper ({act.method})",
        "minimum_age": "age is declared when somebody joins or chooses anew",
        "representative": f"only people of {office.profile.min_age} or over, for themselves",
        "e_signature": "only a consent for which a face is captured is signed, when it is given"
        if office.profile.release_needed
        else f"not asked for by the law of {office.profile.jurisdiction}",
        "prev_event": "the first event of this purpose",
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
