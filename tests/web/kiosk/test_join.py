"""Joining, screen by screen."""

import itertools
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient

from clienteling.customers.profile import Account, Allergies, AllergyState, Preferences, read
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.service.stop import stop
from consent import records
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.kiosk import (
    ASKED,
    EVERYTHING,
    NOTHING,
    Walk,
    code_on,
    only_subject,
    standing,
    subjects,
    walk,
)
from tests.support.web import ShopClock, csrf, pair

TOLD = {**NOTHING, Purpose.PREFERENCES: True, Purpose.ALLERGIES: True}

COMBINATIONS = [
    dict(zip(ASKED, given, strict=True))
    for given in itertools.product((True, False), repeat=len(ASKED))
]


@pytest.mark.parametrize("choices", COMBINATIONS, ids=str)
def test_every_combination_of_yes_and_no_joins(
    shop: Home, customer: Walk, choices: Mapping[Purpose, bool]
) -> None:
    """Refusing one leaves the rest working (R9); every answer is recorded."""
    customer.walk(choices)
    if choices[Purpose.RECOGNISE]:
        assert customer.see("receipt").location.endswith("/camera")
        customer.post(f"{customer.at}/without")
    assert customer.see("receipt").status_code == 200
    wanted = {p for p, given in choices.items() if given} - {Purpose.RECOGNISE}
    subject = only_subject(shop)
    assert standing(shop, subject) == wanted | {Purpose.ACCOUNT}
    with shop.databases.identity.read() as identity:
        states = {(row.purpose, row.state) for row in records.history(identity, subject)}
    for purpose, given in choices.items():
        assert (purpose.value, "given" if given else "refused") in states


def test_what_was_told_is_sealed_under_its_own_purpose(shop: Home, customer: Walk) -> None:
    customer.walk(TOLD)
    with shop.databases.identity.read() as identity:
        grants = records.standing(identity, only_subject(shop), shop.office.now())
    assert read(shop.office, grants[Purpose.ACCOUNT], Account) == Account(
        name="Robin Test", language="en", email="robin@example.test"
    )
    tastes = read(shop.office, grants[Purpose.PREFERENCES], Preferences)
    allergies = read(shop.office, grants[Purpose.ALLERGIES], Allergies)
    assert tastes is not None
    assert tastes.likes == ("dark chocolate", "liquorice")
    assert allergies is not None
    assert [str(code) for code in allergies.codes] == ["milk", "nuts"]
    assert allergies.own_words == ("kiwi",)


def test_the_record_names_the_notice_the_kiosk_and_the_second_act(
    shop: Home, customer: Walk
) -> None:
    customer.walk(NOTHING)
    with shop.databases.identity.read() as identity:
        row = records.history(identity, only_subject(shop))[0]
    assert row.body["privacy_notice"]["sha256"]
    assert "kiosk" in str(row.body["collection_method"])


def test_none_known_is_not_the_same_as_skipped(shop: Home, customer: Walk) -> None:
    customer.answers["allergens"] = {"answer": "none_known", "allergen": [], "own": []}
    customer.walk(TOLD)
    with shop.databases.identity.read() as identity:
        grants = records.standing(identity, only_subject(shop), shop.office.now())
    said = read(shop.office, grants[Purpose.ALLERGIES], Allergies)
    assert said is not None
    assert said.state is AllergyState.NONE_KNOWN


def test_skipping_records_nothing_about_allergies(shop: Home, customer: Walk) -> None:
    customer.answers["allergens"] = {"answer": "skipped", "allergen": ["milk"], "own": ["kiwi"]}
    customer.walk(TOLD)
    with shop.databases.identity.read() as identity:
        grants = records.standing(identity, only_subject(shop), shop.office.now())
    assert read(shop.office, grants[Purpose.ALLERGIES], Allergies) is None


def test_under_age_ends_kindly_and_keeps_nothing(shop: Home, customer: Walk) -> None:
    customer.start()
    customer.answer("language", language="en")
    ended = customer.answer("age", answer="no")
    assert ended.location == "/kiosk/under-age"
    assert "just as welcome" in customer.client.get(ended.location).text
    assert customer.see("age").location == "/kiosk/forgotten"
    assert subjects(shop) == []


def test_no_at_the_confirmation_forgets_everything(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING, until="confirm")
    assert customer.answer("confirm", answer="no").location == "/kiosk/forgotten"
    assert subjects(shop) == []


