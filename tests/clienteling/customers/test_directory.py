"""The names in memory stay true whoever changes them, and nobody who ended stays in them."""

from collections.abc import Callable, Sequence

import pytest

from clienteling.customers import directory as directories
from clienteling.customers.directory import Directory, PreparingError
from clienteling.customers.find import find
from clienteling.customers.profile import Account, stated, write
from clienteling.home import Home, open_home
from clienteling.rights.correction import Change, correct
from consent.errors import StorageError
from consent.joining import open_enrolment
from consent.notices import Notices
from consent.office import Statement, erase
from consent.purposes import Purpose
from consent.records import Grant, require_grant
from consent.rights.requests import Channel
from consent.rights.restriction import Ground, lift, note_told, restrict
from tests.support.people import join

Search = Callable[[str], list[str]]
STATEMENT = Statement(
    language="en",
    notice_version=Notices("eu").current_version,
    method="kiosk",
    collected_by="device:test",
    attestation=None,
    confirmed=True,
    age_confirmed=True,
)


@pytest.fixture
def directory(shop: Home) -> Directory:
    join(shop, name="Robin Jansen")
    made = Directory(shop.office)
    made.prepare()
    return made


@pytest.fixture
def search(directory: Directory) -> Search:
    return lambda query: [hit.subject_id for hit in directory.search(query, 5)]


def test_who_joins_in_another_process_is_found(
    shop: Home, directory: Directory, search: Search
) -> None:
    other = open_home(shop.path)
    sam = join(other, name="Sam Bakker")
    assert search("bakker") == [sam.subject_id]
    erase(other.office, sam.subject_id, actor="c", method="c")
    directory.follow()
    assert sam.subject_id not in directory._names


def test_who_is_logged_before_the_name_is_sealed_is_found_after_it(
    shop: Home, search: Search
) -> None:
    joined = open_enrolment(shop.office, STATEMENT, {})
    assert search("later") == []
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, joined.subject_id, Purpose.ACCOUNT, shop.office.now())
    write(shop.office, grant, stated(Account, name="Lisa Later"))
    assert search("later") == [joined.subject_id]


def test_a_corrected_name_replaces_the_old_one(shop: Home, search: Search) -> None:
    (robin,) = search("jansen")
    correct(shop.office, robin, Change(name="Robin Bakker"), actor="c")
    assert search("bakker") == [robin]
    assert search("jansen") == []


def test_who_is_restricted_is_not_found_until_that_is_lifted(shop: Home, search: Search) -> None:
    (robin,) = search("jansen")
    restrict(shop.office, robin, Ground.WISH, actor="c")
    assert search("jansen") == []
    note_told(shop.office, robin, Channel.LETTER, actor="c")
    lift(shop.office, robin, actor="c")
    assert search("jansen") == [robin]


def test_whoever_searches_before_the_list_is_made_is_told_how_far_it_is(
    shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(shop, name="Robin Jansen")
    directory = Directory(shop.office)
    tries = []

    take = Directory._take

    def away(self: Directory, some: Sequence[Grant]) -> None:
        tries.append(1)
        if len(tries) == 1:
            with pytest.raises(PreparingError, match="0 of 1"):
                find(shop.office, "robin", reader="user:1", directory=directory)
            raise StorageError("The database is away.")
        take(self, some)

    monkeypatch.setattr(directories, "_AGAIN", 0.0)
    monkeypatch.setattr(Directory, "_take", away)
    directory.start()
    assert directory._thread is not None
    directory._thread.join(timeout=30)
    assert directory.is_ready
    assert len(tries) == 2
    assert [one.name for one in find(shop.office, "robin", reader="u", directory=directory)] == [
        "Robin Jansen"
    ]
    directory.stop()
