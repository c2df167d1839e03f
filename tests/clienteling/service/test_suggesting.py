"""Suggestions for a confirmed customer: what is read, what is logged, and what is forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.catalogue.stock import set_stock
from clienteling.catalogue.suggestions.reasons import FitsTaste, GoesWith
from clienteling.customers.opinions import Verdict
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.arrivals import Arrival, ArrivalGoneError, ArrivalState, Staff
from clienteling.service.suggesting import NotConfirmedError, SuggestionDesk
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.rights.requests import Channel
from consent.rights.restriction import Ground, lift, note_told, restrict
from tests.support.people import EVERYTHING, join
from tests.support.shops import logged
from tests.support.web import ShopClock
from web.context import Hub

KIM, ALEX = Staff("user:kim", "Kim"), Staff("user:alex", "Alex")
WITH_PURCHASES = EVERYTHING | {Purpose.PURCHASES}
SAFE = Declaration.complete(contained=[Allergen.NUTS])
PRODUCTS = {
    name: Product(id=new_id(), name=name, sku=name, declaration=declaration)
    for name, declaration in (
        ("Dark chocolate bar", SAFE),
        ("Milk chocolate bar", Declaration.complete(contained=[Allergen.MILK])),
        ("Chocolate with surprises", Declaration()),
        ("Toffee", SAFE),
        ("Teapot", SAFE),
        ("Teacup", SAFE),
    )
}


@pytest.fixture
def desk(shop: Home) -> SuggestionDesk:
    with shop.databases.identity.write() as identity:
        put_products(
            identity, shop.office.ring, PRODUCTS.values(), actor="c", now=shop.office.now()
        )
    return SuggestionDesk(shop.office)


def confirmed(subject_id: str, shop: Home, by: Staff = KIM) -> Arrival:
    return Arrival("a", subject_id, "door", shop.office.now(), ArrivalState.CONFIRMED, by)


def names(desk: SuggestionDesk, arrival: Arrival, staff: Staff = KIM) -> list[str]:
    return [each.offer.product.name for each in desk.suggest_for(arrival, staff).suggestions]


def buy(shop: Home, subject_id: str, *bought: str, number: str = "") -> None:
    lines = tuple(Line(name=each, sku=PRODUCTS[each].sku) for each in bought)
    at = shop.office.now() - timedelta(days=3)
    sale = Sale(number=number or f"{subject_id}{bought}", at=at, lines=lines)
    keep_sale(shop.office, subject_id, sale, actor="device:till")


def crowd(shop: Home, times: int = 6) -> list[str]:
    several = [join(shop, purposes=WITH_PURCHASES).subject_id for _ in range(times)]
    for subject_id in several:
        buy(shop, subject_id, "Teapot", "Teacup")
    return several


@pytest.mark.parametrize(
    "change",
    [
        lambda arrival: replace(arrival, state=ArrivalState.NEW, claimed_by=None),
        lambda arrival: replace(arrival, state=ArrivalState.CLAIMED),
        lambda arrival: replace(arrival, claimed_by=ALEX),
    ],
)
def test_nothing_before_it_is_them_nor_for_a_colleague(
    shop: Home, desk: SuggestionDesk, change: Callable[[Arrival], Arrival]
) -> None:
    """What is left out for an allergy would tell of it (R32)."""
    arrival = change(confirmed(join(shop).subject_id, shop))
    with pytest.raises(NotConfirmedError):
        desk.suggest_for(arrival, KIM)
    with pytest.raises(NotConfirmedError):
        desk.say(arrival, KIM, PRODUCTS["Toffee"].id, Verdict.LIKED)
    assert logged(shop.office, EventKind.SUGGESTIONS_READ) == ()


def test_allergies_then_tastes(shop: Home, desk: SuggestionDesk) -> None:
    """Robin likes dark chocolate, and cannot have milk."""
    arrival = confirmed(join(shop).subject_id, shop)
    [first, *others] = desk.suggest_for(arrival, KIM).suggestions
    assert first.offer.product.name == "Dark chocolate bar"
    assert first.offer.free_from == (Allergen.MILK,)
    assert first.reasons == (FitsTaste("dark chocolate"),)
    assert {each.offer.product.name for each in others} == {"Toffee", "Teapot", "Teacup"}


def test_allergies_that_are_not_shared_are_not_guessed(shop: Home, desk: SuggestionDesk) -> None:
    subject_id = join(shop, purposes=frozenset({Purpose.PREFERENCES})).subject_id
    found = desk.suggest_for(confirmed(subject_id, shop), KIM, most=6).suggestions
    assert {each.offer.product.name for each in found} == set(PRODUCTS)
    for each in found:
        unknown = each.offer.product.name == "Chocolate with surprises"
        assert each.offer.check_label is unknown
        assert each.offer.label is not None


def test_each_answer_is_logged_with_what_was_read(shop: Home, desk: SuggestionDesk) -> None:
    subject_id = join(shop, purposes=frozenset({Purpose.PREFERENCES})).subject_id
    names(desk, confirmed(subject_id, shop))
    [entry] = logged(shop.office, EventKind.SUGGESTIONS_READ)
    assert (entry.about, entry.actor) == (subject_id, KIM.id)
    assert entry.detail == {"of": ["preferences"]}


def test_purchases_speak_only_with_their_purpose(shop: Home, desk: SuggestionDesk) -> None:
    crowd(shop)
    desk.learner.rebuild()
    subject_id = join(shop, purposes=WITH_PURCHASES, likes=()).subject_id
    buy(shop, subject_id, "Teapot")
    arrival = confirmed(subject_id, shop)
    [first, *_] = desk.suggest_for(arrival, KIM).suggestions
    assert first.offer.product.name == "Teacup"
    assert any(isinstance(reason, GoesWith) for reason in first.reasons)
    assert "Teapot" not in names(desk, arrival)

    withdraw(shop.office, subject_id, {Purpose.PURCHASES}, actor="c", method="c")
    assert "Teapot" in names(desk, arrival)


def test_what_is_sold_out_is_not_suggested(shop: Home, desk: SuggestionDesk) -> None:
    arrival = confirmed(join(shop).subject_id, shop)
    with shop.databases.identity.write() as identity:
        counts = {PRODUCTS["Toffee"].id: 0, PRODUCTS["Teapot"].id: 3}
        set_stock(identity, shop.office.controller.store_id, counts, now=shop.office.now())
    assert set(names(desk, arrival)) == {"Dark chocolate bar", "Teapot", "Teacup"}


def test_a_changed_catalogue_is_seen_at_once(shop: Home, desk: SuggestionDesk) -> None:
    arrival = confirmed(join(shop).subject_id, shop)
    assert "Toffee" in names(desk, arrival)
    with shop.databases.identity.write() as identity:
        tainted = replace(PRODUCTS["Toffee"], declaration=Declaration(traces=frozenset(Allergen)))
        put_products(identity, shop.office.ring, [tainted], actor="c", now=shop.office.now())
    assert "Toffee" not in names(desk, arrival)


def test_a_refused_product_stays_away_until_it_is_taken_back(
    shop: Home, desk: SuggestionDesk
) -> None:
    arrival = confirmed(join(shop).subject_id, shop)
    desk.say(arrival, KIM, PRODUCTS["Toffee"].id, Verdict.REFUSED)
    assert "Toffee" not in names(desk, arrival)
    assert desk.take_back(arrival, KIM, PRODUCTS["Toffee"].id)
    assert "Toffee" in names(desk, arrival)
    with pytest.raises(UsageError):
        desk.say(arrival, KIM, "no such product", Verdict.LIKED)


def test_an_erased_customer_gets_none(shop: Home, desk: SuggestionDesk) -> None:
    subject_id = join(shop).subject_id
    erase(shop.office, subject_id, actor="c", method="c")
    with pytest.raises(ArrivalGoneError):
        desk.suggest_for(confirmed(subject_id, shop), KIM)


@pytest.mark.parametrize("how", ["withdraw", "erase", "restrict"])
def test_who_leaves_is_out_of_the_model_with_the_next_round(
    hub: Hub, shop: Home, desk: SuggestionDesk, how: str
) -> None:
    """Derived data goes too (R38): the watcher reads the log four times a second."""
    several = crowd(shop)
    learner = hub.suggestions.learner
    learner.rebuild()
    hub.watcher.step()
    assert learner.model.customers == len(several)
    gone = several[0]
    if how == "withdraw":
        withdraw(shop.office, gone, {Purpose.PURCHASES}, actor="c", method="c")
    elif how == "erase":
        erase(shop.office, gone, actor="c", method="c")
    else:
        restrict(shop.office, gone, Ground.WISH, actor="c")
    hub.watcher.step()
    assert learner.model.customers == len(several) - 1
    assert not learner.model.forget(gone)

    if how == "restrict":
        note_told(shop.office, gone, Channel.EMAIL, actor="c")
        lift(shop.office, gone, actor="c")
        hub.watcher.step()
        learner.catch_up()
        assert learner.model.customers == len(several)


def test_a_new_sale_is_learnt(hub: Hub, shop: Home, desk: SuggestionDesk) -> None:
    learner = hub.suggestions.learner
    crowd(shop, 2)
    learner.rebuild()
    hub.watcher.step()
    subject_id = join(shop, purposes=WITH_PURCHASES).subject_id
    buy(shop, subject_id, "Teapot")
    hub.watcher.step()
    learner.catch_up()
    assert learner.model.customers == 3


def test_who_leaves_while_it_is_built_is_not_in_it(
    shop: Home, desk: SuggestionDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = crowd(shop)
    learner = desk.learner
    read = type(learner)._histories

    def leaving(self: object, catalogue: object) -> Iterator[object]:
        yield from read(self, catalogue)  # type: ignore[arg-type]
        learner.forget(several[0])

    monkeypatch.setattr(type(learner), "_histories", leaving)
    learner.rebuild()
    assert learner.model.customers == len(several) - 1
    assert not learner.model.forget(several[0])


def test_a_thread_builds_it_and_ends(shop: Home, desk: SuggestionDesk) -> None:
    crowd(shop, 2)
    desk.learner.start()
    while not desk.learner.is_built:
        pass
    desk.learner.stop()
    assert desk.learner.model.customers == 2


def test_a_product_comes_at_the_shops_midnight(shop: Home, shop_clock: ShopClock) -> None:
    """Half past eleven here, and universal time is still the day before when the day turns."""
    shop_clock.freeze()
    here = shop.office.wall(shop_clock())
    tomorrow = here.date() + timedelta(days=1)
    late = datetime.combine(tomorrow, time(), shop.office.zone) - timedelta(minutes=30)
    shop_clock.forward((late - here).total_seconds())
    fresh = Product(id=new_id(), name="Fresh", sku="F", launched=tomorrow, declaration=SAFE)
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, [fresh], actor="c", now=shop.office.now())
    customer, desk = join(shop, likes=(), allergies=()), SuggestionDesk(shop.office)

    assert names(desk, confirmed(customer.subject_id, shop)) == []
    shop_clock.forward(1800)
    assert names(desk, confirmed(customer.subject_id, shop)) == ["Fresh"]
