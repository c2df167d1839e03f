"""Own lists and the shop's list: who sees what, what is due first, gone with the account."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clienteling.customers import lists
from clienteling.customers.lists import STORE
from clienteling.customers.models import RecordRow
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.office import erase
from consent.purposes import Purpose
from consent.rights.restriction import Ground, restrict
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import join
from tests.support.shops import logged

ANNA, BRAM = "user:1", "user:2"


def put(
    shop: Home,
    subject_id: str,
    what: str,
    *,
    actor: str = ANNA,
    for_all: bool = False,
    days: int = -1,
) -> str:
    due = shop.office.now().date() + timedelta(days=days) if days >= 0 else None
    return lists.put_on(shop.office, subject_id, what, actor=actor, for_all=for_all, due=due)


def shown(shop: Home, owner: str, reader: str) -> list[tuple[str, str]]:
    return [(one.name, one.entry.what) for one in lists.on_list(shop.office, owner, reader=reader)]


def test_ones_own_list_is_ones_own_and_the_shops_is_everybodys(shop: Home) -> None:
    robin, sam = join(shop, name="Robin"), join(shop, name="Sam", purposes=frozenset())
    put(shop, robin.subject_id, "call about shoes", days=3)
    put(shop, sam.subject_id, "cake is ready", days=1)
    put(shop, sam.subject_id, "some time")
    put(shop, robin.subject_id, "for all", for_all=True)

    assert shown(shop, ANNA, ANNA) == [
        ("Sam", "cake is ready"),
        ("Robin", "call about shoes"),
        ("Sam", "some time"),
    ]
    assert shown(shop, STORE, BRAM) == [("Robin", "for all")]
    assert shown(shop, BRAM, BRAM) == []
    with pytest.raises(RefusedError):
        lists.on_list(shop.office, ANNA, reader=BRAM)


def test_each_customer_on_a_list_that_opens_is_logged(shop: Home) -> None:
    robin = join(shop).subject_id
    put(shop, robin, "one")
    put(shop, robin, "two")
    before = len(logged(shop.office))
    lists.on_list(shop.office, ANNA, reader=ANNA)
    entries = logged(shop.office)
    assert len(entries) == before + 1
    assert (entries[0].kind, entries[0].about) == (EventKind.PROFILE_READ, robin)
    assert entries[0].detail == {"part": "list"}


def test_an_entry_is_taken_off_by_its_owner_only(shop: Home) -> None:
    robin = join(shop).subject_id
    mine, shops = put(shop, robin, "mine"), put(shop, robin, "shop's", for_all=True)
    with pytest.raises(RefusedError):
        lists.take_off(shop.office, robin, mine, actor=BRAM)
    assert lists.take_off(shop.office, robin, shops, actor=BRAM)
    assert lists.take_off(shop.office, robin, mine, actor=ANNA)
    assert not lists.take_off(shop.office, robin, mine, actor=ANNA)


def test_on_the_page_one_sees_ones_own_and_the_shops(shop: Home, grant_of: GrantOf) -> None:
    robin = join(shop).subject_id
    put(shop, robin, "mine")
    put(shop, robin, "all", for_all=True)
    grant = grant_of(robin, Purpose.ACCOUNT)
    assert [one.content.what for one in lists.read(shop.office, grant, BRAM)] == ["all"]
    assert [one.content.what for one in lists.read(shop.office, grant, ANNA)] == ["mine", "all"]


def test_a_past_day_and_empty_words_are_refused(shop: Home) -> None:
    robin = join(shop).subject_id
    yesterday = shop.office.now().date() - timedelta(days=1)
    with pytest.raises(UsageError, match="past"):
        lists.put_on(shop.office, robin, "x", actor=ANNA, for_all=False, due=yesterday)
    for what in ("", "x" * 81):
        with pytest.raises(UsageError):
            put(shop, robin, what)


def test_who_was_erased_or_restricted_is_on_no_list(shop: Home) -> None:
    gone, kept = join(shop).subject_id, join(shop).subject_id
    for subject_id in (gone, kept):
        put(shop, subject_id, "x", for_all=True)
    erase(shop.office, gone, actor="c", method="c")
    restrict(shop.office, kept, Ground.WISH, actor="c")
    assert shown(shop, STORE, ANNA) == []
    with pytest.raises(ConsentMissingError):
        put(shop, gone, "x")
    with shop.databases.identity.read() as identity:
        rows = identity.scalars(select(RecordRow)).all()
    assert [row.subject_id for row in rows] == [kept]


def test_the_table_says_neither_whose_list_nor_why(shop: Home) -> None:
    put(shop, join(shop).subject_id, "call about shoes", for_all=True)
    with shop.databases.identity.read() as identity:
        (row,) = identity.scalars(select(RecordRow)).all()
    told = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    assert b"shoes" not in told.pop("sealed")
    assert ANNA not in str(told)
    assert STORE not in str(told)
