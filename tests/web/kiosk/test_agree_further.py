"""A customer agrees to more than at joining: the same questions, the same two acts, a receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from clienteling.config import TillConfig, load_config, save_config
from clienteling.customers.profile import Preferences, read
from clienteling.customers.templates import template_rows
from clienteling.home import Home, open_home
from clienteling.recognition.engine import Engine
from consent import office, records
from consent.purposes import Purpose
from consent.rights.restriction import Ground, restrict
from tests.support.kiosk import Walk, ask_more, detecting_engine, enter, good_views, standing, walk
from tests.support.people import join
from tests.support.web import POLICY, pair
from web.app import create_app
from web.context import EXTENSION


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who joined before the till could ask, to be recognised and for nothing else."""

    subject_id: str
    code: str


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def member(shop: Home) -> Member:
    joined = join(shop, purposes=frozenset({Purpose.RECOGNISE}))
    return Member(joined.subject_id, joined.code)


@pytest.fixture
def till_shop(shop: Home, member: Member) -> Home:
    config = load_config(shop.path)
    save_config(shop.path, config.model_copy(update={"till": TillConfig(identify=True)}))
    return open_home(shop.path, now=shop.office.now)


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


@pytest.fixture
def with_till(till_shop: Home, engine: Engine) -> Iterator[Walk]:
    """The kiosk of the same shop after a restart: its till can ask who somebody is."""
    app = create_app(till_shop, engine, policy=POLICY)
    kiosk = app.test_client()
    pair(kiosk, "kiosk")
    yield walk(kiosk)
    app.extensions[EXTENSION].bus.close()


def decide(customer: Walk, *yes: str, asked: tuple[str, ...], confirm: str = "yes") -> str:
    """Answer the questions; returns the page after the second act."""
    for purpose in asked:
        customer.answer(purpose, answer="yes" if purpose in yes else "no")
    if "preferences" in yes:
        customer.answer("tastes", like=["liquorice"])
    customer.answer("review", agree="yes")
    answer = customer.answer("confirm", answer=confirm)
    return customer.client.get(answer.location, follow_redirects=True).text


OTHERS = ("preferences", "allergies", "visits", "purchases")


def aliases(shop: Home, subject_id: str) -> dict[str, str]:
    """The alias of each template, by its purpose."""
    with shop.databases.identity.read() as identity:
        return {row.purpose: row.alias for row in template_rows(identity, subject_id)}


def test_it_is_offered_without_pressing(customer: Walk, member: Member) -> None:
    """The page names it; nothing is asked before the customer wants to be asked."""
    page = enter(customer, member.code)
    assert "You have not agreed to:" in page
    for words in ("What you like", "Your allergies", "When you visited", "What you buy"):
        assert words in page
    assert "Recognition by face" not in page
    assert "Leave it as it is" in page


def test_a_yes_counts_with_its_own_text_and_a_receipt(
    customer: Walk, shop: Home, member: Member
) -> None:
    ask_more(customer, member.code)
    page = customer.see("preferences").text
    assert (page.count('name="answer"'), "your answer" in page) == (2, False)
    page = decide(customer, "preferences", "purchases", asked=OTHERS)

    assert "You have agreed to:" in page
    assert "QR code that checks" in page
    added = {Purpose.PREFERENCES, Purpose.PURCHASES}
    now = {Purpose.ACCOUNT, Purpose.RECOGNISE, *added}
    assert standing(shop, member.subject_id) == now
    with shop.databases.identity.read() as identity:
        rows = records.newest(identity, member.subject_id, Purpose)
        grants = records.standing(identity, member.subject_id, shop.office.now())
    for purpose in added:
        text = shop.office.notices.current("en", purpose)
        assert rows[purpose].body["privacy_notice"]["sha256"] == text.sha256
        assert rows[purpose].body["second_act"] is True
    told = read(shop.office, grants[Purpose.PREFERENCES], Preferences)
    assert told is not None
    assert told.likes == ("liquorice",)
    receipt = customer.see("renewal.json").get_json()
    assert {one["record"]["purpose"] for one in receipt["records"]} == {one.value for one in added}


