"""Two accounts of one person: what both consents allow moves, and one account is left."""

import json
from dataclasses import replace

import pytest

from clienteling.customers import sizes, tags
from clienteling.customers.choices import ChoiceKind, add_choice
from clienteling.customers.find import find
from clienteling.customers.models import AliasRow
from clienteling.customers.overview import overview
from clienteling.customers.profile import (
    Account,
    Allergies,
    AllergyState,
    Preferences,
    read,
    stated,
    write,
)
from clienteling.customers.records import NewRecord, RecordKind, keep, records_of
from clienteling.customers.visits import last_visits, note_visit
from clienteling.errors import RefusedError, UsageError
from clienteling.home import Home
from clienteling.rights.held import KEYS, PARTS, TEMPLATES
from clienteling.service.helpbar.acts import add_note, open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp, NoteKind
from clienteling.service.helpbar.lists import read_one
from clienteling.upkeep.merging import merge, preview
from consent.errors import SubjectUnknownError
from consent.log.events import EventKind
from consent.models import SubjectRow
from consent.office import erase, resume
from consent.proof.receipts import subject_by_code
from consent.purposes import Purpose
from consent.records import Grant, require_grant
from consent.rights.request_acts import Received, receive
from consent.rights.requests import Channel, RequestKind
from consent.rights.restriction import Ground, restrict
from tests.support.mortal import Died
from tests.support.people import EVERYTHING, Customer, join
from tests.support.shops import Command, logged

#: What becomes of each part of what is held of the account that goes.
CARRIED = {"told", "kept", "email_lookup", "visits", "service_requests", "service_notes"}
LEFT = {
    "customer": "one number is left",
    "consents": "each consent stays its account's own, as proof",
    "receipts": "likewise; their codes end",
    "releases": "belongs to the consent to be recognised, which does not move",
    "face_templates": "a face never moves",
    "sealed_templates": "a face never moves",
    "requests": "open ones must be answered first; the answered end with the account",
    "restriction": "who is restricted is not merged",
    "endings": "of the account that goes",
    "approvals": "of the account that goes",
    "log": "what happened stays what happened",
    "keys": "made for one account",
}


def grant_of(shop: Home, customer: Customer, purpose: Purpose) -> Grant:
    with shop.databases.identity.read() as identity:
        return require_grant(identity, customer.subject_id, purpose, shop.office.now())


def tell(shop: Home, customer: Customer, **account: str) -> None:
    told = stated(Account, **account)
    write(shop.office, grant_of(shop, customer, Purpose.ACCOUNT), told)


@pytest.fixture
def stays(shop: Home) -> Customer:
    return join(
        shop,
        name="Robin Jansen",
        purposes=EVERYTHING | {Purpose.VISITS},
        likes=("fudge",),
        allergies=("milk",),
    )


@pytest.fixture
def goes(shop: Home) -> Customer:
    customer = join(
        shop,
        name="R. Jansen",
        purposes=EVERYTHING | {Purpose.VISITS, Purpose.PURCHASES},
        likes=("fudge", "liquorice"),
        allergies=("sesame",),
        own_words=("kiwi",),
    )
    tell(shop, customer, name="R. Jansen", email="r@example.test", phone="+31612345678")
    for kind, purpose in (
        (RecordKind.NOTE, Purpose.PREFERENCES),
        (RecordKind.ORDER, Purpose.ACCOUNT),
        (RecordKind.SALE, Purpose.PURCHASES),
    ):
        content = json.dumps({"kind": kind}).encode()
        keep(shop.office, grant_of(shop, customer, purpose), NewRecord(kind, content, id=kind))
    note_visit(shop.office, customer.subject_id, "entrance", arrival_id="a")
    return customer


def kept(shop: Home, customer: Customer, kind: RecordKind, purpose: Purpose) -> list[str]:
    found = records_of(shop.office, grant_of(shop, customer, purpose), kind)
    assert all(json.loads(one.content) == {"kind": kind} for one in found)
    return [one.id for one in found]


