"""What in a basket meets an allergy of the customer. Says what it meets, never what they have."""

from collections.abc import Sequence
from dataclasses import dataclass

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus
from clienteling.catalogue.gtin import is_gtin, normal_gtin
from clienteling.catalogue.product import Product
from clienteling.catalogue.shelf import Catalogue
from clienteling.customers.profile import Allergies, AllergyState, read
from clienteling.till.desk import Attached, AttachmentGoneError, NotConfirmedError
from consent.errors import KeyUnavailableError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import standing


@dataclass(frozen=True, slots=True)
class Meeting:
    """A line of the basket that meets an allergy: its place, the allergen, and how."""

    line: int
    allergen: Allergen
    status: AllergenStatus


@dataclass(frozen=True, slots=True)
class BasketCheck:
    """What to tell the customer.

    Attributes:
        own_words: They named something beyond the fourteen allergens, which no program can check.
        unknown: Places of the lines that are not in the catalogue.
    """

    state: AllergyState
    meetings: tuple[Meeting, ...]
    own_words: bool
    unknown: tuple[int, ...]


def products_of(codes: Sequence[str], catalogue: Catalogue) -> tuple[Product | None, ...]:
    """Return the product behind each code (GTIN, the shop's own, or id); None: not known here."""
    by_code: dict[str, Product] = {}
    for product in catalogue.products.values():
        for code in (product.sku, product.gtin, product.id):
            if code is not None:
                by_code[code] = product
    return tuple(by_code.get(_normal(code)) for code in codes)


def _normal(code: str) -> str:
    return normal_gtin(code) if is_gtin(code) else code


def meet(stated: Allergies, products: Sequence[Product | None]) -> tuple[Meeting, ...]:
    """Return where products meet what a customer stated; what is declared free does not.

    Of a product that is not in the catalogue nothing is known.
    """
    return tuple(
        Meeting(line, allergen, status)
        for line, product in enumerate(products)
        for allergen in Allergen
        if allergen in stated.codes
        and (status := AllergenStatus.NOT_KNOWN if product is None else product.status(allergen))
        is not AllergenStatus.FREE
    )


def check_basket(
    office: Office, attached: Attached, products: Sequence[Product | None], *, actor: str
) -> BasketCheck:
    """Check a basket for an attached customer who was asked whether it is them; logged.

    Raises:
        NotConfirmedError: nobody asked yet (R32).
        AttachmentGoneError: the account ended.
    """
    if not attached.confirmed:
        raise NotConfirmedError("Ask the customer whether it is them, then confirm.")
    with office.databases.identity.read() as identity:
        grants = standing(identity, attached.subject_id, office.now())
    allergies = grants.get(Purpose.ALLERGIES)
    if Purpose.ACCOUNT not in grants:
        raise AttachmentGoneError("This customer has no account here any more.")
    unknown = tuple(line for line, product in enumerate(products) if product is None)
    if allergies is None:
        return BasketCheck(AllergyState.NOT_SHARED, (), own_words=False, unknown=unknown)
    _log(office, attached.subject_id, actor)
    try:
        stated = read(office, allergies, Allergies)
    except KeyUnavailableError:  # withdrawn this very moment
        return BasketCheck(AllergyState.NOT_SHARED, (), own_words=False, unknown=unknown)
    if stated is None:
        return BasketCheck(AllergyState.NOT_RECORDED, (), own_words=False, unknown=unknown)
    return BasketCheck(stated.state, meet(stated, products), bool(stated.own_words), unknown)


def _log(office: Office, subject_id: str, actor: str) -> None:
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.ALLERGIES_READ,
            actor=actor,
            about=subject_id,
            detail={"at": "till"},
            now=office.now(),
        )
