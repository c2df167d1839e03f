"""What is held of one customer, for the customer's own question and the operator's command."""

from dataclasses import dataclass

from clienteling.customers.profile import Account, Allergies, AllergyState, Preferences, read
from clienteling.customers.templates import template_rows
from consent.errors import ConsentMissingError, SubjectUnknownError
from consent.keystore.keys import data_key_ids
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import (
    history,
    is_restricted,
    standing,
    standing_for_the_customer,
)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything held, section by section; a section is None where its purpose does not stand.

    Attributes:
        look_alike: Another customer looks very much like this one.
        stricter: By how many steps recognition is stricter with them, after "not this person".
    """

    customer: str
    purposes: tuple[str, ...]
    account: Account | None
    preferences: Preferences | None
    allergies_state: AllergyState
    allergies: Allergies | None
    templates: int
    look_alike: bool
    stricter: int


@dataclass(frozen=True, slots=True)
class ConsentEvent:
    """One line of the consent history.

    The last three are in no receipt: what stands on this consent, while it stands.
    """

    purpose: str
    state: str
    at: str
    expires_at: str | None
    record_id: str
    leaf_index: int
    template_refs: tuple[str, ...]
    model_ids: tuple[str, ...]
    key_id: str | None


@dataclass(frozen=True, slots=True)
class Consents:
    """A customer's consents: the events in order, and what stands now."""

    customer: str
    standing: tuple[str, ...]
    events: tuple[ConsentEvent, ...]


def overview(office: Office, subject_id: str, *, reader: str) -> Overview:
    """Open what is held of a customer; the read is logged.

    Raises:
        SubjectUnknownError: nobody has this number, or everything was erased.
        ConsentMissingError: the customer's data is restricted (GDPR 18).
    """
    with office.databases.identity.read() as identity:
        grants = standing(identity, subject_id, office.now())
        templates = template_rows(identity, subject_id)
        restricted = is_restricted(identity, subject_id)
    if restricted:
        raise ConsentMissingError(
            "This customer's data is restricted: it is kept and shown to nobody but the customer. "
            "Use `clienteling customer export` to answer them."
        )
    if not grants:
        raise SubjectUnknownError(
            f"There is no customer {subject_id} here (never enrolled, or erased)."
        )
    account = preferences = allergies = None
    if Purpose.ACCOUNT in grants:
        account = read(office, grants[Purpose.ACCOUNT], Account)
    if Purpose.PREFERENCES in grants:
        preferences = read(office, grants[Purpose.PREFERENCES], Preferences)
    state = AllergyState.NOT_SHARED
    if Purpose.ALLERGIES in grants:
        allergies = read(office, grants[Purpose.ALLERGIES], Allergies)
        state = AllergyState.NOT_RECORDED if allergies is None else allergies.state
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.PROFILE_READ,
            actor=reader,
            about=subject_id,
            detail={},
            now=office.now(),
        )
    return Overview(
        customer=subject_id,
        purposes=tuple(str(purpose) for purpose in grants),
        account=account,
        preferences=preferences,
        allergies_state=state,
        allergies=allergies,
        templates=len(templates),
        look_alike=any(row.look_alike for row in templates),
        stricter=max((row.stricter for row in templates), default=0),
    )


def consents(office: Office, subject_id: str, *, reader: str) -> Consents:
    """Return the consent history of a customer (also of one erased: the proof stays); logged.

    Raises:
        SubjectUnknownError: nobody ever had this number here.
    """
    with office.databases.identity.read() as identity:
        rows = history(identity, subject_id)
        grants = standing_for_the_customer(identity, subject_id, office.now())
        templates = template_rows(identity, subject_id)
    with office.databases.keys.read() as session:
        key_ids = data_key_ids(session, subject_id)
    stands = {grant.record_id for grant in grants.values()}
    events = tuple(
        ConsentEvent(
            row.purpose,
            row.state,
            row.event_time,
            row.expires_at,
            row.record_id,
            row.leaf_index,
            tuple(made.alias for made in templates if made.consent_id == row.record_id),
            tuple(made.model_id for made in templates if made.consent_id == row.record_id),
            key_ids.get(row.purpose) if row.record_id in stands else None,
        )
        for row in rows
    )
    if not events:
        raise SubjectUnknownError(f"There is no customer {subject_id} here.")
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.PROFILE_READ,
            actor=reader,
            about=subject_id,
            detail={"part": "consents"},
            now=office.now(),
        )
    return Consents(subject_id, tuple(str(purpose) for purpose in grants), events)
