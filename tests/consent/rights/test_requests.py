"""Requests keep their month, travel through time with it, and forget their words."""

import pytest
from sqlalchemy import select

from clienteling.home import Home
from consent.errors import ConsentMissingError, PolicyRefusedError, SubjectUnknownError
from consent.log.events import EventKind
from consent.models import DataKeyRow, RequestRow
from consent.office import erase
from consent.rights.request_acts import (
    Answer,
    Received,
    answer,
    extend,
    identify,
    read_request,
    receive,
    take,
    texts_of,
)
from consent.rights.request_forgetting import TEXT_KEPT, forget_texts
from consent.rights.requests import (
    Channel,
    Extension,
    Identity,
    Outcome,
    RequestKind,
    RequestView,
    closed_requests,
    complaint_figures,
    open_requests,
)
from tests.support.people import Customer, join
from tests.support.retention import run
from tests.support.shops import logged
from tests.support.web import ShopClock

DAY = 86400.0
WORDS = "Ik werd begroet als iemand anders: kaneelmarker"


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


def ask(home: Home, kind: RequestKind, subject_id: str | None, text: str = "") -> RequestView:
    asked = Received(kind, Channel.LETTER, subject_id, text=text, wrong_person=bool(text))
    return receive(home.office, asked, actor="user:1")


def now_open(home: Home) -> RequestView:
    with home.databases.identity.read() as identity:
        (found,) = open_requests(identity, home.office.now())
    return found


def test_the_month_runs_out_and_the_list_says_so(
    shop: Home, shop_clock: ShopClock, customer: Customer
) -> None:
    shop_clock.freeze()
    asked = ask(shop, RequestKind.ACCESS, customer.subject_id)
    assert (asked.late, asked.soon) == (False, False)
    shop_clock.forward((asked.days - 7) * DAY)
    assert now_open(shop).soon
    shop_clock.forward(7 * DAY)
    last_day = now_open(shop)
    assert (last_day.days, last_day.late) == (0, False)
    shop_clock.forward(DAY)
    over = now_open(shop)
    assert (over.days, over.late, over.soon) == (-1, True, False)


def test_it_is_extended_once_within_the_first_month(
    shop: Home, shop_clock: ShopClock, customer: Customer
) -> None:
    shop_clock.freeze()
    asked = ask(shop, RequestKind.ACCESS, customer.subject_id)
    longer = extend(shop.office, asked.id, Extension.COMPLEXITY, Channel.EMAIL, actor="user:1")
    assert 59 <= (longer.due_on - asked.due_on).days <= 62
    with pytest.raises(PolicyRefusedError, match="once"):
        extend(shop.office, asked.id, Extension.NUMBER, Channel.EMAIL, actor="user:1")
    late = ask(shop, RequestKind.ACCESS, customer.subject_id)
    shop_clock.forward((late.days + 1) * DAY)
    with pytest.raises(PolicyRefusedError, match="first month"):
        extend(shop.office, late.id, Extension.NUMBER, Channel.EMAIL, actor="user:1")


def test_an_answer_needs_to_know_who_asks(shop: Home, customer: Customer) -> None:
    asked = ask(shop, RequestKind.ACCESS, customer.subject_id)
    done = Answer(Outcome.DONE, Channel.LETTER)
    with pytest.raises(PolicyRefusedError, match="how you checked"):
        answer(shop.office, asked.id, done, actor="user:1")
    identify(shop.office, asked.id, Identity.DOCUMENT, actor="user:1")
    take(shop.office, asked.id, actor="user:2")
    closed = answer(shop.office, asked.id, done, actor="user:1")
    assert (closed.owner, closed.late) == ("user:2", False)
    for act in (
        lambda: answer(shop.office, asked.id, done, actor="user:1"),
        lambda: take(shop.office, asked.id, actor="user:1"),
    ):
        with pytest.raises(PolicyRefusedError, match="is answered"):
            act()


def test_a_refusal_names_the_authority(shop: Home, customer: Customer) -> None:
    asked = ask(shop, RequestKind.ERASURE, customer.subject_id)
    for outcome in (Outcome.UNFOUNDED, Outcome.NOT_IDENTIFIED, Outcome.PARTLY):
        with pytest.raises(PolicyRefusedError, match="authority"):
            answer(shop.office, asked.id, Answer(outcome, Channel.LETTER), actor="user:1")
    refused = Answer(Outcome.NOT_IDENTIFIED, Channel.LETTER, authority_named=True)
    assert answer(shop.office, asked.id, refused, actor="user:1").outcome is Outcome.NOT_IDENTIFIED


