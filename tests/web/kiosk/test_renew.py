"""Renewing at the kiosk: the code, the questions of joining, a receipt; new pictures apart."""

import pytest

from clienteling.customers.models import AliasRow
from clienteling.customers.profile import Allergies, read
from clienteling.customers.templates import template_rows
from clienteling.home import Home
from clienteling.service.stop import stop
from consent import records
from consent.purposes import Purpose
from tests.support.kiosk import EVERYTHING, Walk, code_on, enter, good_views, only_subject, standing
from tests.support.web import ShopClock

DAY = 86_400.0


@pytest.fixture
def member(customer: Walk) -> Walk:
    """Somebody who joined with everything, a picture too."""
    customer.walk(EVERYTHING)
    assert customer.capture(good_views()).get_json()["made"]
    return customer


def decide(walk: Walk, **answers: str) -> str:
    """Walk through the questions; returns the page after the second act."""
    walk.answer("age", answer="yes")
    for purpose in ("recognise", "preferences", "allergies", "visits", "purchases"):
        walk.answer(purpose, answer=answers.get(purpose, "yes"))
    if answers.get("allergies", "yes") == "yes":
        walk.answer("allergens", answer="known", allergen=["eggs"])
    walk.answer("review", agree="yes")
    answer = walk.answer("confirm", answer=answers.get("confirm", "yes"))
    return walk.client.get(answer.location).text


def pictures(walk: Walk) -> None:
    """Ask for new pictures; the camera has a session of its own."""
    answer = walk.post(f"{walk.at}/pictures")
    assert answer.location.endswith("/camera")
    walk.at = answer.location.rpartition("/")[0]


def aliases(shop: Home) -> list[AliasRow]:
    with shop.databases.identity.read() as identity:
        return list(template_rows(identity, only_subject(shop)))


def test_nothing_is_offered_long_before(member: Walk) -> None:
    page = enter(member, member.code())
    assert "Nothing ends soon" in page
    assert "Decide now" not in page
    assert "Take new pictures" in page


def test_renewing_all_keeps_the_template_and_reconfirms_allergies(
    member: Walk, shop: Home, shop_clock: ShopClock
) -> None:
    code, before = member.code(), [row.alias for row in aliases(shop)]
    shop_clock.forward(350 * DAY)
    page = enter(member, code)
    assert "Decide now" in page
    assert "Robin" not in page
    assert "milk" not in page.lower()

    page = decide(member)

    assert "You have renewed" in page
    assert "QR code that checks" in page
    assert [row.alias for row in aliases(shop)] == before
    shop_clock.forward(200 * DAY)
    subject_id = only_subject(shop)
    assert standing(shop, subject_id) == {Purpose.ACCOUNT, *EVERYTHING}
    with shop.databases.identity.read() as identity:
        grant = records.require_grant(identity, subject_id, Purpose.ALLERGIES, shop.office.now())
    told = read(shop.office, grant, Allergies)
    assert told is not None
    assert told.codes == ("eggs",)
    assert member.see("renewal.json").status_code in {200, 303}


def test_a_no_ends_that_one_at_once(member: Walk, shop: Home, shop_clock: ShopClock) -> None:
    code = member.code()
    shop_clock.forward(350 * DAY)
    enter(member, code)
    decide(member, recognise="no")
    assert standing(shop, only_subject(shop)) == {Purpose.ACCOUNT, *EVERYTHING} - {
        Purpose.RECOGNISE
    }
    assert aliases(shop) == []


def test_without_the_second_act_nothing_changes(
    member: Walk, shop: Home, shop_clock: ShopClock
) -> None:
    code = member.code()
    shop_clock.forward(350 * DAY)
    enter(member, code)
    decide(member, recognise="no", confirm="no")
    assert standing(shop, only_subject(shop)) == {Purpose.ACCOUNT, *EVERYTHING}


def test_new_pictures_replace_the_template(member: Walk, shop: Home) -> None:
    before = [row.alias for row in aliases(shop)]
    enter(member, member.code())
    pictures(member)
    assert "Stop, no new pictures" in member.see("camera").text
    assert member.capture(good_views()).get_json()["made"]
    (after,) = aliases(shop)
    assert after.alias not in before
    assert "Your new pictures are in use" in member.see("renewed").text


def test_whoever_takes_none_keeps_the_old_ones(member: Walk, shop: Home) -> None:
    before = [row.alias for row in aliases(shop)]
    enter(member, member.code())
    pictures(member)
    member.post(f"{member.at}/without")
    member.post(f"{member.at}/end")
    assert [row.alias for row in aliases(shop)] == before
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))


def test_recognition_that_has_lapsed_begins_with_pictures(
    member: Walk, shop: Home, shop_clock: ShopClock
) -> None:
    code = member.code()
    shop_clock.forward(366 * DAY)
    assert "has ended" in enter(member, code)
    assert "Take new pictures" not in member.see("renewing").text
    member.answer("age", answer="yes")
    member.answer("recognise", answer="yes")
    for purpose in ("preferences", "allergies", "visits", "purchases"):
        member.answer(purpose, answer="no")
    member.answer("review", agree="yes")
    member.answer("confirm", answer="yes")
    assert member.see("receipt").location.endswith("/camera")
    assert member.capture(good_views()).get_json()["made"]
    assert standing(shop, only_subject(shop)) == {Purpose.ACCOUNT, Purpose.RECOGNISE}


def test_while_recognition_is_stopped_it_can_be_renewed_but_not_pictured(
    member: Walk, shop: Home, shop_clock: ShopClock
) -> None:
    code = member.code()
    shop_clock.forward(350 * DAY)
    stop(shop.office, actor="user:officer")
    assert "Take new pictures" not in enter(member, code)
    assert "You have renewed" in decide(member)


def test_a_wrong_code_says_nothing_more(customer: Walk) -> None:
    answer = customer.post("/kiosk/renew", {"code": "AAAA-BBBB-CCCC-DDDD"})
    assert answer.status_code == 404
    assert "We do not know this code" in answer.text


def test_a_renewal_is_no_code_page(member: Walk, shop_clock: ShopClock) -> None:
    """The receipt code is shown once, at joining; renewing shows none."""
    code = member.code()
    shop_clock.forward(350 * DAY)
    enter(member, code)
    page = decide(member)
    assert code not in page
    with pytest.raises(AssertionError):
        code_on(page)
