"""R45: every read of a customer is one entry that says who read whom, and nothing of what."""

from collections.abc import Callable

import pytest

from clienteling.customers.card import build_card
from clienteling.customers.overview import overview
from clienteling.customers.sightings import resolve
from clienteling.home import Home
from consent.errors import ConsentError
from consent.log.events import EventKind
from consent.models import LogEntryRow
from tests.support.mortal import Died, dying_after
from tests.support.people import Customer, join
from tests.support.shops import logged

MARKERS = ("Zeldzaamnaam", "zoethoutmarker", "sagomarker", "milk")

Read = Callable[[Home, Customer], object]
READS: dict[EventKind, Read] = {
    EventKind.CARD_READ: lambda home, customer: build_card(
        home.office, customer.subject_id, reader="user:7", confirmed=False
    ),
    EventKind.ALLERGIES_READ: lambda home, customer: build_card(
        home.office, customer.subject_id, reader="user:7", confirmed=True
    ),
    EventKind.PROFILE_READ: lambda home, customer: overview(
        home.office, customer.subject_id, reader="user:7"
    ),
    EventKind.REPLAY_READ: lambda home, customer: resolve(
        home.office, customer.alias, names=True, actor="user:7"
    ),
}
EVERY = pytest.mark.parametrize("kind", READS)


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(
        shop,
        name="Robin Zeldzaamnaam",
        likes=("zoethoutmarker",),
        allergies=("milk",),
        own_words=("sagomarker",),
    )


@EVERY
def test_a_read_is_exactly_one_entry_without_content(
    shop: Home, customer: Customer, kind: EventKind
) -> None:
    before = len(logged(shop.office))

    shown = READS[kind](shop, customer)

    assert "Zeldzaamnaam" in str(shown)
    entry, *_ = entries = logged(shop.office)
    assert len(entries) == before + 1
    assert (entry.kind, entry.actor, entry.about) == (kind, "user:7", customer.subject_id)
    with shop.databases.identity.read() as identity:
        leaf = identity.get_one(LogEntryRow, entry.leaf_index).leaf.decode()
    for marker in MARKERS:
        assert marker not in str(entry)
        assert marker not in leaf
    assert customer.subject_id not in leaf


@EVERY
def test_what_cannot_be_logged_is_not_shown(
    shop: Home, customer: Customer, kind: EventKind
) -> None:
    with pytest.raises(Died):
        READS[kind](dying_after(shop, 0), customer)


@EVERY
def test_a_read_of_nobody_leaves_no_entry(shop: Home, kind: EventKind) -> None:
    before = len(logged(shop.office))
    try:
        shown = str(READS[kind](shop, Customer("nobody", "no-alias", "")))
    except ConsentError:
        shown = "nobody"

    assert "Zeldzaamnaam" not in shown
    assert len(logged(shop.office)) == before
