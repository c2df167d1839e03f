"""R13: once withdrawn, no gallery holds the template: not here, not on its way to a camera."""

from itertools import count

import pytest
from sqlalchemy import select

from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.templates import open_gallery
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from consent.log.events import EventKind
from consent.models import DataKeyRow
from consent.office import erase, resume, withdraw
from consent.purposes import Purpose
from consent.sealing import new_device_keys
from tests.support.mortal import Died, dying_after
from tests.support.people import MODEL_ID, Customer, join
from tests.support.shops import logged

POLICY = EdgePolicy(region="eu", policy="trigger", model_id=MODEL_ID, live=True)
KEYS = new_device_keys()


def galleries(home: Home) -> tuple[set[str], set[str]]:
    """The aliases in the gallery of this process, and in the one for a camera."""
    here = open_gallery(home.office, MODEL_ID)
    sent = pack_gallery(
        home.office, device_id="e", open_public=KEYS.open_public, policy=POLICY, stopped=False
    )
    return set(here.aliases), {entry.alias for entry in sent.entries}


def left_of(home: Home, customer: Customer) -> list[object]:
    """What is stored of the customer's face: template, alias, key."""
    with home.databases.templates.read() as templates:
        found: list[object] = [templates.get(TemplateRow, customer.alias)]
    with home.databases.identity.read() as identity:
        found += identity.scalars(
            select(AliasRow).where(AliasRow.subject_id == customer.subject_id)
        ).all()
    with home.databases.keys.read() as keys:
        found.append(keys.get(DataKeyRow, (customer.subject_id, "recognise")))
    return [row for row in found if row is not None]


def removed(home: Home) -> set[str]:
    entries = logged(home.office, EventKind.TEMPLATE_REMOVED)
    return {alias for entry in entries if entry.detail for alias in entry.detail["aliases"]}


@pytest.mark.parametrize("act", [withdraw, erase])
def test_after_the_act_template_alias_and_key_are_gone_and_logged(shop: Home, act: object) -> None:
    leaving, staying = join(shop), join(shop)
    assert galleries(shop) == ({leaving.alias, staying.alias},) * 2
    assert len(left_of(shop, leaving)) == 3

    if act is withdraw:
        purposes = [Purpose.RECOGNISE]
        withdraw(shop.office, leaving.subject_id, purposes, actor="c", method="c")
    else:
        erase(shop.office, leaving.subject_id, actor="c", method="c")

    assert galleries(shop) == ({staying.alias},) * 2
    assert left_of(shop, leaving) == []
    assert len(left_of(shop, staying)) == 3
    assert removed(shop) == {leaving.alias}


def test_wherever_a_withdrawal_dies_it_is_in_no_gallery_and_is_finished(shop: Home) -> None:
    """From its first transaction on; what is left is removed when the worker comes back."""
    for writes in count():
        leaving = join(shop)
        try:
            withdraw(
                dying_after(shop, writes).office, leaving.subject_id, None, actor="c", method="c"
            )
        except Died:
            if writes:
                assert galleries(shop) == (set(), set())
            resume(shop.office)
        else:
            break
        if not writes:  # nothing was recorded: the consent stands, and so does the template
            assert galleries(shop) == ({leaving.alias},) * 2
            withdraw(shop.office, leaving.subject_id, None, actor="c", method="c")
        assert left_of(shop, leaving) == []
        assert leaving.alias in removed(shop)
    assert writes >= 6, "the withdrawal has fewer transactions than it had: is it still killed?"
