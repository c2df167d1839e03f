"""Suggestions for a customer who was confirmed; each answer is one entry of the log.

Before "it is them" nothing is suggested: what is left out for an allergy would tell of it (R32,
docs/decisions/0240-allergens-before-tastes.md). Only the member of staff who confirmed asks.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from clienteling.catalogue.product import Product
from clienteling.catalogue.shelf import Catalogue, shelf_of
from clienteling.catalogue.suggestions.rank import Asked, Ground
from clienteling.catalogue.suggestions.safe import NOTHING_SAID, Stated
from clienteling.catalogue.suggestions.suggest import Suggestion, suggest
from clienteling.customers import opinions
from clienteling.customers.opinions import Verdict
from clienteling.customers.profile import Allergies, Preferences, read
from clienteling.customers.purchases import sales_of
from clienteling.errors import UsageError
from clienteling.service.arrivals import Arrival, ArrivalGoneError, Staff
from clienteling.service.learning import Learner, history_of
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, standing

#: What is read, where the customer gave it.
_READ = (Purpose.ALLERGIES, Purpose.PREFERENCES, Purpose.PURCHASES)


class NotConfirmedError(UsageError):
    """Nobody confirmed the person, or a colleague did."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """The answer to "what would suit this customer?".

    Attributes:
        suggestions: Best first; five at most.
        products: By id: what the suggestions and their reasons name.
    """

    suggestions: tuple[Suggestion, ...] = field(repr=False)
    products: Mapping[str, Product] = field(repr=False)


class SuggestionDesk:
    """Answers for one shop. Every method may be called from any thread."""

    def __init__(self, office: Office) -> None:
        """Begin without what purchases tell; `learner.start()` builds that."""
        self._office = office
        self._shelf = shelf_of(office)
        self.learner = Learner(office, self._shelf)
        self._lock = threading.Lock()
        self._version = -1
        self._ground = Ground(())

    def suggest_for(self, arrival: Arrival, staff: Staff, *, most: int = 5) -> Suggested:
        """Return at most five products, each with why, and with what to say of its allergens.

        Allergies, tastes and purchases are each read only with their own consent. Where allergies
        were not told, or are not shared, each suggestion says what is declared in it.

        Raises:
            NotConfirmedError: this member of staff did not confirm the person.
            ArrivalGoneError: the customer withdrew or was erased meanwhile.
            LedgerError: it cannot be logged, so nothing is suggested.
        """
        mine = arrival.claimed_by is not None and arrival.claimed_by.id == staff.id
        if not (arrival.confirmed and mine):
            raise NotConfirmedError("Confirm with the customer first that it is them.")
        catalogue = self._shelf.catalogue()
        try:
            asked = self._asked(arrival.subject_id, catalogue, reader=staff.id, most=most)
        except (ConsentMissingError, KeyUnavailableError) as error:
            raise ArrivalGoneError("The customer is no longer recognised here.") from error
        ground = self._ground_of(catalogue)
        found = suggest(ground, self.learner.model, asked, catalogue.in_stock)
        return Suggested(found, catalogue.products)

    def say(self, arrival: Arrival, staff: Staff, product_id: str, verdict: Verdict) -> None:
        """Keep that the customer liked or refused a suggestion; logged.

        Raises:
            NotConfirmedError: this member of staff did not confirm the person.
            UsageError: there is no such product. ConsentMissingError: preferences are not shared.
        """
        product = self._named(arrival, staff, product_id)
        opinions.say(
            self._office, arrival.subject_id, product.id, product.name, verdict, actor=staff.id
        )

    def take_back(self, arrival: Arrival, staff: Staff, product_id: str) -> bool:
        """Remove such an opinion; logged. Returns whether it was there.

        Raises:
            As `say`.
        """
        product = self._named(arrival, staff, product_id)
        return opinions.take_back(self._office, arrival.subject_id, product.id, actor=staff.id)

    def _named(self, arrival: Arrival, staff: Staff, product_id: str) -> Product:
        if not arrival.confirmed or arrival.claimed_by != staff:
            raise NotConfirmedError("Confirm with the customer first that it is them.")
        product = self._shelf.catalogue().products.get(product_id)
        if product is None:
            raise UsageError("There is no such product.")
        return product

    def _asked(self, subject_id: str, catalogue: Catalogue, *, reader: str, most: int) -> Asked:
        office, today = self._office, self._office.today()
        with office.databases.identity.read() as identity:
            grants = standing(identity, subject_id, office.now())
        if Purpose.ACCOUNT not in grants:
            raise ConsentMissingError("Nothing of this customer is shown here (any more).")
        self._note(subject_id, reader, grants)
        tastes, told = grants.get(Purpose.PREFERENCES), None
        if tastes is not None:
            told = read(office, tastes, Preferences)
        thought = () if tastes is None else opinions.read(office, tastes)
        bought = grants.get(Purpose.PURCHASES)
        return Asked(
            today=today,
            stated=_stated(office, grants.get(Purpose.ALLERGIES)),
            likes=() if told is None else told.likes,
            history=() if bought is None else history_of(sales_of(office, bought), catalogue),
            liked=opinions.liked(thought),
            refused=opinions.refused(thought, today),
            most=most,
        )

    def _note(self, subject_id: str, reader: str, grants: Mapping[Purpose, Grant]) -> None:
        office = self._office
        with office.databases.identity.write() as identity:
            append(
                identity,
                office.ring,
                EventKind.SUGGESTIONS_READ,
                actor=reader,
                about=subject_id,
                detail={"of": [purpose.value for purpose in _READ if purpose in grants]},
                now=office.now(),
            )

    def _ground_of(self, catalogue: Catalogue) -> Ground:
        with self._lock:
            if self._version != catalogue.version:
                self._ground, self._version = Ground(catalogue.active), catalogue.version
            return self._ground


def _stated(office: Office, grant: Grant | None) -> Stated:
    told = None if grant is None else read(office, grant, Allergies)
    if told is None:
        return NOTHING_SAID
    return Stated(said=True, codes=frozenset(told.codes), own_words=told.own_words)
