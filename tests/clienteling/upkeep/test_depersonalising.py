"""Figures without the person: counted once, shown only where enough people are behind them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.home import Home
from clienteling.upkeep.depersonalising import PEOPLE, Sold, depersonalise, sold
from clienteling.upkeep.models import SoldRow
from consent.errors import SubjectUnknownError
from consent.log.events import EventKind
from consent.models import SubjectRow
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.mortal import Died
from tests.support.people import Customer, join
from tests.support.shops import logged

AT = datetime(2026, 11, 3, 12, tzinfo=UTC)


def buyer(shop: Home, number: str, *, rare: bool = False) -> Customer:
    customer = join(shop, purposes=frozenset({Purpose.PURCHASES}))
    lines = [Line("Fudge", 2, product_id="fudge"), Line("For Robin's birthday", 1)]
    if rare:
        lines.append(Line("Truffle", 1, product_id="truffle"))
    sale = Sale(number=number, at=AT, lines=tuple(lines))
    keep_sale(shop.office, customer.subject_id, sale, actor="till")
    return customer


def counts(shop: Home) -> dict[tuple[str, str], tuple[int, int]]:
    with shop.databases.identity.read() as identity:
        return {
            (row.month, row.product_id): (row.pieces, row.people) for row in identity.query(SoldRow)
        }


def test_nothing_is_shown_until_enough_people_are_behind_it(shop: Home) -> None:
    for number in range(PEOPLE):
        with shop.databases.identity.read() as identity:
            assert sold(identity) == ()
        customer = buyer(shop, str(number), rare=number == 0)
        done = depersonalise(shop.office, customer.subject_id, actor="user:1")
        assert done.receipt is not None
    with shop.databases.identity.read() as identity:
        assert sold(identity) == (
            Sold("2026-11", "", PEOPLE + 1),  # the one truffle is among these
            Sold("2026-11", "fudge", 2 * PEOPLE),
        )
        assert identity.scalars(select(SubjectRow)).all() == []
    assert len(logged(shop.office, EventKind.ERASURE_COMPLETED)) == PEOPLE


def test_who_dies_after_counting_is_not_counted_again(shop: Home) -> None:
    customer = buyer(shop, "1")

    def die(step: str) -> None:
        if step == "depersonalised":
            raise Died

    with pytest.raises(Died):
        depersonalise(replace(shop.office, after_step=die), customer.subject_id, actor="c")
    assert counts(shop)["2026-11", "fudge"] == (2, 1)
    depersonalise(shop.office, customer.subject_id, actor="c")
    assert counts(shop)["2026-11", "fudge"] == (2, 1)


def test_what_the_customer_withdrew_is_not_counted(shop: Home) -> None:
    customer = buyer(shop, "1")
    withdraw(shop.office, customer.subject_id, [Purpose.PURCHASES], actor="c", method="c")
    depersonalise(shop.office, customer.subject_id, actor="c")
    assert counts(shop) == {}
    with pytest.raises(SubjectUnknownError):
        depersonalise(shop.office, customer.subject_id, actor="c")
