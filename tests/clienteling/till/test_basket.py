"""What in a basket meets an allergy: all that is not declared free of it, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import NOTHING_DECLARED, AllergenStatus, Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.shelf import Catalogue
from clienteling.customers.profile import Allergies
from clienteling.till.basket import meet, products_of

_STATUSES = st.dictionaries(
    st.sampled_from([one.value for one in Allergen]),
    st.sampled_from([one.value for one in AllergenStatus]),
)


def product(**more: object) -> Product:
    values = {"id": "p1", "name": "Bar"} | more
    return Product(**values)  # type: ignore[arg-type]


@given(
    st.sets(st.sampled_from(Allergen)),
    st.lists(st.none() | _STATUSES.map(Declaration.of), max_size=6),
)
def test_nothing_passes_that_is_not_declared_free(
    codes: set[Allergen], declared: list[Declaration | None]
) -> None:
    stated = Allergies(as_of="2026-01-01", codes=tuple(codes))
    lines = [None if one is None else product(declaration=one) for one in declared]

    met = {(one.line, one.allergen): one.status for one in meet(stated, lines)}

    for line, bought in enumerate(lines):
        for allergen in Allergen:
            free = bought is not None and bought.status(allergen) is AllergenStatus.FREE
            assert ((line, allergen) in met) is (allergen in codes and not free)
    assert AllergenStatus.FREE not in met.values()


def test_of_a_product_that_is_not_in_the_catalogue_nothing_is_known() -> None:
    stated = Allergies(as_of="2026-01-01", codes=(Allergen.MILK,))
    (met,) = meet(stated, [None])
    assert (met.line, met.status) == (0, AllergenStatus.NOT_KNOWN)


@pytest.mark.parametrize("code", ["4006381333931", "0004006381333931"[2:], "BAR-1", "p1"])
def test_a_product_is_found_by_barcode_code_and_number(code: str) -> None:
    bar = product(gtin="4006381333931", sku="BAR-1", declaration=NOTHING_DECLARED)
    catalogue = Catalogue(products={"p1": bar})

    assert products_of([code, "other"], catalogue) == (bar, None)