def test_who_is_no_customer_can_complain_and_nothing_else(shop: Home) -> None:
    with pytest.raises(ConsentMissingError):
        ask(shop, RequestKind.ACCESS, None)
    with pytest.raises(SubjectUnknownError):
        ask(shop, RequestKind.ACCESS, "nobody")
    assert ask(shop, RequestKind.COMPLAINT, None, WORDS).subject_id is None


@pytest.mark.parametrize("known", [True, False])
def test_words_are_sealed_and_read_under_a_log_entry(
    shop: Home, customer: Customer, known: bool
) -> None:
    asked = ask(shop, RequestKind.COMPLAINT, customer.subject_id if known else None, WORDS)
    said = Answer(Outcome.DONE, Channel.LETTER, reply="Sorry: kardemommarker")
    answer(shop.office, asked.id, said, actor="user:1")
    for file in shop.path.glob("*.db*"):
        content = file.read_bytes()
        assert b"kaneelmarker" not in content
        assert b"kardemommarker" not in content
    view, texts = read_request(shop.office, asked.id, reader="user:9")
    assert (texts.text, texts.reply) == (WORDS, "Sorry: kardemommarker")
    assert view.wrong_person
    (read,) = logged(shop.office, EventKind.REQUEST_READ)
    assert (read.actor, read.detail) == ("user:9", {"request": asked.id})


def test_erasing_a_customer_ends_the_words_and_keeps_the_dates(
    shop: Home, customer: Customer
) -> None:
    asked = ask(shop, RequestKind.COMPLAINT, customer.subject_id, WORDS)
    erase(shop.office, customer.subject_id, actor="c", method="c")
    view, texts = read_request(shop.office, asked.id, reader="user:9")
    assert texts.gone
    assert view.received_at == asked.received_at
    (read,) = logged(shop.office, EventKind.REQUEST_READ)
    assert read.about is None
    closed = answer(shop.office, asked.id, Answer(Outcome.DONE, Channel.LETTER), actor="user:1")
    assert closed.closed_at is not None


def test_a_strangers_words_are_forgotten_half_a_year_after_the_answer(
    shop: Home, shop_clock: ShopClock
) -> None:
    asked = ask(shop, RequestKind.COMPLAINT, None, WORDS)
    shop_clock.forward(2 * TEXT_KEPT.total_seconds())
    assert forget_texts(shop.office) == 0, "it is not answered yet"
    closed = answer(
        shop.office, asked.id, Answer(Outcome.DONE, Channel.LETTER, "sorry"), actor="user:1"
    )
    assert closed.late
    shop_clock.forward(TEXT_KEPT.total_seconds() - 5)
    assert forget_texts(shop.office) == 0
    shop_clock.forward(6)
    assert forget_texts(shop.office) == 1
    assert texts_of(shop.office, closed).text == ""
    with shop.databases.keys.read() as keys:
        assert keys.scalars(select(DataKeyRow).where(DataKeyRow.subject_id == asked.id)).all() == []
    shop_clock.forward(shop.office.profile.retention.proof * DAY)
    assert run(shop.office)["requests"] == 1
    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(RequestRow)).all() == []


def test_figures_and_lists(shop: Home, shop_clock: ShopClock, customer: Customer) -> None:
    first = ask(shop, RequestKind.COMPLAINT, None, WORDS)
    shop_clock.forward(20 * DAY)
    ask(shop, RequestKind.COMPLAINT, customer.subject_id)
    shop_clock.forward(15 * DAY)
    with shop.databases.identity.read() as identity:
        figures = complaint_figures(identity, shop.office.now())
        listed = open_requests(identity, shop.office.now())
    assert (figures.open, figures.late, figures.wrong_person) == (2, 1, 0)
    assert listed[0].id == first.id
    answer(shop.office, first.id, Answer(Outcome.DONE, Channel.SHOP), actor="user:1")
    with shop.databases.identity.read() as identity:
        (closed,) = closed_requests(identity, shop.office.now(), 10)
    assert closed.late, "it was answered after its day"
