"""Whatever a shop sells and a customer says: nothing unsafe is ever suggested, on any path."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import AllergenStatus, Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.suggestions.history import Bought
from clienteling.catalogue.suggestions.model import BuyingModel
from clienteling.catalogue.suggestions.rank import Asked, Ground
from clienteling.catalogue.suggestions.safe import Stated
from clienteling.catalogue.suggestions.suggest import Suggestion, suggest
from clienteling.catalogue.suggestions.weights import Mix, Weights

TODAY = date(2026, 11, 24)
NAMES = ("Hazelnut bar", "Lemon cake", "Liquorice", "Rye bread", "Strawberry tart", "Toffee")
LIKES = ("hazelnut", "cake", "drop", "something sweet", "no toffee", "bread")
OWN = ("strawberry", "kiwi", "aardbei", "lactose", "hazelnoten", "E120")

statuses = st.dictionaries(st.sampled_from(Allergen), st.sampled_from(AllergenStatus), max_size=14)


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    """Any declaration; a complete one as often as one with gaps, else little would be left."""
    told = draw(statuses)
    if draw(st.booleans()):
        told = {allergen: told.get(allergen, AllergenStatus.FREE) for allergen in Allergen}
    known = {a.value: s.value for a, s in told.items() if s is not AllergenStatus.NOT_KNOWN}
    return Declaration.of(known)


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[Product, ...]:
    several = draw(st.lists(st.tuples(st.sampled_from(NAMES), declarations()), max_size=12))
    return tuple(
        Product(
            id=f"p{number}",
            name=name,
            declaration=declaration,
            ingredients=draw(st.sampled_from(("", "sugar, strawberries", "rye, salt"))),
            launched=draw(st.sampled_from((None, TODAY, TODAY - timedelta(days=400)))),
        )
        for number, (name, declaration) in enumerate(several)
    )


purchases = st.lists(
    st.builds(
        Bought,
        st.sampled_from([f"p{number}" for number in range(14)]),
        st.integers(0, 300).map(lambda ago: TODAY - timedelta(days=ago)),
    ),
    max_size=8,
)
allergies = st.one_of(
    st.just(Stated(said=False)),
    st.builds(
        Stated,
        said=st.just(True),
        codes=st.frozensets(st.sampled_from(Allergen), max_size=4),
        own_words=st.lists(st.sampled_from(OWN), max_size=3, unique=True).map(tuple),
    ),
)
weights = st.floats(0, 20, allow_nan=False)
mixes = st.builds(Mix, weights, weights, weights, weights)


@st.composite
def customers(draw: st.DrawFn) -> Asked:
    ids = st.sampled_from([f"p{number}" for number in range(14)])
    return Asked(
        today=TODAY,
        stated=draw(allergies),
        likes=tuple(draw(st.lists(st.sampled_from(LIKES), max_size=3, unique=True))),
        history=tuple(draw(purchases)),
        liked=draw(st.frozensets(ids, max_size=3)),
        refused=draw(st.frozensets(ids, max_size=3)),
        again=draw(st.booleans()),
        most=draw(st.integers(1, 8)),
    )


@settings(max_examples=400, deadline=None)
@given(catalogues(), customers(), st.lists(purchases, max_size=6), mixes, st.booleans())
def test_nothing_unsafe_is_ever_suggested(
    products: tuple[Product, ...],
    asked: Asked,
    others: list[list[Bought]],
    mix: Mix,
    scarce: bool,
) -> None:
    everybody = [(str(number), history) for number, history in enumerate(others)]
    model = BuyingModel(everybody, today=TODAY, weights=Weights(mix, mix))
    stock = (lambda product: product.id < "p3") if scarce else (lambda _product: None)

    found = suggest(Ground(products), model, asked, stock)

    assert len(found) <= asked.most
    assert len({each.offer.product.id for each in found}) == len(found)
    for each in found:
        _is_safe(each, asked.stated)
        assert each.offer.product.id not in asked.refused


def _is_safe(suggestion: Suggestion, stated: Stated) -> None:
    """The rules once more, in other words than the product's code has them."""
    offer, product = suggestion.offer, suggestion.offer.product
    for allergen in stated.codes:
        assert product.status(allergen) is AllergenStatus.FREE
        assert allergen in offer.free_from
    for allergen in offer.free_from:
        assert product.status(allergen) is AllergenStatus.FREE
    known_of_all = all(product.status(a) is not AllergenStatus.NOT_KNOWN for a in Allergen)
    if not stated.said:
        assert offer.check_label == (not known_of_all)
        assert offer.label is not None
        for told, status in (
            (offer.label.contains, AllergenStatus.CONTAINED),
            (offer.label.traces, AllergenStatus.TRACES),
            (offer.label.not_known, AllergenStatus.NOT_KNOWN),
        ):
            assert set(told) == {a for a in Allergen if product.status(a) is status}
    else:
        assert offer.check_label == bool(stated.own_words)
    text = f"{product.name} {product.ingredients}".casefold()
    if "strawberry" in stated.own_words:
        assert "strawberr" not in text
    if "lactose" in stated.own_words:
        assert product.status(Allergen.MILK) is AllergenStatus.FREE
    if "hazelnoten" in stated.own_words:
        assert product.status(Allergen.NUTS) is AllergenStatus.FREE
