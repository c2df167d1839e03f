"""A suggestion in words: why, and what must be said of its allergens. In Dutch and English.

The words on allergens come with the reasons in one function, so that no page shows the one without
the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import format_date, gettext

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.allergens import name as allergen_name
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
from clienteling.catalogue.suggestions.suggest import Suggestion
from web.languages import language


@dataclass(frozen=True, slots=True)
class SuggestionWords:
    """What a page shows of one suggestion.

    Attributes:
        why: Reasons and, where it is known, what it is free from; empty: nothing to say.
        warnings: To be shown with it, emphasised: what is in it, or that the label must be read.
    """

    product_id: str
    name: str
    why: str
    warnings: tuple[str, ...]


def words_of(suggestion: Suggestion, products: Mapping[str, Product]) -> SuggestionWords:
    """Return a suggestion in the words of the page's language."""
    offer = suggestion.offer
    reasons = [_reason(reason, products) for reason in suggestion.reasons]
    told = [reason for reason in reasons if reason]
    if offer.free_from:
        told.append(gettext("declared free from %(allergens)s", allergens=_names(offer.free_from)))
    why = "; ".join(told)
    return SuggestionWords(
        product_id=offer.product.id,
        name=offer.product.named(language()),
        why=why[:1].upper() + why[1:],
        warnings=tuple(_warnings(offer)),
    )


def _warnings(offer: Offer) -> Iterable[str]:
    label = offer.label
    if label is not None and label.contains:
        yield gettext("Contains %(allergens)s", allergens=_names(label.contains))
    if label is not None and label.traces:
        yield gettext("May contain traces of %(allergens)s", allergens=_names(label.traces))
    if offer.own_words:
        yield gettext("Check the label for what the customer told in their own words")
    elif offer.check_label:
        yield gettext("Ingredients not known: check the label")


def _reason(reason: Reason, products: Mapping[str, Product]) -> str:
    match reason:
        case IsNew(since):
            return gettext("new since %(day)s", day=format_date(since, "d MMMM"))
        case FitsTaste(like):
            return gettext("fits “%(like)s”", like=like)
        case GoesWith(product_id, on, alike):
            return _goes_with(products.get(product_id), format_date(on, "MMMM"), alike=alike)
        case BoughtAgain(times, on):
            return gettext(
                "bought on %(times)s days, last in %(month)s",
                times=times,
                month=format_date(on, "MMMM"),
            )
        case InSeason():
            return gettext("in season now")
        case IsPopular():
            return gettext("much bought of late")


def _goes_with(product: Product | None, month: str, *, alike: bool) -> str:
    if product is None:
        return ""
    bought = product.named(language())
    if alike:
        return gettext("like “%(bought)s”, bought in %(month)s", bought=bought, month=month)
    return gettext("goes with “%(bought)s”, bought in %(month)s", bought=bought, month=month)


def _names(allergens: Iterable[Allergen]) -> str:
    # Without the examples in brackets, and within a sentence.
    names = (allergen_name(each, language()).split(" (")[0].lower() for each in allergens)
    return ", ".join(names)
