"""Suggestions in words: the reasons, and never without what must be said of allergens."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
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
from clienteling.catalogue.suggestions.safe import NOTHING_SAID, Stated, offers
from clienteling.catalogue.suggestions.suggest import Suggestion
from web.suggestions.words import SuggestionWords, words_of

MAY = date(2026, 5, 3)
BARS = Product(id="bars", name="Hazelnut bars", name_nl="Hazelnootrepen")
MILK = Stated(said=True, codes=frozenset({Allergen.MILK}))


def said(
    app: Flask, locale: str, *reasons: Reason, stated: Stated = MILK, known: bool = True
) -> SuggestionWords:
    declaration = Declaration.complete([Allergen.NUTS], [Allergen.GLUTEN])
    if not known:
        declaration = Declaration(contained=frozenset({Allergen.NUTS}))
    product = Product(id="p", name="Praline", declaration=declaration)
    [offer] = offers([product], stated)
    with app.test_request_context(), force_locale(locale):
        return words_of(Suggestion(offer, reasons, 1.0), {"bars": BARS})


@pytest.mark.parametrize(
    ("reason", "dutch", "english"),
    [
        (IsNew(MAY), "Nieuw sinds 3 mei", "New since 3 May"),
        (FitsTaste("hazelnoot"), "Past bij “hazelnoot”", "Fits “hazelnoot”"),
        (
            GoesWith("bars", MAY, alike=True),
            "Lijkt op “Hazelnootrepen”, gekocht in mei",
            "Like “Hazelnut bars”, bought in May",
        ),
        (
            GoesWith("bars", MAY, alike=False),
            "Past bij “Hazelnootrepen”, gekocht in mei",
            "Goes with “Hazelnut bars”, bought in May",
        ),
        (
            BoughtAgain(4, MAY),
            "Op 4 dagen gekocht, het laatst in mei",
            "Bought on 4 days, last in May",
        ),
        (InSeason((5,)), "Nu in het seizoen", "In season now"),
        (IsPopular(), "De laatste tijd veel gekocht", "Much bought of late"),
    ],
)
def test_each_reason_has_words(app: Flask, reason: Reason, dutch: str, english: str) -> None:
    assert said(app, "nl", reason).why == f"{dutch}; volgens opgave vrij van melk"
    assert said(app, "en", reason).why == f"{english}; declared free from milk"


def test_a_product_that_is_gone_is_not_named(app: Flask) -> None:
    assert said(app, "en", GoesWith("gone", MAY, alike=True)).why == "Declared free from milk"


def test_where_nothing_was_said_it_says_what_is_in_it(app: Flask) -> None:
    words = said(app, "en", IsPopular(), stated=NOTHING_SAID)
    assert words.why == "Much bought of late"
    assert words.warnings == ("Contains nuts", "May contain traces of gluten")


def test_what_is_not_known_says_check_the_label(app: Flask) -> None:
    english = said(app, "en", stated=NOTHING_SAID, known=False)
    assert english.warnings == ("Contains nuts", "Ingredients not known: check the label")
    dutch = said(app, "nl", stated=NOTHING_SAID, known=False)
    assert dutch.warnings[-1] == "Ingrediënten niet bekend: kijk op het etiket"


def test_own_words_say_check_the_label(app: Flask) -> None:
    words = said(app, "en", stated=Stated(said=True, own_words=("kiwi",)))
    assert words.warnings == ("Check the label for what the customer told in their own words",)


def test_none_known_needs_no_words(app: Flask) -> None:
    words = said(app, "en", stated=Stated(said=True))
    assert (words.why, words.warnings, words.name) == ("", (), "Praline")