@pytest.mark.parametrize("step", ["about", "recognise", "name", "review", "confirm", "receipt"])
def test_nobody_skips_a_question(shop: Home, customer: Walk, step: str) -> None:
    customer.start()
    assert customer.see(step).location.endswith("/language")
    answer = customer.post(f"{customer.at}/{step}", {"answer": "yes", "agree": "yes"})
    assert answer.status_code in {303, 405}
    assert subjects(shop) == []


@pytest.mark.parametrize(
    ("step", "fields", "sentence"),
    [
        ("age", {}, "Choose one of the two answers"),
        ("age", {"answer": "perhaps"}, "Choose one of the two answers"),
        ("recognise", {}, "Choose yes or no"),
        ("name", {"name": "  "}, "A first name is enough"),
        ("name", {"name": "Robin", "email": "robin"}, "not complete"),
        ("allergens", {"answer": "known"}, "Touch what you are allergic to"),
        ("allergens", {"answer": "none_known", "allergen": "milk"}, "You marked something"),
        ("allergens", {"answer": "x", "allergen": "milk"}, "Choose one of the three"),
        ("review", {}, "Tick the box first"),
        ("confirm", {}, "Choose one of the two answers"),
    ],
)
def test_an_answer_that_is_missing_is_asked_for(
    shop: Home, customer: Walk, step: str, fields: dict[str, str], sentence: str
) -> None:
    customer.walk(TOLD, until=step)
    answer = customer.answer(step, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert subjects(shop) == []


def test_back_keeps_what_was_typed(customer: Walk) -> None:
    customer.walk(NOTHING, until="name")
    back = customer.answer("name", name="Robin", email="rob", go="back")
    assert back.location.endswith("/purchases")
    assert 'value="Robin"' in customer.see("name").text


def test_the_language_switch_keeps_what_was_typed(customer: Walk) -> None:
    customer.walk(NOTHING, until="name")
    switched = customer.answer("name", name="Robin", language="nl")
    page = customer.client.get(switched.location, follow_redirects=True).text
    assert "Hoe mogen wij u noemen?" in page
    assert 'value="Robin"' in page


def test_another_language_after_agreeing_asks_to_agree_again(shop: Home, customer: Walk) -> None:
    """The text that was agreed to is the one whose hash is recorded (R10)."""
    customer.walk(NOTHING, until="confirm")
    customer.client.get("/language/nl")
    assert customer.see("confirm").location.endswith("/review")
    assert customer.post(f"{customer.at}/confirm", {"answer": "yes"}).location.endswith("/review")
    assert subjects(shop) == []


def test_a_correction_returns_to_the_review(customer: Walk) -> None:
    customer.walk(NOTHING, until="confirm")
    assert customer.answer("purchases", answer="yes").location.endswith("/review")
    review = customer.see("review").text
    assert "checked" not in review


def test_a_yes_that_becomes_a_no_drops_what_was_told(shop: Home, customer: Walk) -> None:
    customer.walk(TOLD, until="confirm")
    customer.answer("allergies", answer="no")
    assert "kiwi" not in customer.see("review").text
    customer.answer("review", agree="yes")
    customer.answer("confirm", answer="yes")
    assert Purpose.ALLERGIES not in standing(shop, only_subject(shop))


def test_confirming_twice_joins_once(shop: Home, customer: Walk) -> None:
    customer.walk(NOTHING)
    again = customer.post(f"{customer.at}/confirm", {"answer": "yes"})
    assert again.location.endswith("/receipt")
    assert len(subjects(shop)) == 1


def test_after_joining_the_kiosk_remembers_no_answers(customer: Walk) -> None:
    customer.walk(TOLD)
    page = customer.see("receipt").text
    assert not any(word in page for word in ("Robin", "robin@", "liquorice", "kiwi", "Milk"))


def test_nothing_personal_stands_in_an_address(customer: Walk) -> None:
    customer.walk(TOLD)
    assert not any(word in customer.at for word in ("Robin", "robin", "example"))
    assert "?" not in customer.at


def test_the_code_of_the_receipt_is_in_the_qr_code_and_in_no_link(customer: Walk) -> None:
    customer.walk(NOTHING)
    page = customer.see("receipt").text
    assert "<svg" in page
    assert f"#{code_on(page)}" not in page


@pytest.mark.parametrize("without", [None], ids=["no engine"])
class TestWithoutRecognition:
    @pytest.fixture
    def engine(self, without: None) -> Engine | None:
        return without

    def test_the_kiosk_says_so_and_the_rest_works(self, shop: Home, customer: Walk) -> None:
        customer.walk(NOTHING, until="recognise")
        page = customer.see("recognise").text
        assert "not possible here at the moment" in page
        assert 'value="yes"' not in page
        refused = customer.answer("recognise", answer="yes")
        assert refused.status_code == 422
        customer.walk(TOLD)
        assert standing(shop, only_subject(shop)) == {
            Purpose.ACCOUNT,
            Purpose.PREFERENCES,
            Purpose.ALLERGIES,
        }


def test_a_stopped_recognition_enrols_no_face(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING, until="confirm")
    stop(shop.office, actor="user:1")
    answer = customer.answer("confirm", answer="yes")
    assert answer.status_code == 422
    assert "not possible here at the moment" in answer.text
    assert subjects(shop) == []


def test_a_consent_withdrawn_elsewhere_closes_the_camera(shop: Home, customer: Walk) -> None:
    customer.walk(EVERYTHING)
    withdraw(shop.office, only_subject(shop), None, actor="user:1", method="officer")
    assert customer.post(f"{customer.at}/without").location.endswith("/receipt")
    assert customer.see("receipt").status_code == 200


def test_stopping_forgets(shop: Home, customer: Walk) -> None:
    customer.walk(TOLD, until="review")
    assert customer.post(f"{customer.at}/end").location == "/kiosk/forgotten"
    assert customer.see("review").location == "/kiosk/forgotten"
    assert customer.post(f"{customer.at}/end").status_code == 303
    assert subjects(shop) == []


def test_being_done_greets_the_next_customer_in_the_kiosks_language(customer: Walk) -> None:
    customer.walk(NOTHING)
    done = customer.post(f"{customer.at}/end", {"why": "done"})
    assert done.location == "/kiosk"
    assert "language=;" in done.headers["Set-Cookie"]


def test_time_runs_out_unless_more_is_asked_for(customer: Walk, shop_clock: ShopClock) -> None:
    customer.walk(NOTHING, until="name")
    shop_clock.forward(500)
    assert customer.post(f"{customer.at}/more").status_code == 204
    shop_clock.forward(500)
    assert customer.see("name").status_code == 200
    shop_clock.forward(200)
    assert customer.see("name").location == "/kiosk/forgotten"
    assert customer.post(f"{customer.at}/more").location == "/kiosk/forgotten"


def test_another_kiosk_cannot_look_into_a_session(app: object, customer: Walk) -> None:
    customer.walk(NOTHING, until="name")
    other = customer.client.application.test_client()
    pair(other, "kiosk")
    assert other.get(f"{customer.at}/name").location == "/kiosk/forgotten"
    stranger = Walk(other, csrf(other), customer.at)
    assert stranger.post(f"{customer.at}/end").status_code == 303
    assert customer.see("name").status_code == 200


@pytest.mark.parametrize("kind", [None, "tablet"])
def test_only_a_kiosk_gets_in(client: FlaskClient, kind: str | None) -> None:
    if kind is not None:
        pair(client, kind)
    assert client.get("/kiosk").status_code == 403
    assert walk(client).post("/kiosk/session").status_code == 403
    assert client.get("/kiosk/leave").status_code == 403


def test_a_form_from_elsewhere_is_refused(customer: Walk) -> None:
    customer.start()
    assert (
        customer.client.post(f"{customer.at}/language", data={"language": "en"}).status_code == 400
    )


def test_other_methods_are_refused(customer: Walk) -> None:
    customer.start()
    assert customer.client.get("/kiosk/session").status_code == 405
    assert customer.client.get(f"{customer.at}/frame").status_code == 405
    assert customer.client.get(f"{customer.at}/nonsense").status_code == 404


def test_every_page_is_marked_as_a_demo_and_is_not_stored(customer: Walk) -> None:
    for page in ("/kiosk", "/kiosk/leave", "/kiosk/forgotten", "/kiosk/under-age"):
        answer = customer.client.get(page)
        assert ">DEMO<" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
    customer.start()
    assert ">DEMO<" in customer.see("language").text
