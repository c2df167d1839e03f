"""What a customer tells us: account, tastes, allergies. Read and written through their own keys."""

import hashlib
import hmac
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic import Field as Bounded
from pydantic.dataclasses import dataclass
from sqlalchemy import delete

from clienteling.catalogue.allergens import Allergen
from clienteling.config import explain
from clienteling.customers.models import LookupRow
from clienteling.customers.sections import read_section, write_section
from clienteling.errors import UsageError
from consent.clock import stamp
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant
from consent.storage import Databases

_STRICT = ConfigDict(extra="forbid")
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


@dataclass(frozen=True, slots=True, config=_STRICT)
class Account:
    """P0: how to call and reach the person."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    language: Literal["nl", "en"] = "nl"
    email: (
        Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
        | None
    ) = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class Preferences:
    """P2: tastes in the customer's own words."""

    likes: Annotated[tuple[Words, ...], Bounded(max_length=12)] = ()


class AllergyState(StrEnum):
    """Four states that must never be confused (PRODUCT.md)."""

    KNOWN = "known"
    NONE_KNOWN = "none_known"
    NOT_RECORDED = "not_recorded"
    NOT_SHARED = "not_shared"


@dataclass(frozen=True, slots=True, config=_STRICT)
class Allergies:
    """P3: what the customer stated, and when. Empty lists mean "none known", said by the customer.

    A customer who gave the purpose and said nothing has no section at all ("not recorded").
    """

    as_of: str
    codes: Annotated[tuple[Allergen, ...], Bounded(max_length=14)] = ()
    own_words: Annotated[tuple[Words, ...], Bounded(max_length=5)] = ()

    @property
    def state(self) -> AllergyState:
        """KNOWN or NONE_KNOWN; the other two states are the absence of this object."""
        return AllergyState.KNOWN if self.codes or self.own_words else AllergyState.NONE_KNOWN


Section = Account | Preferences | Allergies
S = TypeVar("S", Account, Preferences, Allergies)
_PURPOSE: dict[type[Section], Purpose] = {
    Account: Purpose.ACCOUNT,
    Preferences: Purpose.PREFERENCES,
    Allergies: Purpose.ALLERGIES,
}


def stated(kind: type[S], **values: object) -> S:
    """Build a section from what a person typed.

    Raises:
        UsageError: a value is missing, too long or not known; the message names the field.
    """
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        raise UsageError(f"{kind.__name__}: {explain(error)}") from error


def stated_allergies(
    office: Office, codes: tuple[str, ...], own_words: tuple[str, ...] = ()
) -> Allergies:
    """Build the allergies a customer states today (empty: "none known").

    Raises:
        UsageError: a code is not one of the 14, or there are more than five own entries.
    """
    return stated(
        Allergies,
        as_of=stamp(office.now())[:10],
        codes=tuple(dict.fromkeys(codes)),
        own_words=own_words,
    )


def write(office: Office, grant: Grant, section: Section) -> None:
    """Seal a section under its purpose's key.

    Raises:
        UsageError: the grant is for another purpose.
    """
    if grant.purpose is not _PURPOSE[type(section)]:
        raise UsageError(f"A grant for {grant.purpose} does not open {type(section).__name__}.")
    write_section(office, grant, TypeAdapter(type(section)).dump_json(section))
    if isinstance(section, Account):
        _write_lookup(office, grant.subject_id, section.email)


def _write_lookup(office: Office, subject_id: str, email: str | None) -> None:
    """Let this address, and no earlier one, find the customer; an address finds one customer."""
    with office.databases.identity.write() as identity:
        identity.execute(delete(LookupRow).where(LookupRow.subject_id == subject_id))
        if email is None:
            return
        digest = email_digest(office, email)
        if identity.get(LookupRow, digest) is None:
            identity.add(LookupRow(digest=digest, subject_id=subject_id))


def read(office: Office, grant: Grant, kind: type[S]) -> S | None:
    """Open a section; None when the customer said nothing.

    Raises:
        KeyUnavailableError: the key was destroyed. SealError: the stored bytes were altered.
    """
    content = read_section(office, grant)
    return None if content is None else TypeAdapter(kind).validate_json(content)


def email_digest(office: Office, email: str) -> str:
    """Return the keyed hash under which an address is looked up."""
    normal = email.strip().casefold().encode()
    return hmac.new(office.ring.lookup, normal, hashlib.sha256).hexdigest()


def find_by_email(office: Office, email: str) -> str | None:
    """Return the subject with this address, or None."""
    with office.databases.identity.read() as identity:
        row = identity.get(LookupRow, email_digest(office, email))
        return None if row is None else row.subject_id


def erase_lookups(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: with the account goes every way to find it."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(LookupRow).where(LookupRow.subject_id == subject_id))
    return ()
