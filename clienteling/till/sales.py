"""Sales that a till reports: back into a customer's history, if the customer wants that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from clienteling.catalogue.product import Product
from clienteling.customers.models import RecordRow
from clienteling.customers.purchases import Line, Sale, keep_sale, remove_sale, sale_id
from clienteling.errors import UsageError
from clienteling.till.desk import Attached
from clienteling.till.messages import SaleDone
from clienteling.webhooks.events import Event, SaleData, Told
from clienteling.webhooks.outbox import tell
from consent.errors import ConsentMissingError, KeyUnavailableError
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for

#: A till's clock may be ahead of ours by so much.
_AHEAD = timedelta(minutes=5)


class Outcome(StrEnum):
    """What came of a sale that was reported."""

    KEPT = "kept"
    REMOVED = "removed"
    NO_CUSTOMER = "no_customer"  # nobody was attached
    NOT_WANTED = "not_wanted"  # the customer does not have purchases remembered
    NOT_KNOWN = "not_known"  # there is no such sale in anybody's history


_EVENTS = {Outcome.KEPT: Event.SALE_KEPT, Outcome.REMOVED: Event.SALE_VOIDED}


@dataclass(frozen=True, slots=True)
class Reported:
    """A sale as a till tells it, with the products of its lines where they are known."""

    sale: SaleDone
    products: Sequence[Product | None]


def take_sale(
    office: Office, reported: Reported, attached: Attached | None, *, actor: str
) -> Outcome:
    """Keep a sale in the history of the customer who is attached; the same again changes nothing.

    Raises:
        UsageError: it lies in the future, or is another customer's.
    """
    if reported.sale.at > office.now() + _AHEAD:
        raise UsageError("The sale lies in the future. Set the till's clock right.")
    if attached is None:
        return Outcome.NO_CUSTOMER
    lines = tuple(
        Line(
            name=line.name,
            quantity=line.quantity,
            price_cents=line.price_cents,
            product_id=None if product is None else product.id,
            sku=line.code if product is None else product.sku,
        )
        for line, product in zip(reported.sale.lines, reported.products, strict=True)
    )
    sale = Sale(number=reported.sale.number, at=reported.sale.at, lines=lines)
    try:
        keep_sale(office, attached.subject_id, sale, actor=actor)
    except (ConsentMissingError, KeyUnavailableError):
        return Outcome.NOT_WANTED
    return Outcome.KEPT


def tell_sale(identity: Session, office: Office, outcome: Outcome, number: str) -> None:
    """Have webhooks told what came of a sale, if anything; they hear no more than the till did."""
    event = _EVENTS.get(outcome)
    if event is not None:
        tell(identity, office, Told(event, SaleData(number=number)))


def void_sale(office: Office, number: str, *, actor: str) -> Outcome:
    """Take a whole sale out of the history that it is in."""
    with office.databases.identity.read() as identity:
        row = identity.get(RecordRow, sale_id(office, number))
        grant = (
            None
            if row is None
            else grant_for(identity, row.subject_id, Purpose.PURCHASES, office.now())
        )
    if grant is None or not remove_sale(office, grant, number, actor=actor):
        return Outcome.NOT_KNOWN
    return Outcome.REMOVED
