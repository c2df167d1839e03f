"""What is missing, counted: what counts as told, whose it is, and that nothing is opened for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.catalogue.shelf import shelf_of
from clienteling.customers import intents, notes
from clienteling.customers.kept import ToldBy
from clienteling.customers.profile import Preferences, as_json, stated
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.customers.visits import note_visit
from clienteling.home import Home
from clienteling.service import readiness as counting
from clienteling.service.readiness import Readiness, readiness
from consent.errors import SealError
from consent.office import withdraw
from consent.purposes import Purpose
from consent.sealing import SEAL_BYTES
from tests.support.people import join

ALL = frozenset(Purpose) - {Purpose.ACCOUNT}


@pytest.fixture(autouse=True)
def every_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small numbers be told: what is counted is looked at here, not what is hidden."""
    monkeypatch.setattr(counting, "FEWEST", 1)


def count(shop: Home) -> Readiness:
    return readiness(shop.office, shelf_of(shop.office))


def silent(shop: Home, purposes: frozenset[Purpose] = ALL) -> str:
    """Let somebody join who told nothing."""
    chosen = purposes & frozenset(shop.office.choices)
    return join(shop, purposes=chosen, likes=(), allergies=None).subject_id


def sale(shop: Home) -> Sale:
    return Sale(number="R-1", at=shop.office.now(), lines=(Line(name="Hazelnut bar"),))


def test_an_empty_shop_has_nothing_to_tell(shop: Home) -> None:
    found = count(shop)
    assert (found.products.on_sale, found.customers.number, found.recognised.number) == (0, 0, 0)
    assert found.useful is None


def test_products_lack_all_allergens_or_some(shop: Home) -> None:
    told = (
        Declaration(),
        Declaration(contained=frozenset({Allergen.MILK})),
        Declaration.complete([Allergen.MILK]),
    )
    products = [
        Product(id=new_id(), name=f"Bar {number}", declaration=one)
        for number, one in enumerate(told)
    ]
    products.append(Product(id=new_id(), name="Archived", active=False))
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, products, actor="c", now=shop.office.now())
    found = count(shop).products
    assert (found.on_sale, found.undeclared, found.partly) == (3, 1, 1)


def test_who_told_is_told_apart_from_who_did_not(shop: Home) -> None:
    join(shop, likes=("fudge",), allergies=())  # "none known" was said
    silent(shop)
    silent(shop, frozenset())  # shares nothing, so nothing is missing
    found = count(shop)
    assert found.customers.number == 3
    assert (found.tastes.sharing.number, found.tastes.lacking.number) == (2, 1)
    assert (found.allergies.sharing.number, found.allergies.lacking.number) == (2, 1)
    assert (found.purchases.sharing.number, found.purchases.lacking.number) == (1, 1)


def test_a_purchase_is_no_longer_missing(shop: Home) -> None:
    who = silent(shop)
    keep_sale(shop.office, who, sale(shop), actor="c")
    assert count(shop).purchases.lacking.number == 0


def test_the_shortest_taste_is_longer_than_none() -> None:
    shortest = as_json(stated(Preferences, likes=("x",)))
    assert len(shortest) + SEAL_BYTES > counting._NO_TASTES


def test_recognising_adds_something_where_the_card_has_more_than_a_name(shop: Home) -> None:
    office = shop.office
    assert silent(shop)
    assert count(shop).useful == 0

    keep_sale(office, silent(shop), sale(shop), actor="c")
    assert count(shop).useful == pytest.approx(100 / 2)
    notes.add(office, silent(shop), "Takes the window seat", author="user:1")
    assert count(shop).useful == pytest.approx(200 / 3)
    intents.add(office, silent(shop), "a present", actor="c", told_by=ToldBy.STAFF)
    assert count(shop).useful == pytest.approx(300 / 4)


def test_a_visit_counts_from_the_next_day_on(shop: Home) -> None:
    who = silent(shop)
    assert note_visit(shop.office, who, None, arrival_id="a-1")
    assert count(shop).useful == 0
    tomorrow = shop.office.now() + timedelta(days=1)
    office = replace(shop.office, now=lambda: tomorrow)
    assert readiness(office, shelf_of(office)).useful == 100


def test_what_was_withdrawn_is_neither_missing_nor_there(shop: Home) -> None:
    who = join(shop, likes=("fudge",)).subject_id
    withdraw(shop.office, who, [Purpose.PREFERENCES], actor="c", method="kiosk")
    assert count(shop).tastes.sharing.number == 0


def test_nothing_is_opened_and_nothing_logged(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    join(shop, likes=("fudge",))
    before = count(shop)

    def closed(*_: object) -> bytes:
        raise SealError("Nothing is to be opened.")

    monkeypatch.setattr("consent.sealing.Opener.open", closed)
    assert count(shop) == before


def test_few_are_not_told_out(shop: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for _ in range(4):
        silent(shop)
    found = count(shop)
    assert (found.customers.number, found.tastes.lacking.number, found.useful) == (None, None, None)
    silent(shop)
    found = count(shop)
    assert (found.customers.number, found.tastes.lacking.number, found.useful) == (5, 5, 0)
