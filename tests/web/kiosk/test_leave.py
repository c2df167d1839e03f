"""Leaving by receipt code."""

import pytest

from clienteling.home import Home
from consent.purposes import Purpose
from tests.support.kiosk import EVERYTHING, Walk, good_views, only_subject, standing, subjects


@pytest.fixture
def code(customer: Walk) -> str:
    """The code of somebody who joined with everything."""
    customer.walk(EVERYTHING)
    customer.capture(good_views())
    found = customer.code()
    customer.post(f"{customer.at}/end", {"why": "done"})
    return found


def _enter(customer: Walk, code: str) -> str:
    answer = customer.post("/kiosk/leave", {"code": code})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def _wish(customer: Walk, at: str, wish: str) -> str:
    answer = customer.post(at, {"wish": wish})
    assert answer.status_code == 303
    return customer.client.get(answer.location).text


def test_stop_recognising_me(shop: Home, customer: Walk, code: str) -> None:
    page = _wish(customer, _enter(customer, code), "face")
    assert "within 5 seconds" in page
    assert "within 15 minutes" in page
    assert "at most 7 days" in page
    assert standing(shop, only_subject(shop)) == {
        Purpose.ACCOUNT,
        Purpose.PREFERENCES,
        Purpose.ALLERGIES,
        Purpose.VISITS,
        Purpose.PURCHASES,
    }


def test_withdraw_everything(shop: Home, customer: Walk, code: str) -> None:
    _wish(customer, _enter(customer, code), "all")
    assert standing(shop, only_subject(shop)) == {Purpose.ACCOUNT}


def test_erase_everything(shop: Home, customer: Walk, code: str) -> None:
    at = _enter(customer, code)
    assert "cannot be undone" in customer.client.get(f"{at}/erase").text
    page = _wish(customer, at, "erase")
    assert "Everything about you is erased" in page
    assert "under a number, without your name" in page
    assert subjects(shop) == []


def test_after_erasing_the_code_is_worth_nothing(customer: Walk, code: str) -> None:
    at = _enter(customer, code)
    _wish(customer, at, "erase")
    assert customer.post(at, {"wish": "all"}).status_code == 303
    assert customer.post("/kiosk/leave", {"code": code}).status_code == 404


def test_what_was_withdrawn_is_not_withdrawn_twice(customer: Walk, code: str) -> None:
    at = _enter(customer, code)
    _wish(customer, at, "all")
    assert "You had withdrawn this already" in _wish(customer, at, "all")
    assert 'value="face"' not in customer.client.get(at).text


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda c: c.replace("-", ""),
        lambda c: f" {c} ",
        lambda c: c.replace("0", "O").replace("1", "l"),
        lambda c: f"http://127.0.0.1:8080/kiosk/leave#{c}",
    ],
    ids=["case", "dashes", "spaces", "lookalikes", "scanned"],
)
def test_typing_is_forgiven(customer: Walk, code: str, change: object) -> None:
    assert callable(change)
    assert "/kiosk/leaving/" in _enter(customer, change(code))


@pytest.mark.parametrize("wrong", ["", "AAAA-AAAA-AAAA-AAAA", "x" * 5000, "💶", "'; drop table"])
def test_a_wrong_code_gets_one_and_the_same_answer(customer: Walk, code: str, wrong: str) -> None:
    answer = customer.post("/kiosk/leave", {"code": wrong})
    assert answer.status_code == 404
    assert "We do not know this code" in answer.text
    assert wrong[:4] not in answer.text or not wrong


def test_trying_codes_is_slowed_down(customer: Walk) -> None:
    answers = [customer.post("/kiosk/leave", {"code": "AAAA"}).status_code for _ in range(12)]
    assert answers[:10] == [404] * 10
    assert answers[10:] == [429, 429]


def test_no_page_of_leaving_shows_who_it_is(customer: Walk, code: str) -> None:
    at = _enter(customer, code)
    pages = [customer.client.get(at).text, customer.client.get(f"{at}/erase").text]
    pages.append(_wish(customer, at, "all"))
    for page in pages:
        assert not any(word in page for word in ("Robin", "robin@", "liquorice", "kiwi"))


def test_leaving_needs_the_session_of_the_code(customer: Walk, code: str) -> None:
    at = _enter(customer, code)
    assert customer.client.get("/kiosk/leaving/guess").location == "/kiosk/forgotten"
    assert customer.client.get(f"{at}/done").location == at
    customer.post(at.replace("leaving", "session") + "/end")
    assert customer.client.get(at).location == "/kiosk/forgotten"


def test_an_unknown_wish_changes_nothing(shop: Home, customer: Walk, code: str) -> None:
    at = _enter(customer, code)
    assert customer.post(at, {"wish": "fame"}).location == at
    assert len(standing(shop, only_subject(shop))) == 6
