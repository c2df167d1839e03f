"""From an alias to a customer: while consent stands, and no further than was asked."""

from clienteling.customers.sightings import Seen, resolve
from clienteling.home import Home
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.people import join


def test_an_alias_is_resolved_and_named_on_request(shop: Home) -> None:
    customer = join(shop, name="Robin")

    def seen(*, names: bool) -> Seen:
        return resolve(shop.office, customer.alias, names=names, actor="command")

    assert seen(names=False) == Seen(customer.subject_id, None)
    assert seen(names=True) == Seen(customer.subject_id, "Robin")


def test_nobody_stays_nobody(shop: Home) -> None:
    for alias in (None, "unknown-alias"):
        assert resolve(shop.office, alias, names=True, actor="command") == Seen()


def test_who_withdrew_is_nobody(shop: Home) -> None:
    customer = join(shop)
    withdraw(shop.office, customer.subject_id, [Purpose.RECOGNISE], actor="c", method="c")

    assert resolve(shop.office, customer.alias, names=True, actor="command") == Seen()
