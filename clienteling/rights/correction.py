"""Correction (GDPR 16): what a customer tells us anew replaces what was there.

At the kiosk the customer sees what is held; on request an officer writes without reading. The log
keeps which parts changed, never what they say.
"""

from dataclasses import dataclass, replace

from clienteling.customers.contact import card_number, phone_number
from clienteling.customers.profile import (
    Account,
    Allergies,
    Preferences,
    put,
    read,
    seal_section,
    stated,
    stated_allergies,
)
from consent.canonical import JSON
from consent.errors import ConsentMissingError, SubjectUnknownError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, standing_for_the_customer


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None leaves a part as it is. An empty contact takes it out."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    card: str | None = None
    language: str | None = None
    likes: tuple[str, ...] | None = None
    allergies: tuple[tuple[str, ...], tuple[str, ...]] | None = None  # codes, own words


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a customer told us, for that customer's eyes. None: its purpose does not stand."""

    account: Account
    preferences: Preferences | None
    allergies: Allergies | None
    shares_preferences: bool
    shares_allergies: bool


def own_words(office: Office, subject_id: str, *, reader: str) -> OwnWords:
    """Return what the customer told us, and log that it was shown.

    Raises:
        SubjectUnknownError: never joined, or erased.
    """
    grants = _grants(office, subject_id)
    account = read(office, grants[Purpose.ACCOUNT], Account)
    if account is None:
        raise SubjectUnknownError("Nothing is kept under this number any more.")
    likes, allergies = grants.get(Purpose.PREFERENCES), grants.get(Purpose.ALLERGIES)
    _log(office, EventKind.PROFILE_READ, subject_id, reader, {"what": "own words"})
    return OwnWords(
        account=account,
        preferences=read(office, likes, Preferences) if likes else None,
        allergies=read(office, allergies, Allergies) if allergies else None,
        shares_preferences=likes is not None,
        shares_allergies=allergies is not None,
    )


def correct(office: Office, subject_id: str, change: Change, *, actor: str) -> tuple[str, ...]:
    """Replace what changes; returns the names of the parts that did.

    Raises:
        SubjectUnknownError: never joined, or erased.
        ConsentMissingError: the customer does not share that part.
        UsageError: a value is missing, too long or not known; nothing is changed.
    """
    grants = _grants(office, subject_id)
    written: list[tuple[Grant, Account | Preferences | Allergies]] = []
    if replace(change, likes=None, allergies=None) != Change():
        written.append((grants[Purpose.ACCOUNT], _account(office, grants, change)))
    if change.likes is not None:
        told = stated(Preferences, likes=change.likes)
        written.append((_shared(grants, Purpose.PREFERENCES), told))
    if change.allergies is not None:
        allergies = stated_allergies(office, *change.allergies)
        written.append((_shared(grants, Purpose.ALLERGIES), allergies))
    parts = tuple(grant.purpose.value for grant, _ in written)
    sealed = [seal_section(office, grant, section) for grant, section in written]
    if sealed:
        # At once: whoever reads in the log that it changed finds it changed.
        with office.databases.identity.write() as identity:
            append(
                identity,
                office.ring,
                EventKind.CORRECTION,
                actor=actor,
                about=subject_id,
                detail={"parts": list(parts)},
                now=office.now(),
            )
            for section in sealed:
                put(identity, section)
    return parts


def _account(office: Office, grants: dict[Purpose, Grant], change: Change) -> Account:
    held = read(office, grants[Purpose.ACCOUNT], Account)
    held = held or Account(name="?")  # nothing was told: the name must be now
    phone, card = change.phone, change.card
    return stated(
        Account,
        name=held.name if change.name is None else change.name,
        language=held.language if change.language is None else change.language,
        email=held.email if change.email is None else change.email or None,
        phone=held.phone if phone is None else phone_number(office, phone) if phone else None,
        card=held.card if card is None else card_number(card) if card else None,
    )


def _shared(grants: dict[Purpose, Grant], purpose: Purpose) -> Grant:
    if purpose not in grants:
        raise ConsentMissingError(f"The customer does not share {purpose.value}. Ask them first.")
    return grants[purpose]


def _grants(office: Office, subject_id: str) -> dict[Purpose, Grant]:
    with office.databases.identity.read() as identity:
        grants = standing_for_the_customer(identity, subject_id, office.now())
    if Purpose.ACCOUNT not in grants:
        raise SubjectUnknownError("There is no such customer here: never joined, or erased.")
    return grants


def _log(
    office: Office, kind: EventKind, subject_id: str, actor: str, detail: dict[str, JSON]
) -> None:
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            kind,
            actor=actor,
            about=subject_id,
            detail=detail,
            now=office.now(),
        )