def assert_merged(shop: Home, stays: Customer, goes: Customer) -> None:
    shown = overview(shop.office, stays.subject_id, reader="t")
    assert shown.account == Account(
        name="Robin Jansen", language="en", email="r@example.test", phone="+31612345678"
    )
    assert shown.preferences == Preferences(likes=("fudge", "liquorice"))
    assert shown.allergies is not None
    assert set(shown.allergies.codes) == {"milk", "sesame"}
    assert shown.allergies.own_words == ("kiwi",)
    assert kept(shop, stays, RecordKind.NOTE, Purpose.PREFERENCES) == ["note"]
    assert kept(shop, stays, RecordKind.ORDER, Purpose.ACCOUNT) == ["order"]
    assert len(last_visits(shop.office, grant_of(shop, stays, Purpose.VISITS))) == 1
    for query in ("r@example.test", "0612345678"):
        (found,) = find(shop.office, query, reader="u")
        assert found.subject_id == stays.subject_id
    with shop.databases.identity.read() as identity:
        assert identity.get(SubjectRow, goes.subject_id) is None
        assert subject_by_code(identity, shop.office.ring, goes.code) is None
        assert subject_by_code(identity, shop.office.ring, stays.code) == stays.subject_id
        assert identity.get(AliasRow, goes.alias) is None
        assert identity.get(AliasRow, stays.alias) is not None


def test_what_both_consents_allow_moves_and_the_rest_ends(
    shop: Home, stays: Customer, goes: Customer
) -> None:
    seen = preview(shop.office, stays.subject_id, goes.subject_id, reader="user:1")
    assert seen.problems == ()
    assert seen.carried == {Purpose.PREFERENCES: 1, Purpose.ACCOUNT: 1, Purpose.VISITS: 1}
    assert (seen.lost, seen.ends) == ({Purpose.PURCHASES: 1}, (Purpose.PURCHASES,))
    done = merge(shop.office, stays.subject_id, goes.subject_id, actor="user:1")
    assert done.moved == 3
    assert done.erased.receipt is not None
    assert_merged(shop, stays, goes)
    (entry,) = logged(shop.office, EventKind.CUSTOMERS_MERGED)
    assert (entry.about, entry.actor) == (stays.subject_id, "user:1")


@pytest.mark.parametrize(
    "step", ["merge logged", "merge contacts", "merge told", "merge kept", "opened", "keys"]
)
def test_whoever_dies_halfway_does_it_again_and_ends_the_same(
    shop: Home, stays: Customer, goes: Customer, step: str
) -> None:
    def die(done: str) -> None:
        if done == step:
            raise Died

    dying = replace(shop.office, after_step=die)
    with pytest.raises(Died):
        merge(dying, stays.subject_id, goes.subject_id, actor="c")
    if step in {"opened", "keys"}:  # it is erased already: the hub carries that on
        resume(shop.office)
    else:
        merge(shop.office, stays.subject_id, goes.subject_id, actor="c")
    assert_merged(shop, stays, goes)


def test_an_open_repair_goes_along_with_its_notes(
    shop: Home, stays: Customer, goes: Customer
) -> None:
    """Nobody's repair is lost because there were two accounts."""
    asked = NewHelp(HelpKind.REPAIR, Asked("A clock"), goes.subject_id)
    help_id = open_request(shop.office, asked, actor="c")
    add_note(shop.office, help_id, NoteKind.NOTE, "Part ordered", actor="c")
    seen = preview(shop.office, stays.subject_id, goes.subject_id, reader="u")
    assert (seen.problems, seen.carried[Purpose.ACCOUNT]) == ((), 2)
    assert merge(shop.office, stays.subject_id, goes.subject_id, actor="c").moved == 4
    found, notes = read_one(shop.office, help_id, reader="u")
    assert (found.subject_id, found.asked) == (stays.subject_id, Asked("A clock"))
    assert [note.text for note in notes] == ["Part ordered"]


def test_a_purpose_that_only_the_other_gave_does_not_come_with_it(
    shop: Home, goes: Customer
) -> None:
    bare = join(shop, name="Robin", purposes=frozenset(), likes=(), allergies=None)
    merge(shop.office, bare.subject_id, goes.subject_id, actor="c")
    shown = overview(shop.office, bare.subject_id, reader="t")
    assert shown.purposes == (Purpose.ACCOUNT,)
    assert (shown.preferences, shown.allergies_state) == (None, AllergyState.NOT_SHARED)


