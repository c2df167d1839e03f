"""A suggestion in words that a seller can say: why it fits, and what is declared of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.lists import format_list
from flask_babel import format_currency, format_date, gettext, ngettext

from clienteling.catalogue.allergens import Allergen, name
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.reasons import (
    BoughtAgain,
    FitsTaste,
    GoesWith,
    InSeason,
    IsNew,
    IsPopular,
    Reason,
)
from clienteling.catalogue.suggestions.safe import Offer
from clienteling.service.suggesting import Suggested
from web.languages import language


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """One suggestion.

    Attributes:
        why: "new, and like the hazelnut bars that they bought in May"; "" where nothing speaks.
        declared: What may be said of allergens: "contains no milk", or what it contains.
        check: "ingredients not known: check the label" must be shown with it.
    """

    product_id: str
    name: str
    price: str
    why: str
    declared: str
    check: bool


def suggestion_views(suggested: Suggested, currency: str) -> tuple[SuggestionView, ...]:
    """Return the suggestions as the card shows them, best first."""
    return tuple(
        SuggestionView(
            product_id=one.offer.product.id,
            name=one.offer.product.named(language()),
            price=_price(one.offer.product.price_cents, currency),
            why=_sentence(
                [words for reason in one.reasons if (words := _why(reason, suggested.products))]
            ),
            declared=_declared(one.offer),
            check=one.offer.check_label,
        )
        for one in suggested.suggestions
    )


def _price(cents: int | None, currency: str) -> str:
    return "" if cents is None else str(format_currency(Decimal(cents) / 100, currency))


def _sentence(parts: list[str]) -> str:
    said = format_list(parts, locale=language()) if parts else ""
    return said[:1].upper() + said[1:]


def _why(reason: Reason, products: Mapping[str, Product]) -> str:
    words = ""
    match reason:
        case IsNew(since):
            words = gettext("new since %(day)s", day=_day(since))
        case FitsTaste(like):
            words = gettext("fits “%(like)s”", like=like)
        case GoesWith(product_id, on, alike) if product_id in products:
            named = {"product": products[product_id].named(language()), "month": _month(on)}
            if alike:
                words = gettext("like %(product)s, bought in %(month)s", **named)
            else:
                words = gettext("goes with %(product)s, bought in %(month)s", **named)
        case BoughtAgain(times, on):
            words = ngettext(
                "bought on %(num)s day, last on %(day)s",
                "bought on %(num)s days, last on %(day)s",
                times,
                day=_day(on),
            )
        case InSeason():
            words = gettext("in season now")
        case IsPopular():
            words = gettext("much bought of late")
    return words


def _declared(offer: Offer) -> str:
    if offer.free_from:
        return gettext("contains no %(allergens)s", allergens=_names(offer.free_from))
    if offer.label is None:
        return ""
    said = []
    if offer.label.contains:
        said.append(gettext("contains %(allergens)s", allergens=_names(offer.label.contains)))
    if offer.label.traces:
        said.append(gettext("may contain %(allergens)s", allergens=_names(offer.label.traces)))
    return "; ".join(said)


def _names(allergens: tuple[Allergen, ...]) -> str:
    shown = [name(one, language()).partition(" (")[0] for one in allergens]
    return str(format_list([one[:1].lower() + one[1:] for one in shown], locale=language()))


def _day(day: date) -> str:
    return str(format_date(day, "d MMMM"))


def _month(day: date) -> str:
    return str(format_date(day, "MMMM yyyy"))
