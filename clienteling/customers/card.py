"""The card that staff see when a customer who asked for it arrives."""

from dataclasses import dataclass
from datetime import date

from clienteling.customers.profile import Account, Allergies, AllergyState, Preferences, read
from clienteling.customers.templates import template_rows
from consent.errors import ConsentMissingError
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import standing
from consent.renewing import renewable


@dataclass(frozen=True, slots=True)
class AllergyPanel:
    """Allergies as the customer stated them. `stated` is None in the states without content."""

    state: AllergyState
    stated: Allergies | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown.

    Attributes:
        allergies: None until a member of staff has confirmed the person (R32).
        look_alike: A camera recognised them, and another customer looks very much like them: staff
            ask for the name.
        ends_on: A consent ends soon, or its text is an earlier one: until when it stands.
    """

    subject_id: str
    name: str
    likes: tuple[str, ...]
    likes_shared: bool
    allergies: AllergyPanel | None
    look_alike: bool = False
    ends_on: date | None = None


def build_card(
    office: Office, subject_id: str, *, reader: str, confirmed: bool, asked_by_name: bool = False
) -> Card:
    """Read a card for `reader` (a member of staff), who is written into the log.

    Args:
        office: Whose customer it is.
        subject_id: Whose card.
        reader: Who reads, as the log names them.
        confirmed: Staff confirmed the person: allergies may be read too (R32).
        asked_by_name: The customer told their name and no camera looked, so the consent to be
            recognised, which is about the face alone, is not asked for (R6).

    Raises:
        ConsentMissingError: the customer is gone, or no longer wants to be recognised.
        KeyUnavailableError: a key was destroyed in this very moment.
    """
    with office.databases.identity.read() as identity:
        grants = standing(identity, subject_id, office.now())
        look_alike = not asked_by_name and any(
            row.look_alike for row in template_rows(identity, subject_id, {Purpose.RECOGNISE})
        )
        ends = [at for at in renewable(identity, office, subject_id, office.now()).values() if at]
    if Purpose.ACCOUNT not in grants:
        raise ConsentMissingError("This customer is no longer recognised here, nor kept.")
    if Purpose.RECOGNISE not in grants and not asked_by_name:
        raise ConsentMissingError("This customer is no longer recognised here.")
    account = read(office, grants[Purpose.ACCOUNT], Account)
    tastes = None
    if Purpose.PREFERENCES in grants:
        tastes = read(office, grants[Purpose.PREFERENCES], Preferences)
    allergies = None
    if confirmed:
        allergies = AllergyPanel(AllergyState.NOT_SHARED)
        if Purpose.ALLERGIES in grants:
            stated = read(office, grants[Purpose.ALLERGIES], Allergies)
            state = AllergyState.NOT_RECORDED if stated is None else stated.state
            allergies = AllergyPanel(state, stated)
    _log_read(office, subject_id, reader, confirmed=confirmed)
    return Card(
        subject_id=subject_id,
        name="" if account is None else account.name,
        likes=() if tastes is None else tastes.likes,
        likes_shared=Purpose.PREFERENCES in grants,
        allergies=allergies,
        look_alike=look_alike,
        ends_on=min(ends).date() if ends else None,
    )


def _log_read(office: Office, subject_id: str, reader: str, *, confirmed: bool) -> None:
    kind = EventKind.ALLERGIES_READ if confirmed else EventKind.CARD_READ
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            kind,
            actor=reader,
            about=subject_id,
            detail={},
            now=office.now(),
        )
