"""What a customer tells us: account, tastes, allergies. Read and written through their own keys."""

from collections.abc import Iterator
from dataclasses import dataclass as plain_dataclass
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError
from pydantic import Field as Bounded
from pydantic.dataclasses import dataclass
from sqlalchemy import delete
from sqlalchemy.orm import Session

from clienteling.catalogue.allergens import Allergen
from clienteling.config import explain
from clienteling.customers.contact import CARD, PHONE, ContactKind, contact_digest
from clienteling.customers.models import LookupRow, SectionRow
from clienteling.customers.sections import read_section, sealed_section
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
    """P0: how to call and reach the person. `phone` and `card` are as `contact` keeps them."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    language: Literal["nl", "en"] = "nl"
    email: (
        Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
        | None
    ) = None
    phone: Annotated[str, StringConstraints(pattern=PHONE)] | None = None
    card: Annotated[str, StringConstraints(pattern=CARD)] | None = None

    def contacts(self) -> Iterator[tuple[ContactKind, str]]:
        """Yield each contact that the customer gave."""
        given = {
            ContactKind.EMAIL: self.email,
            ContactKind.PHONE: self.phone,
            ContactKind.CARD: self.card,
        }
        yield from ((kind, value) for kind, value in given.items() if value)


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


@plain_dataclass(frozen=True, slots=True)
class SealedSection:
    """A section ready to be put down, and the keyed hashes that find its customer by it."""

    row: SectionRow
    digests: tuple[str, ...] | None


def write(office: Office, grant: Grant, section: Section) -> None:
    """Seal a section under its purpose's key.

    Raises:
        UsageError: the grant is for another purpose.
    """
    sealed = seal_section(office, grant, section)
    with office.databases.identity.write() as identity:
        put(identity, sealed)


def seal_section(office: Office, grant: Grant, section: Section) -> SealedSection:
    """Seal a section, to be put down (`put`) in the transaction that logs why.

    Raises:
        UsageError: the grant is for another purpose.
        KeyUnavailableError: the key was destroyed since the grant was read.
    """
    if grant.purpose is not _PURPOSE[type(section)]:
        raise UsageError(f"A grant for {grant.purpose} does not open {type(section).__name__}.")
    row = sealed_section(office, grant, as_json(section))
    return SealedSection(row, digests_of(office, section) if isinstance(section, Account) else None)


def as_json(section: Section) -> bytes:
    """Return a section as it is sealed."""
    return TypeAdapter(type(section)).dump_json(section)


def put(identity: Session, sealed: SealedSection) -> None:
    """Put a sealed section down, in the caller's transaction; replaces what was there."""
    identity.merge(sealed.row)
    if sealed.digests is not None:
        put_lookups(identity, sealed.row.subject_id, sealed.digests)


def digests_of(office: Office, account: Account) -> tuple[str, ...]:
    """Return the keyed hashes of a customer's contacts."""
    return tuple(contact_digest(office, kind, value) for kind, value in account.contacts())


def put_lookups(identity: Session, subject_id: str, digests: tuple[str, ...]) -> None:
    """Let these contacts, and no earlier ones, find the customer; each finds one customer."""
    identity.execute(delete(LookupRow).where(LookupRow.subject_id == subject_id))
    for digest in digests:
        if identity.get(LookupRow, digest) is None:
            identity.add(LookupRow(digest=digest, subject_id=subject_id))


def read(office: Office, grant: Grant, kind: type[S]) -> S | None:
    """Open a section; None when the customer said nothing.

    Raises:
        KeyUnavailableError: the key was destroyed. SealError: the stored bytes were altered.
    """
    content = read_section(office, grant)
    return None if content is None else TypeAdapter(kind).validate_json(content)


def find_by_email(office: Office, email: str) -> str | None:
    """Return the subject with this address, or None."""
    return find_by_contact(office, ContactKind.EMAIL, email)


def find_by_contact(office: Office, kind: ContactKind, value: str) -> str | None:
    """Return the subject with this contact (as it is kept), or None."""
    with office.databases.identity.read() as identity:
        row = identity.get(LookupRow, contact_digest(office, kind, value))
        return None if row is None else row.subject_id


def erase_lookups(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: with the account goes every way to find it."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(LookupRow).where(LookupRow.subject_id == subject_id))
    return ()
