"""Allergens come first: what is withheld, and what must be said along with the rest."""

from datetime import date

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import NOTHING_DECLARED, Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.own_words import meant
from clienteling.catalogue.suggestions.rank import Asked
from clienteling.catalogue.suggestions.safe import NOTHING_SAID, Label, Offer, Stated, offers

MILK = Stated(said=True, codes=frozenset({Allergen.MILK}))
NONE_KNOWN = Stated(said=True)


def product(declaration: Declaration = NOTHING_DECLARED, **more: str) -> Product:
    return Product(**{"id": "p", "name": "Bar"} | more, declaration=declaration)  # type: ignore[arg-type]


CONTAINS = product(Declaration.complete(contained=[Allergen.MILK]))
TRACES = product(Declaration.complete(traces=[Allergen.MILK]))
UNKNOWN = product()
NEARLY = product(Declaration(free=frozenset(Allergen) - {Allergen.MILK}))
FREE = product(Declaration.complete(contained=[Allergen.NUTS]))


@pytest.mark.parametrize("unsafe", [CONTAINS, TRACES, UNKNOWN, NEARLY])
def test_a_stated_allergen_withholds_all_that_is_not_declared_free(unsafe: Product) -> None:
    assert offers([unsafe], MILK) == ()


def test_what_is_declared_free_is_offered_and_says_so() -> None:
    [offer] = offers([FREE], MILK)
    assert (offer.product, offer.free_from) == (FREE, (Allergen.MILK,))
    assert not offer.check_label
    assert offer.label is None


def test_none_known_withholds_nothing() -> None:
    everything = [CONTAINS, TRACES, UNKNOWN, NEARLY, FREE]
    found = offers(everything, NONE_KNOWN)
    assert [offer.product for offer in found] == everything
    assert not any(offer.check_label or offer.label or offer.free_from for offer in found)


def test_where_nothing_was_said_the_offer_says_what_is_in_it() -> None:
    contains, unknown = offers([CONTAINS, NEARLY], NOTHING_SAID)
    assert contains.label == Label((Allergen.MILK,), (), ())
    assert not contains.check_label
    assert unknown.label == Label((), (), (Allergen.MILK,))
    assert unknown.check_label


def test_own_words_always_say_to_check_the_label() -> None:
    [offer] = offers([FREE], Stated(said=True, own_words=("kiwi",)))
    assert offer.check_label


@pytest.mark.parametrize(
    "words", [{"name": "Kiwi tart"}, {"ingredients": "sugar, KIWIS"}, {"description": "met kiwi’s"}]
)
def test_own_words_withhold_what_names_them(words: dict[str, str]) -> None:
    kiwi = product(Declaration.complete(), **words)
    assert offers([kiwi], Stated(said=True, own_words=("fresh kiwi",))) == ()


@pytest.mark.parametrize(
    ("said", "allergen"),
    [
        ("lactose", Allergen.MILK),
        ("koemelk", Allergen.MILK),
        ("pinda's", Allergen.PEANUTS),
        ("hazelnoten", Allergen.NUTS),
        ("hazlenuts", Allergen.NUTS),  # mistyped
        ("notenallergie", Allergen.NUTS),
        ("rauw ei", Allergen.EGGS),
        ("Tarwe!", Allergen.GLUTEN),
        ("shell fish or prawns", Allergen.CRUSTACEANS),
        ("mustard seeds", Allergen.MUSTARD),
    ],
)
def test_own_words_that_mean_one_of_the_fourteen_count_as_it(said: str, allergen: Allergen) -> None:
    assert allergen in meant([said])
    stated = Stated(said=True, own_words=(said,))
    assert offers([product(Declaration.complete(contained=[allergen]))], stated) == ()
    assert offers([UNKNOWN], stated) == ()


@pytest.mark.parametrize("said", ["kiwi", "strawberries", "cinnamon", "E120", "very strong, any"])
def test_other_words_mean_none_of_the_fourteen(said: str) -> None:
    assert meant([said]) == frozenset()


def test_nobody_else_makes_an_offer() -> None:
    with pytest.raises(ValueError, match="sieve"):
        Offer(place=0, product=FREE, free_from=(), label=None, own_words=False, proof=object())


def test_nothing_that_was_stated_is_printed() -> None:
    asked = Asked(today=date(2026, 1, 1), stated=MILK, likes=("secret",))
    assert "milk" not in repr(asked)
    assert "secret" not in repr(asked)
