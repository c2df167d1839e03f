"""Which accounts are shown as perhaps one person's."""

import pytest

from clienteling.customers.directory import Directory
from clienteling.customers.profile import Account, stated, write
from clienteling.home import Home
from clienteling.upkeep.duplicates import Pair, Why, candidates
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.people import join


def somebody(shop: Home, name: str, **contacts: str) -> str:
    who = join(shop, name=name, purposes=frozenset()).subject_id
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, who, Purpose.ACCOUNT, shop.office.now())
    write(shop.office, grant, stated(Account, name=name, **contacts))
    return who


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"name": "Robin", "email": "r@x.test"}, {"name": "Kim", "email": "R@x.test"}, Why.CONTACT),
        ({"name": "Robin", "phone": "+31612345678"}, {"name": "R", "phone": "+31612345678"}, "c"),
        ({"name": "Renée de Vries"}, {"name": "VRIES, Renee de"}, Why.NAME),
        ({"name": "Robin Jansen"}, {"name": "Robin Jansn"}, Why.ALMOST),
        ({"name": "Robin Jansen"}, {"name": "Robin Janzen"}, Why.ALMOST),
        ({"name": "Bo Li"}, {"name": "Bo Lo"}, None),
        ({"name": "Robin Jansen"}, {"name": "Sam Bakker"}, None),
    ],
)
def test_what_two_accounts_share(
    shop: Home, one: dict[str, str], other: dict[str, str], why: Why | str | None
) -> None:
    both = sorted((somebody(shop, **one), somebody(shop, **other)))
    found = candidates(Directory(shop.office))
    expected = Why.CONTACT if why == "c" else why
    assert found == (() if expected is None else (Pair(both[0], both[1], Why(expected)),))


def test_a_name_that_many_have_is_no_duplicate(shop: Home) -> None:
    for _ in range(6):
        somebody(shop, "Jan Jansen")
    assert candidates(Directory(shop.office)) == ()
    for _ in range(3):
        somebody(shop, "Kim Bakker")
    assert len(candidates(Directory(shop.office), limit=2)) == 2
