"""R25: a camera holds the templates of those whose consent stands, and of nobody else."""

import random

import pytest
from sqlalchemy import select

from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.models import AliasRow
from clienteling.customers.templates import open_gallery
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from consent.clock import stamp
from consent.models import ConsentRow
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.sealing import new_device_keys
from tests.support.mortal import Died, dying_after_step
from tests.support.people import EVERYTHING, MODEL_ID, join
from tests.support.web import ShopClock

POLICY = EdgePolicy(region="eu", policy="trigger", model_id=MODEL_ID, live=True)
KEYS = new_device_keys()
DAY = 24 * 3600


def consenting(home: Home) -> set[str]:
    """The consent query, written independently of the code: aliases of whose consent stands."""
    now = stamp(home.office.now())
    state: dict[str, bool] = {}
    with home.databases.identity.read() as identity:
        for row in identity.scalars(select(ConsentRow).order_by(ConsentRow.sequence)):
            if row.purpose == "recognise":
                state[row.subject_id] = row.state == "given" and now < (row.expires_at or "9")
        aliases = identity.scalars(select(AliasRow).where(AliasRow.model_id == MODEL_ID))
        return {row.alias for row in aliases if state[row.subject_id]}


def sent(home: Home) -> set[str]:
    reply = pack_gallery(
        home.office, device_id="e", open_public=KEYS.open_public, policy=POLICY, stopped=False
    )
    return {entry.alias for entry in reply.entries}


@pytest.mark.parametrize("seed", range(2))
def test_through_a_year_of_joining_and_leaving(
    shop: Home, shop_clock: ShopClock, seed: int
) -> None:
    choose = random.Random(seed)
    people: list[str] = []
    sizes = set()
    for _ in range(24):
        act = choose.choice(("join", "join", "join", "other", "withdraw", "erase", "wait"))
        if act == "join":
            purposes = EVERYTHING if choose.random() < 0.8 else frozenset({Purpose.ALLERGIES})
            people.append(join(shop, purposes=purposes).subject_id)
        elif act == "other":
            people.append(join(shop, model_id="another-model").subject_id)
        elif act == "wait":
            shop_clock.forward(60 * DAY)
        elif people:
            subject = people.pop(choose.randrange(len(people)))
            if act == "erase":
                erase(shop.office, subject, actor="c", method="c")
            else:
                withdraw(shop.office, subject, [Purpose.RECOGNISE], actor="c", method="c")
        expected = consenting(shop)
        assert sent(shop) == set(open_gallery(shop.office, MODEL_ID).aliases) == expected
        sizes.add(len(expected))
    assert len(sizes) > 3


def test_a_consent_that_lapsed_is_in_no_gallery(shop: Home, shop_clock: ShopClock) -> None:
    customer = join(shop)
    shop_clock.forward(364 * DAY)
    assert sent(shop) == {customer.alias}

    shop_clock.forward(2 * DAY)

    assert sent(shop) == set() == set(open_gallery(shop.office, MODEL_ID).aliases)


def test_what_was_made_under_an_earlier_consent_is_in_no_gallery(shop: Home) -> None:
    """A template that came back from somewhere, although its customer consented anew since."""
    customer = join(shop)
    with shop.databases.identity.write() as identity:
        identity.get_one(AliasRow, customer.alias).consent_id = "an earlier one"
    assert sent(shop) == set() == set(open_gallery(shop.office, MODEL_ID).aliases)


def test_from_its_record_on_a_withdrawal_is_in_no_gallery(shop: Home) -> None:
    """Template, alias and key are all there still: the process died just then."""
    customer = join(shop)
    with pytest.raises(Died):
        withdraw(dying_after_step(shop, 0).office, customer.subject_id, None, actor="c", method="c")
    assert sent(shop) == set() == set(open_gallery(shop.office, MODEL_ID).aliases)
