"""Service requests: taken in, worked on, closed with a reason; sealed; read by name."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from clienteling.errors import UsageError
from clienteling.home import Home
from clienteling.service.helpbar import acts
from clienteling.service.helpbar.kinds import (
    NEXT,
    Asked,
    HelpKind,
    HelpRequest,
    HelpStatus,
    NewHelp,
    NoteKind,
)
from clienteling.service.helpbar.lists import (
    Which,
    listed,
    open_for,
    pickups_today,
    queue_today,
    read_one,
    sorted_by_need,
)
from clienteling.service.models import HelpNoteRow, HelpRequestRow
from consent.errors import (
    ConsentMissingError,
    PolicyRefusedError,
    SealError,
    SubjectUnknownError,
)
from consent.log.events import EventKind
from consent.office import erase
from consent.rights.restriction import Ground, restrict
from tests.support.people import Customer, join
from tests.support.shops import logged
from tests.support.web import ShopClock

WORDS = "Het kaneelklokje tikt niet meer"
ANNA, BRAM = "user:1", "user:2"


@pytest.fixture
def robin(shop: Home) -> Customer:
    return join(shop, name="Robin Test")


def taken(
    shop: Home,
    customer: Customer | None = None,
    kind: HelpKind = HelpKind.REPAIR,
    what: str = WORDS,
    **more: object,
) -> str:
    asked = Asked(what) if customer else Asked(what, "Kim", "0600000000")
    new = NewHelp(kind, asked, customer.subject_id if customer else None, **more)  # type: ignore[arg-type]
    return acts.open_request(shop.office, new, actor=ANNA)


def seen(shop: Home, request_id: str) -> HelpRequest:
    return read_one(shop.office, request_id, reader=ANNA)[0]


def test_what_a_customer_asks_is_read_with_their_name(shop: Home, robin: Customer) -> None:
    found = seen(shop, taken(shop, robin))
    assert found.asked == Asked(WORDS)
    assert (found.name, found.subject_id) == ("Robin Test", robin.subject_id)
    assert (found.kind, found.status, found.owner) == (HelpKind.REPAIR, HelpStatus.OPEN, None)
    assert (found.opened_by, found.overdue, found.number) == (ANNA, False, None)


def test_who_has_no_account_can_ask_too_and_be_called_back(shop: Home) -> None:
    found = seen(shop, taken(shop, kind=HelpKind.ANYTHING))
    assert found.subject_id is None
    assert found.asked == Asked(WORDS, "Kim", "0600000000")
    assert found.name == "Kim"


def test_no_word_of_it_lies_open_or_in_the_log(shop: Home, robin: Customer) -> None:
    for customer in (robin, None):
        request_id = taken(shop, customer)
        acts.add_note(shop.office, request_id, NoteKind.IDEA, f"{WORDS}: leenklok", actor=BRAM)
        seen(shop, request_id)
    with shop.databases.identity.read() as identity:
        rows = [
            str(vars(row))
            for table in (HelpRequestRow, HelpNoteRow)
            for row in identity.scalars(select(table))
        ]
    for word in ("kaneelklokje", "leenklok", "Kim", "0600000000"):
        assert word not in " ".join(rows)
        assert word not in str(logged(shop.office))


@pytest.mark.parametrize(
    "asked",
    [Asked("  "), Asked("x" * 501), Asked("x", "y" * 61), Asked("x", "y", "0" * 31)],
)
def test_nothing_or_too_much_is_not_taken_in(shop: Home, asked: Asked) -> None:
    with pytest.raises(UsageError):
        acts.open_request(shop.office, NewHelp(HelpKind.QUESTION, asked), actor=ANNA)
    assert listed(shop.office, Which.ALL, reader=ANNA) == ()


def test_one_request_does_not_open_as_another(shop: Home, robin: Customer) -> None:
    one, other = taken(shop, robin, what="one"), taken(shop, robin, what="other")
    with shop.databases.identity.write() as identity:
        identity.get_one(HelpRequestRow, one).sealed = identity.get_one(
            HelpRequestRow, other
        ).sealed
    with pytest.raises(SealError):
        seen(shop, one)


def test_notes_and_ideas_say_who_and_when(shop: Home, robin: Customer) -> None:
    request_id = taken(shop, robin)
    acts.add_note(shop.office, request_id, NoteKind.NOTE, "Part ordered", actor=ANNA)
    acts.add_note(shop.office, request_id, NoteKind.IDEA, "Lend another clock", actor=BRAM)
    _, notes = read_one(shop.office, request_id, reader=ANNA)
    assert [(note.kind, note.text, note.author) for note in notes] == [
        (NoteKind.NOTE, "Part ordered", ANNA),
        (NoteKind.IDEA, "Lend another clock", BRAM),
    ]
    with pytest.raises(UsageError):
        acts.add_note(shop.office, request_id, NoteKind.NOTE, " ", actor=ANNA)


def test_one_takes_it_and_gives_it_back(shop: Home) -> None:
    request_id = taken(shop)
    acts.claim(shop.office, request_id, actor=BRAM)
    assert seen(shop, request_id).owner == BRAM
    assert [one.id for one in listed(shop.office, Which.MINE, reader=BRAM)] == [request_id]
    assert listed(shop.office, Which.MINE, reader=ANNA) == ()
    acts.give_back(shop.office, request_id, actor=BRAM)
    assert seen(shop, request_id).owner is None


@given(st.lists(st.sampled_from(HelpStatus), max_size=8))
def test_every_way_through_the_statuses_ends_where_it_is_said(steps: list[HelpStatus]) -> None:
    """From anywhere one comes back to open, and closed leads only there."""
    here = HelpStatus.OPEN
    for step in steps:
        if step in NEXT[here]:
            here = step
    assert here is HelpStatus.OPEN or HelpStatus.OPEN in NEXT[here]
    assert not here.is_closed or NEXT[here] == {HelpStatus.OPEN}


def test_it_moves_as_allowed_and_not_otherwise(shop: Home) -> None:
    request_id = taken(shop)
    for status in (HelpStatus.WAITING, HelpStatus.READY, HelpStatus.CANCELLED):
        acts.move(shop.office, request_id, status, actor=ANNA)
        assert seen(shop, request_id).status is status
    acts.move(shop.office, request_id, HelpStatus.CANCELLED, actor=ANNA)  # twice is no fault
    with pytest.raises(PolicyRefusedError, match="closed"):
        acts.move(shop.office, request_id, HelpStatus.READY, actor=ANNA)
    with pytest.raises(PolicyRefusedError, match="closed"):
        acts.claim(shop.office, request_id, actor=ANNA)
    with pytest.raises(PolicyRefusedError, match="what it was about"):
        acts.move(shop.office, request_id, HelpStatus.DONE, actor=ANNA)
    acts.move(shop.office, request_id, HelpStatus.OPEN, actor=ANNA)
    assert seen(shop, request_id).status is HelpStatus.OPEN


def test_an_unknown_one_is_said_to_be_unknown(shop: Home) -> None:
    with pytest.raises(SubjectUnknownError):
        acts.claim(shop.office, "nothing", actor=ANNA)
    with pytest.raises(SubjectUnknownError):
        read_one(shop.office, "nothing", reader=ANNA)


def test_what_is_overdue_stands_on_top(shop: Home, shop_clock: ShopClock) -> None:
    shop_clock.freeze()
    now = shop_clock()
    later = taken(shop, what="later", due_at=now + timedelta(hours=5))
    never = taken(shop, what="never")
    soon = taken(shop, what="soon", due_at=now + timedelta(hours=1))
    shop_clock.forward(7200)
    found = listed(shop.office, Which.ALL, reader=ANNA)
    assert [one.id for one in found] == [soon, later, never]
    assert [one.overdue for one in found] == [True, False, False]
    assert [one.id for one in listed(shop.office, Which.OVERDUE, reader=ANNA)] == [soon]
    acts.close(shop.office, soon, "nothing", actor=ANNA)
    assert listed(shop.office, Which.OVERDUE, reader=ANNA) == ()


moments = st.none() | st.datetimes(timezones=st.just(UTC))


@given(st.lists(st.tuples(st.booleans(), moments, st.datetimes(timezones=st.just(UTC)))))
def test_sorting_loses_nothing_and_keeps_the_overdue_first(
    values: list[tuple[bool, datetime | None, datetime]],
) -> None:
    several = [
        HelpRequest(
            str(number), HelpKind.REPAIR, HelpStatus.OPEN, None, opened, ANNA, due, None, None,
            None, None, late, False,
        )
        for number, (late, due, opened) in enumerate(values)
    ]  # fmt: skip
    found = sorted_by_need(several)
    assert {one.id for one in found} == {one.id for one in several}
    late = [one.overdue for one in found]
    assert late == sorted(late, reverse=True)


def test_the_lists_hold_what_they_say(shop: Home) -> None:
    ready, closed, open_ = taken(shop), taken(shop), taken(shop, kind=HelpKind.QUESTION)
    acts.move(shop.office, ready, HelpStatus.READY, actor=ANNA)
    acts.close(shop.office, closed, "broke", actor=ANNA)
    lists = {which: {one.id for one in listed(shop.office, which, reader=ANNA)} for which in Which}
    assert lists[Which.ALL] == {ready, open_}
    assert lists[Which.READY] == {ready}
    assert lists[Which.CLOSED] == {closed}
    asked = listed(shop.office, Which.ALL, reader=ANNA, kind=HelpKind.QUESTION)
    assert [one.id for one in asked] == [open_]


def test_each_customer_whose_words_are_read_has_an_entry(shop: Home, robin: Customer) -> None:
    sam = join(shop, name="Sam Test")
    for customer in (robin, robin, sam, None):
        taken(shop, customer)
    listed(shop.office, Which.ALL, reader=BRAM)
    reads = logged(shop.office, EventKind.HELP_READ)
    assert {(read.about, str(read.detail)) for read in reads} == {
        (robin.subject_id, "{'requests': 2}"),
        (sam.subject_id, "{'requests': 1}"),
        (None, "{'requests': 1}"),
    }
    assert {read.actor for read in reads} == {BRAM}


def test_acts_are_logged_about_the_customer_without_content(shop: Home, robin: Customer) -> None:
    request_id = taken(shop, robin)
    acts.claim(shop.office, request_id, actor=BRAM)
    acts.close(shop.office, request_id, "broke", actor=BRAM)
    changed = logged(shop.office, EventKind.HELP_OPENED, EventKind.HELP_CHANGED)
    assert {entry.about for entry in changed} == {robin.subject_id}
    assert [dict(entry.detail or {}) for entry in reversed(changed)] == [
        {"help": request_id, "kind": "repair"},
        {"help": request_id, "what": "owner"},
        {"help": request_id, "status": "done", "reason": "broke"},
    ]


def test_a_restricted_customers_words_are_used_for_nothing(shop: Home, robin: Customer) -> None:
    request_id = taken(shop, robin)
    restrict(shop.office, robin.subject_id, Ground.WISH, actor="c")
    (found,) = listed(shop.office, Which.ALL, reader=ANNA)
    assert (found.asked, found.name) == (None, "")
    with pytest.raises(ConsentMissingError):
        acts.add_note(shop.office, request_id, NoteKind.NOTE, "x", actor=ANNA)
    with pytest.raises(ConsentMissingError):
        taken(shop, robin)


def test_after_an_erasure_nothing_is_taken_in_for_them(shop: Home, robin: Customer) -> None:
    taken(shop, robin)
    erase(shop.office, robin.subject_id, actor="c", method="c")
    assert listed(shop.office, Which.ALL, reader=ANNA) == ()
    with pytest.raises(ConsentMissingError):
        taken(shop, robin)


def test_the_card_knows_complaints_first_and_what_is_ready(shop: Home, robin: Customer) -> None:
    complaint = taken(shop, robin, HelpKind.COMPLAINT)
    repair = taken(shop, robin)
    ready = taken(shop, robin, HelpKind.PICKUP)
    acts.move(shop.office, ready, HelpStatus.READY, actor=ANNA)
    acts.close(shop.office, taken(shop, robin), "broke", actor=ANNA)
    taken(shop)
    found = open_for(shop.office, robin.subject_id)
    assert [one.id for one in found.complaints] == [complaint]
    assert [one.id for one in found.others] == [repair]
    assert [one.id for one in found.ready] == [ready]
    assert found.ready[0].asked == Asked(WORDS)


def test_the_huddle_sees_what_will_be_picked_up_and_no_words(
    shop: Home, robin: Customer, shop_clock: ShopClock
) -> None:
    ready = taken(shop, robin)
    acts.move(shop.office, ready, HelpStatus.READY, actor=ANNA)
    today = taken(shop, robin, HelpKind.PICKUP, due_at=shop_clock() - timedelta(minutes=1))
    taken(shop, robin, HelpKind.PICKUP, due_at=shop_clock() + timedelta(days=2))
    taken(shop, robin, HelpKind.PICKUP)
    found = pickups_today(shop.office)
    assert {one.id for one in found} == {ready, today}
    assert all(one.asked is None and one.name == "" for one in found)


def test_the_queue_counts_from_one_each_day(shop: Home, shop_clock: ShopClock) -> None:
    one, two = taken(shop, in_queue=True), taken(shop)
    assert acts.queue(shop.office, two, actor=ANNA) == 2
    assert acts.queue(shop.office, two, actor=ANNA) == 2
    acts.claim(shop.office, one, actor=ANNA)
    with shop.databases.identity.read() as identity:
        waiting = queue_today(identity, shop.office.wall_now())
    assert (waiting.now, waiting.waiting) == ((1,), (2,))
    shop_clock.forward(86_400)
    with shop.databases.identity.read() as identity:
        assert queue_today(identity, shop.office.wall_now()).waiting == ()
    assert seen(shop, two).number is None
    assert acts.queue(shop.office, two, actor=ANNA) == 1


def test_promises_can_be_made_and_changed(shop: Home, shop_clock: ShopClock) -> None:
    request_id, due = taken(shop), shop_clock() + timedelta(days=1)
    acts.promise(shop.office, request_id, due, due, actor=ANNA)
    found = seen(shop, request_id)
    assert (found.due_at, found.appointment_at) == (due, due)
    acts.promise(shop.office, request_id, None, None, actor=ANNA)
    assert seen(shop, request_id).due_at is None


def test_numbers_and_pickups_begin_again_at_the_shops_midnight(
    shop: Home, shop_clock: ShopClock
) -> None:
    shop_clock.freeze()
    here = shop.office.wall_now()
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), here.tzinfo)
    shop_clock.forward(midnight.timestamp() - here.timestamp() - 60)
    assert shop_clock().date() == shop.office.today()
    taken(shop, in_queue=True)
    shop_clock.forward(120)
    assert shop_clock().date() < shop.office.today(), "universal time is still at the day before"
    with shop.databases.identity.read() as identity:
        assert queue_today(identity, shop.office.wall_now()).waiting == ()
    taken(shop, in_queue=True)
    with shop.databases.identity.read() as identity:
        assert queue_today(identity, shop.office.wall_now()).waiting == (1,)
