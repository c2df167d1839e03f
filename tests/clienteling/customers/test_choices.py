"""The shop's own lists: what is on them, what customers have of them, and how it goes again."""

import pytest

from clienteling.customers import sizes, tags, wishes
from clienteling.customers.choices import (
    MOST,
    Choice,
    ChoiceKind,
    add_choice,
    choices,
    drop_choice,
)
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.purposes import Purpose
from tests.clienteling.customers.conftest import GrantOf
from tests.support.people import join
from tests.support.shops import logged

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def on_the_list(shop: Home, kind: ChoiceKind) -> tuple[Choice, ...]:
    with shop.databases.identity.read() as identity:
        return choices(identity, kind)


def add(shop: Home, kind: ChoiceKind, nl: str, en: str) -> str:
    return add_choice(shop.office, kind, nl, en, actor="user:9")


def test_a_list_is_in_both_languages_and_by_the_word(shop: Home) -> None:
    add(shop, ChoiceKind.TAG, " vaste  klant ", "Regular")
    add(shop, ChoiceKind.TAG, "koopt cadeaus", "buys gifts")
    add(shop, ChoiceKind.SIZE, "schoen", "shoe")
    gifts, regular = on_the_list(shop, ChoiceKind.TAG)
    assert (regular.word("nl"), regular.word("en")) == ("vaste klant", "Regular")
    assert gifts.en == "buys gifts"
    assert logged(shop.office)[0].kind is EventKind.CHOICES_CHANGED


@pytest.mark.parametrize(
    ("nl", "en"),
    [("", "x"), ("x", " "), ("x" * 31, "x"), ("zwanger", "expecting"), ("eet anders", "Kosher")],
)
def test_a_list_holds_no_empty_long_or_sensitive_words(shop: Home, nl: str, en: str) -> None:
    with pytest.raises(UsageError):
        add(shop, ChoiceKind.TAG, nl, en)
    assert on_the_list(shop, ChoiceKind.TAG) == ()


def test_nothing_is_on_a_list_twice_and_it_is_full_at_forty(shop: Home) -> None:
    for number in range(MOST):
        add(shop, ChoiceKind.TAG, f"etiket {number}", f"tag {number}")
    with pytest.raises(UsageError, match="40"):
        add(shop, ChoiceKind.TAG, "meer", "more")
    add(shop, ChoiceKind.SIZE, "etiket 1", "tag 1")
    with pytest.raises(UsageError, match="already"):
        add(shop, ChoiceKind.SIZE, "ETIKET 1", "other")


def test_a_tag_is_chosen_and_a_customer_has_it_once(shop: Home, grant_of: GrantOf) -> None:
    subject_id, tag = join(shop).subject_id, add(shop, ChoiceKind.TAG, "vaste klant", "regular")
    first, second = (tags.add(shop.office, subject_id, tag, actor="user:1") for _ in range(2))
    (kept,) = tags.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    assert first == second == kept.id
    assert kept.content.word("nl") == "vaste klant"
    for wrong in (UNKNOWN, add(shop, ChoiceKind.SIZE, "ring", "ring")):
        with pytest.raises(UsageError, match="list"):
            tags.add(shop.office, subject_id, wrong, actor="user:1")
    assert tags.remove(shop.office, subject_id, kept.id, actor="user:1")
    assert tags.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES)) == ()


def test_a_size_of_a_kind_replaces_the_one_before(shop: Home, grant_of: GrantOf) -> None:
    subject_id, shoe = join(shop).subject_id, add(shop, ChoiceKind.SIZE, "schoen", "shoe")
    for value in ("41", " 42½ "):
        sizes.add(shop.office, subject_id, shoe, value, actor="user:1")
    (kept,) = sizes.read(shop.office, grant_of(subject_id, Purpose.PREFERENCES))
    assert (kept.content.word("en"), kept.content.value) == ("shoe", "42½")
    for wrong in ("", "x" * 21):
        with pytest.raises(UsageError):
            sizes.add(shop.office, subject_id, shoe, wrong, actor="user:1")
    assert sizes.remove(shop.office, subject_id, kept.id, actor="user:1")


def test_two_customers_share_a_choice_but_no_record(shop: Home) -> None:
    tag = add(shop, ChoiceKind.TAG, "vaste klant", "regular")
    one, other = (
        tags.add(shop.office, join(shop).subject_id, tag, actor="user:1") for _ in range(2)
    )
    assert one != other


def test_what_leaves_the_list_leaves_every_customer(shop: Home, grant_of: GrantOf) -> None:
    people = [join(shop).subject_id for _ in range(3)]
    tag, other = add(shop, ChoiceKind.TAG, "a", "a"), add(shop, ChoiceKind.TAG, "b", "b")
    for subject_id in people:
        tags.add(shop.office, subject_id, tag, actor="user:1")
    tags.add(shop.office, people[0], other, actor="user:1")

    assert drop_choice(shop.office, tag, actor="user:9") == 3

    left = [
        [one.content.en for one in tags.read(shop.office, grant_of(each, Purpose.PREFERENCES))]
        for each in people
    ]
    assert left == [["b"], [], []]
    assert [one.en for one in on_the_list(shop, ChoiceKind.TAG)] == ["b"]
    removed = [e for e in logged(shop.office) if e.kind is EventKind.RECORD_REMOVED]
    assert {entry.about for entry in removed} == set(people)
    with pytest.raises(UsageError):
        drop_choice(shop.office, tag, actor="user:9")


def test_who_shares_no_preferences_gets_neither_tag_size_nor_wish(shop: Home) -> None:
    subject_id = join(shop, purposes=frozenset({Purpose.RECOGNISE})).subject_id
    tag, size = add(shop, ChoiceKind.TAG, "a", "a"), add(shop, ChoiceKind.SIZE, "b", "b")
    with pytest.raises(ConsentMissingError):
        tags.add(shop.office, subject_id, tag, actor="user:1")
    with pytest.raises(ConsentMissingError):
        sizes.add(shop.office, subject_id, size, "1", actor="user:1")
    with pytest.raises(ConsentMissingError):
        wishes.add(shop.office, subject_id, "x", actor="user:1")
