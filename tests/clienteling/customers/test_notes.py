"""Notes: by their author, under the customer's consent, logged, taken away by few."""

import pytest

from clienteling.customers import notes, wishes
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.office import withdraw
from consent.purposes import Purpose
from consent.rights.restriction import Ground, restrict
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import join
from tests.support.shops import logged

ANNA, BRAM = "user:1", "user:2"


def texts(shop: Home, grant_of: GrantOf, subject_id: str) -> list[str]:
    grant = grant_of(subject_id, Purpose.PREFERENCES)
    return [note.content.text for note in notes.read(shop.office, grant)]


def test_a_note_has_its_author_and_is_logged_without_its_words(
    shop: Home, grant_of: GrantOf
) -> None:
    subject_id = join(shop).subject_id
    notes.add(shop.office, subject_id, " loves a chat ", author=ANNA)

    (note,) = notes.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    assert (note.content.text, note.content.author) == ("loves a chat", ANNA)
    entry = logged(shop.office)[0]
    assert (entry.kind, entry.actor, entry.about) == (EventKind.RECORD_KEPT, ANNA, subject_id)
    assert entry.detail == {"kind": "note"}
    assert "chat" not in repr(note)


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_empty_and_too_long_notes_are_refused(shop: Home, text: str) -> None:
    with pytest.raises(UsageError):
        notes.add(shop.office, join(shop).subject_id, text, author=ANNA)


def test_only_the_author_changes_a_note_and_a_manager_may_remove_it(
    shop: Home, grant_of: GrantOf
) -> None:
    subject_id = join(shop).subject_id
    id_ = notes.add(shop.office, subject_id, "one", author=ANNA)
    with pytest.raises(RefusedError, match="colleague"):
        notes.change(shop.office, subject_id, id_, "two", author=BRAM)
    with pytest.raises(RefusedError):
        notes.remove(shop.office, subject_id, id_, actor=BRAM)
    assert notes.change(shop.office, subject_id, id_, "two", author=ANNA)
    assert texts(shop, grant_of, subject_id) == ["two"]
    assert notes.remove(shop.office, subject_id, id_, actor=BRAM, is_manager=True)
    assert texts(shop, grant_of, subject_id) == []
    assert not notes.remove(shop.office, subject_id, id_, actor=ANNA)


def test_a_note_is_not_removed_as_if_it_were_a_wish(shop: Home, grant_of: GrantOf) -> None:
    subject_id = join(shop).subject_id
    id_ = notes.add(shop.office, subject_id, "one", author=ANNA)
    assert not wishes.remove(shop.office, subject_id, id_, actor=BRAM)
    assert not wishes.change(shop.office, subject_id, id_, "x", actor=BRAM)
    assert texts(shop, grant_of, subject_id) == ["one"]


def test_without_the_consent_nothing_is_written(shop: Home) -> None:
    never = join(shop, purposes=frozenset({Purpose.RECOGNISE})).subject_id
    withdrew = join(shop).subject_id
    withdraw(shop.office, withdrew, [Purpose.PREFERENCES], actor="c", method="kiosk")
    restricted = join(shop).subject_id
    restrict(shop.office, restricted, Ground.WISH, actor="c")
    before = len(logged(shop.office))
    for subject_id in (never, withdrew, restricted):
        with pytest.raises(ConsentMissingError):
            notes.add(shop.office, subject_id, "x", author=ANNA)
    assert len(logged(shop.office)) == before


def test_another_customers_note_is_out_of_reach(shop: Home, grant_of: GrantOf) -> None:
    mine, other = join(shop).subject_id, join(shop).subject_id
    id_ = notes.add(shop.office, mine, "one", author=ANNA)
    assert not notes.remove(shop.office, other, id_, actor=ANNA)
    assert texts(shop, grant_of, mine) == ["one"]