def test_a_no_changes_nothing(customer: Walk, shop: Home, member: Member) -> None:
    with shop.databases.identity.read() as identity:
        before = len(records.history(identity, member.subject_id))
    ask_more(customer, member.code)
    assert "You agree to nothing more" in decide(customer, asked=OTHERS)
    with shop.databases.identity.read() as identity:
        assert len(records.history(identity, member.subject_id)) == before


def test_without_the_second_act_nothing_is_agreed(
    customer: Walk, shop: Home, member: Member
) -> None:
    ask_more(customer, member.code)
    decide(customer, "purchases", asked=OTHERS, confirm="no")
    assert standing(shop, member.subject_id) == {Purpose.ACCOUNT, Purpose.RECOGNISE}


def test_what_was_withdrawn_can_be_agreed_to_again(
    customer: Walk, shop: Home, member: Member
) -> None:
    office.withdraw(
        shop.office, member.subject_id, [Purpose.RECOGNISE], actor="device:k", method="kiosk"
    )
    assert "Recognition by face" in ask_more(customer, member.code)
    customer.answer("recognise", answer="yes")
    decide(customer, asked=OTHERS)
    assert customer.see("receipt").location.endswith("/camera")
    assert customer.capture(good_views()).get_json()["made"]
    assert aliases(shop, member.subject_id).keys() == {Purpose.RECOGNISE}


def test_who_is_restricted_is_offered_nothing(customer: Walk, shop: Home, member: Member) -> None:
    restrict(shop.office, member.subject_id, Ground.WISH, actor="device:k")
    assert "You have not agreed to:" not in enter(customer, member.code)
    assert customer.post(f"{customer.at}/further").location.endswith("/renewing")


def test_the_till_that_came_later_gets_a_template_of_its_own(
    with_till: Walk, till_shop: Home, member: Member
) -> None:
    """The pictures are for what was agreed to now: the earlier template stays as it is."""
    before = aliases(till_shop, member.subject_id)
    assert "Recognition at the till" in ask_more(with_till, member.code)
    decide(with_till, "till", asked=(*OTHERS, "till"))
    assert with_till.capture(good_views()).get_json()["made"]
    assert "You have agreed to:" in with_till.see("receipt").text
    after = aliases(till_shop, member.subject_id)
    assert after.keys() == {Purpose.RECOGNISE, Purpose.TILL}
    assert after[Purpose.RECOGNISE] == before[Purpose.RECOGNISE]
    stands = standing(till_shop, member.subject_id)
    assert stands == {Purpose.ACCOUNT, Purpose.RECOGNISE, Purpose.TILL}


def test_without_pictures_the_till_is_withdrawn_and_the_rest_stands(
    with_till: Walk, till_shop: Home, member: Member
) -> None:
    ask_more(with_till, member.code)
    decide(with_till, "purchases", "till", asked=(*OTHERS, "till"))
    with_till.post(f"{with_till.at}/without")
    page = with_till.see("receipt").text
    assert "No picture was made" in page
    assert "Recognition at the till" not in page.partition("Your receipt")[0]
    stands = standing(till_shop, member.subject_id)
    assert stands == {Purpose.ACCOUNT, Purpose.RECOGNISE, Purpose.PURCHASES}


def test_a_no_to_what_was_never_asked_is_a_refusal_with_a_receipt(
    with_till: Walk, till_shop: Home, member: Member
) -> None:
    before = standing(till_shop, member.subject_id)
    ask_more(with_till, member.code)
    page = decide(with_till, asked=(*OTHERS, "till"))
    assert "You agree to nothing more" in page
    (refused,) = with_till.see("renewal.json").get_json()["records"]
    assert (refused["record"]["purpose"], refused["entry"]["kind"]) == ("till", "consent.refused")
    assert standing(till_shop, member.subject_id) == before
    # Asked once, and asked again whenever the customer wants.
    assert "Recognition at the till" in enter(with_till, member.code)
