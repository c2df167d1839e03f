"""The officer's pages about requests, restriction, correction, export and breaches."""

import json
import re

import pytest
from flask.testing import FlaskClient

from clienteling.access.approvals import decide, proposals
from clienteling.access.users import RoleName
from clienteling.home import Home
from clienteling.rights.correction import own_words
from consent.log.events import EventKind
from consent.records import is_restricted
from consent.rights.requests import Outcome, RequestKind, open_requests, requests_of
from tests.support.people import Customer
from tests.support.shops import logged
from tests.support.web import ShopClock, post_form

WORDS = "kaneelmarker was hier"


def take_in(officer: FlaskClient, customer: Customer, kind: str = "access", **more: str) -> str:
    fields = {"subject": customer.subject_id, "kind": kind, "channel": "letter", **more}
    answer = post_form(officer, "/privacy/requests/new", **fields)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_request_from_its_arrival_to_its_answer(
    shop: Home, officer: FlaskClient, customer: Customer
) -> None:
    at = take_in(officer, customer, text=WORDS)
    assert WORDS in officer.get(at).text
    assert WORDS not in officer.get("/privacy/requests").text
    assert post_form(officer, f"{at}/answer", outcome="done", channel="email").status_code == 409
    assert post_form(officer, f"{at}/identity", identity="document").status_code == 303
    assert post_form(officer, f"{at}/take").status_code == 303
    extended = post_form(officer, f"{at}/extend", reason="complexity", told="email")
    assert extended.status_code == 303
    assert post_form(officer, f"{at}/extend", reason="number", told="email").status_code == 409
    answered = post_form(officer, f"{at}/answer", outcome="done", channel="email", reply="Klaar")
    assert answered.status_code == 303
    page = officer.get(at).text
    assert "Klaar" in page
    with shop.databases.identity.read() as identity:
        (request,) = requests_of(identity, customer.subject_id, shop.office.now())
    assert request.outcome is Outcome.DONE


def test_late_is_said_in_words(
    officer: FlaskClient, customer: Customer, shop_clock: ShopClock
) -> None:
    take_in(officer, customer)
    shop_clock.forward(40 * 86400.0)
    officer.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    post_form(officer, "/sign-in", username="officer", password="a long test password")
    page = officer.get("/privacy/requests").text
    assert re.search(r"\d+ days late", page)
    assert "1 request is over its deadline." in officer.get("/privacy").text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "access"},
        {"kind": "fame", "channel": "letter"},
        {"kind": "access", "channel": "x"},
    ],
)
def test_a_form_that_is_not_complete_changes_nothing(
    shop: Home, officer: FlaskClient, fields: dict[str, str]
) -> None:
    assert post_form(officer, "/privacy/requests/new", **fields).status_code == 400
    with shop.databases.identity.read() as identity:
        assert open_requests(identity, shop.office.now()) == ()


def test_restricting_telling_and_lifting(
    shop: Home, officer: FlaskClient, customer: Customer
) -> None:
    at = f"/privacy/customers/{customer.subject_id}/restriction"

    def restricted() -> bool:
        with shop.databases.identity.read() as identity:
            return is_restricted(identity, customer.subject_id)

    assert post_form(officer, at, act="restrict", value="whim").status_code == 400
    assert post_form(officer, at, act="restrict", value="accuracy").status_code == 303
    assert restricted()
    assert post_form(officer, at, act="lift").status_code == 409
    assert restricted()
    assert post_form(officer, at, act="told", value="phone").status_code == 303
    assert officer.get(at).status_code == 200
    assert post_form(officer, at, act="lift").status_code == 303
    assert not restricted()


def test_correcting_without_reading(shop: Home, officer: FlaskClient, customer: Customer) -> None:
    at = f"/privacy/customers/{customer.subject_id}/correct"
    assert "Robin" not in officer.get(at).text
    assert post_form(officer, at).status_code == 400
    assert post_form(officer, at, email="half@").status_code == 400
    assert post_form(officer, at, name="Nieuwe Naam").status_code == 303
    assert own_words(shop.office, customer.subject_id, reader="t").account.name == "Nieuwe Naam"


@pytest.mark.parametrize("form", ["json", "page"])
def test_the_export_waits_for_a_second_person(
    shop: Home, officer: FlaskClient, customer: Customer, form: str
) -> None:
    at = f"/privacy/customers/{customer.subject_id}/export"
    refused = post_form(officer, at, form=form)
    assert refused.status_code == 403
    assert "Robin" not in refused.text
    assert "/approvals" in refused.text
    with shop.databases.identity.read() as identity:
        (waiting,) = proposals(identity, shop.office)
    decide(shop.office, waiting.id, approve=True, actor="user:99", roles=[RoleName.OFFICER])
    given = post_form(officer, at, form=form)
    assert given.status_code == 200
    assert "Robin Seeded" in given.text
    assert "no-store" in given.headers["Cache-Control"]
    if form == "json":
        assert json.loads(given.text)["customer"][0]["id"] == customer.subject_id
    assert post_form(officer, at, form=form).status_code == 403, "each time anew"
    assert len(logged(shop.office, EventKind.EXPORT_MADE)) == 1


def test_a_breach_is_answered_by_number(
    shop: Home, officer: FlaskClient, customer: Customer
) -> None:
    asked = {"assets": "database:identity database:keys", "aware": "2026-11-22T14:30"}
    page = post_form(officer, "/privacy/breach", **asked)
    assert page.status_code == 200
    assert customer.subject_id in page.text
    assert "2026-11-25 14:30" in page.text
    assert "Robin" not in page.text
    assert post_form(officer, "/privacy/breach", **asked, names="yes").status_code == 403
    assert post_form(officer, "/privacy/breach", assets="usb:x").status_code == 400
    assert post_form(officer, "/privacy/breach", assets="edge:none").status_code == 404


def test_kinds_are_all_offered(officer: FlaskClient, customer: Customer) -> None:
    page = officer.get(f"/privacy/requests/new?subject={customer.subject_id}").text
    assert all(f'value="{kind}"' in page for kind in RequestKind)