def test_allergies_that_were_not_recorded_come_as_they_were_told(
    shop: Home, goes: Customer
) -> None:
    silent = join(shop, name="Robin", allergies=None)
    before = read(shop.office, grant_of(shop, goes, Purpose.ALLERGIES), Allergies)
    merge(shop.office, silent.subject_id, goes.subject_id, actor="c")
    assert read(shop.office, grant_of(shop, silent, Purpose.ALLERGIES), Allergies) == before


def test_what_must_be_settled_first_stops_it(shop: Home, stays: Customer, goes: Customer) -> None:
    asked = Received(RequestKind.COMPLAINT, Channel.KIOSK, goes.subject_id, text="Hm")
    receive(shop.office, asked, actor="c")
    seen = preview(shop.office, stays.subject_id, goes.subject_id, reader="u")
    assert "answer it first" in seen.problems[0]
    with pytest.raises(RefusedError, match="answer it first"):
        merge(shop.office, stays.subject_id, goes.subject_id, actor="c")
    assert logged(shop.office, EventKind.CUSTOMERS_MERGED) == ()


def test_more_words_than_an_allergy_card_holds_stop_it(shop: Home, goes: Customer) -> None:
    full = join(shop, name="Robin", own_words=("a", "b", "c", "d", "e"))
    with pytest.raises(RefusedError, match="more than five"):
        merge(shop.office, full.subject_id, goes.subject_id, actor="c")


def test_nobody_is_merged_with_themselves_nor_with_who_is_gone_or_restricted(
    shop: Home, stays: Customer, goes: Customer
) -> None:
    with pytest.raises(UsageError):
        merge(shop.office, stays.subject_id, stays.subject_id, actor="c")
    restrict(shop.office, goes.subject_id, Ground.WISH, actor="c")
    with pytest.raises(SubjectUnknownError, match="restricted"):
        merge(shop.office, stays.subject_id, goes.subject_id, actor="c")
    erase(shop.office, goes.subject_id, actor="c", method="c")
    with pytest.raises(SubjectUnknownError):
        merge(shop.office, stays.subject_id, goes.subject_id, actor="c")


def test_of_each_part_that_is_held_it_is_said_whether_it_moves() -> None:
    assert {part.name for part in (*PARTS, KEYS, TEMPLATES)} == CARRIED | LEFT.keys()


def test_the_command_asks_to_look_first(
    shop: Home, stays: Customer, goes: Customer, command: Command
) -> None:
    both = ("customer", "merge", stays.subject_id, goes.subject_id)
    assert command(*both).code == 2
    looked = command(*both, "--dry-run")
    assert looked.code == 0
    assert "1 of purchases" in looked.out
    assert command(*both, "--yes", "--json").json["moved"] == 3
    assert command(*both, "--yes").code == 1
    assert command("customer", "find", "jansen", "--json").json["found"][0]["name"] == (
        "Robin Jansen"
    )


def test_a_tag_and_a_size_given_again_after_a_merge_are_there_once(
    shop: Home, stays: Customer, goes: Customer
) -> None:
    office, who = shop.office, stays.subject_id
    regular = add_choice(office, ChoiceKind.TAG, "stamgast", "regular", actor="c")
    ring = add_choice(office, ChoiceKind.SIZE, "ring", "ring", actor="c")
    for customer, value in ((stays, "17"), (goes, "18")):
        tags.add(office, customer.subject_id, regular, actor="c")
        sizes.add(office, customer.subject_id, ring, value, actor="c")
    merge(office, who, goes.subject_id, actor="user:1")
    grant = grant_of(shop, stays, Purpose.PREFERENCES)
    assert len(tags.read(office, grant)) == len(sizes.read(office, grant)) == 1

    tags.add(office, who, regular, actor="c")
    sizes.add(office, who, ring, "19", actor="c")
    (tag,), (size,) = tags.read(office, grant), sizes.read(office, grant)
    assert size.content.value == "19"
    assert tags.remove(office, who, tag.id, actor="c")
    assert sizes.remove(office, who, size.id, actor="c")
    assert (tags.read(office, grant), sizes.read(office, grant)) == ((), ())
    assert not tags.remove(office, who, tag.id, actor="c")
