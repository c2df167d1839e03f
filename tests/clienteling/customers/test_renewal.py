"""Renewing every template: nobody is lost, nothing is mixed up, and it may die anywhere."""

import numpy as np
import pytest
from sqlalchemy import select, update

from clienteling.customers.models import TemplateRow
from clienteling.customers.renewal import carry_on, is_under_way, renew_templates
from clienteling.customers.templates import open_gallery
from clienteling.home import Home
from consent.keystore import transforms
from consent.keystore.holder import new_holder_secret
from consent.log.events import EventKind
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.mortal import Died, dying_after
from tests.support.people import MODEL_ID, Customer, join
from tests.support.retention import sweep
from tests.support.shops import logged

Vector = np.typing.NDArray[np.float32]


def silent(_done: int, _total: int) -> None:
    pass


def plain(shop: Home) -> dict[str, Vector]:
    """Every template as the encoder made it, by alias."""
    gallery = open_gallery(shop.office, MODEL_ID)
    assert gallery.turn is not None
    return dict(zip(gallery.aliases, gallery.matrix @ gallery.turn, strict=True))


def under(shop: Home) -> set[str | None]:
    with shop.databases.templates.read() as templates:
        return set(templates.scalars(select(TemplateRow.transform)))


def keys_of(shop: Home) -> tuple[str, ...]:
    with shop.databases.keys.read() as keys:
        return transforms.names(keys)


def same(before: dict[str, Vector], after: dict[str, Vector]) -> bool:
    return before.keys() == after.keys() and all(
        np.allclose(before[alias], after[alias], atol=1e-5) for alias in before
    )


@pytest.fixture
def people(shop: Home) -> list[Customer]:
    return [join(shop) for _ in range(2)]


def test_renewing_turns_all_and_destroys_the_key_before(shop: Home, people: list[Customer]) -> None:
    before, turned, (old,) = plain(shop), open_gallery(shop.office, MODEL_ID).matrix, keys_of(shop)
    told: list[tuple[int, int]] = []

    assert renew_templates(shop.office, actor="c", tell=lambda *n: told.append(n)) == 0

    (new,) = keys_of(shop)
    assert new != old
    assert under(shop) == {new}
    assert same(before, plain(shop))
    assert not np.allclose(turned, open_gallery(shop.office, MODEL_ID).matrix, atol=0.1)
    assert told == [(1, 2), (2, 2)]
    assert len(logged(shop.office, EventKind.TEMPLATES_RENEWED)) == 1


def test_a_process_that_dies_anywhere_is_carried_on(shop: Home, people: list[Customer]) -> None:
    before = plain(shop)
    for writes in range(40):
        try:
            renew_templates(dying_after(shop, writes).office, actor="c", tell=silent)
        except Died:
            assert same(before, plain(shop)), "halfway, galleries are whole"
            sweep(shop.office)
            assert same(before, plain(shop))
            assert len(keys_of(shop)) == 1
            assert not is_under_way(shop.office)
        else:
            assert writes > 5
            return
    pytest.fail("it never came through")


def test_somebody_who_withdraws_meanwhile_stays_withdrawn(
    shop: Home, people: list[Customer]
) -> None:
    gone = people[1]

    def leave(done: int, _total: int) -> None:
        if done == 1:
            purposes = [Purpose.RECOGNISE]
            for customer in people:
                if customer is not gone:
                    continue
                withdraw(shop.office, gone.subject_id, purposes, actor="c", method="kiosk")

    renew_templates(shop.office, actor="c", tell=leave)
    assert gone.alias not in plain(shop)
    assert len(keys_of(shop)) == 1


def test_what_a_pass_opens_is_left_as_it_is(shop: Home, people: list[Customer]) -> None:
    join(shop, holder=new_holder_secret())
    renew_templates(shop.office, actor="c", tell=silent)
    assert under(shop) == {*keys_of(shop), None}


def test_a_template_from_before_there_was_a_key_is_compared_and_then_turned(shop: Home) -> None:
    customer = join(shop)
    with shop.databases.templates.write() as templates:
        templates.execute(update(TemplateRow).values(transform=None))
    gallery = open_gallery(shop.office, MODEL_ID)
    assert gallery.aliases == (customer.alias,)

    renew_templates(shop.office, actor="c", tell=silent)
    assert under(shop) == set(keys_of(shop))


def test_carrying_on_begins_nothing(shop: Home, people: list[Customer]) -> None:
    (before,) = keys_of(shop)
    assert carry_on(shop.office) == 0
    assert keys_of(shop) == (before,)
