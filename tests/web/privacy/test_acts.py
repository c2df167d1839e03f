"""Withdrawing and erasing on request, stopping and resuming."""

from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.oversight.copies import copies_of
from clienteling.service.stop import is_stopped
from consent import records
from consent.purposes import Purpose
from tests.support.edges import pair_edge
from tests.support.people import Customer
from tests.support.web import csrf, post_form


def _standing(shop: Home, customer: Customer) -> set[Purpose]:
    with shop.databases.identity.read() as identity:
        return set(records.standing(identity, customer.subject_id, shop.office.now()))


def test_withdraws_what_was_ticked_and_nothing_else(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    path = f"/privacy/customers/{customer.subject_id}/withdraw"
    answer = officer.post(
        path,
        data={
            "csrf_token": csrf(officer),
            "purpose": ["allergies", "recognise"],
            "channel": "phone",
        },
    )
    assert answer.status_code == 303
    assert _standing(shop, customer) == {Purpose.ACCOUNT, Purpose.PREFERENCES}
    copies = copies_of(shop.office, customer.subject_id)
    assert (copies.templates, copies.aliases) == (0, 0)
    assert copies.keys == (Purpose.ACCOUNT, Purpose.PREFERENCES)
    with shop.databases.identity.read() as identity:
        record = records.history(identity, customer.subject_id)[-1]
    assert record.body["collection_method"] == "asked by phone"
    assert record.body["entity_id"].startswith("user:")
    officer.set_cookie("language", "en")
    assert "Complete after" in officer.get(answer.location).text


def test_withdrawal_asks_what_and_how(officer: FlaskClient, shop: Home, customer: Customer) -> None:
    path = f"/privacy/customers/{customer.subject_id}/withdraw"
    before = _standing(shop, customer)
    assert post_form(officer, path, channel="shop").status_code == 400
    assert post_form(officer, path, purpose="allergies").status_code == 400
    assert post_form(officer, path, purpose="allergies", channel="other").status_code == 400
    assert post_form(officer, path, purpose="nonsense", channel="shop").status_code == 400
    assert post_form(officer, path, purpose="account", channel="shop").status_code == 403
    assert post_form(officer, path, purpose="visits", channel="shop").status_code == 409
    assert _standing(shop, customer) == before


def test_withdrawal_page_ticks_only_what_was_asked_for(
    officer: FlaskClient, customer: Customer
) -> None:
    path = f"/privacy/customers/{customer.subject_id}/withdraw"
    assert officer.get(path).text.count("checked") == 0
    assert officer.get(f"{path}?purpose=recognise").text.count("checked") == 1


def test_erases_when_it_was_confirmed(officer: FlaskClient, shop: Home, customer: Customer) -> None:
    path = f"/privacy/customers/{customer.subject_id}/erase"
    assert post_form(officer, path, channel="letter").status_code == 400
    assert post_form(officer, path, sure="yes").status_code == 400
    assert Purpose.ACCOUNT in _standing(shop, customer)
    answer = post_form(officer, path, channel="letter", sure="yes")
    assert answer.status_code == 303
    copies = copies_of(shop.office, customer.subject_id)
    assert not copies.keys
    assert not copies.sections
    assert not copies.subject
    assert not copies.code
    assert (copies.templates, copies.aliases, copies.lookups, copies.visits) == (0, 0, 0, 0)
    assert copies.records > 0, "the proof stays"
    assert officer.get(answer.location).status_code == 200
    again = post_form(officer, path, channel="letter", sure="yes")
    assert again.status_code == 404


def test_stop_asks_first_and_says_what_each_camera_does(officer: FlaskClient, shop: Home) -> None:
    edge = pair_edge(officer, shop)
    edge.pull()
    officer.set_cookie("language", "en")
    asked = officer.get("/privacy/switch?confirm=1").text
    assert "Stop all recognition?" in asked
    with shop.databases.identity.read() as identity:
        assert not is_stopped(identity), "asking does not stop"
    answer = post_form(officer, "/privacy/switch/stop")
    assert answer.status_code == 303
    with shop.databases.identity.read() as identity:
        assert is_stopped(identity)
    assert "Recognition is stopped" in officer.get("/privacy/switch").text
    assert "it can match until" in officer.get("/privacy/switch/now").text or (
        "waiting for its next report" in officer.get("/privacy/switch/now").text
    )
    assert "All recognition is stopped" in officer.get("/privacy").text
    assert post_form(officer, "/privacy/switch/stop").status_code == 303, "twice is once"


def test_resume_lets_it_run_again(officer: FlaskClient, shop: Home) -> None:
    post_form(officer, "/privacy/switch/stop")
    assert post_form(officer, "/privacy/switch/resume").status_code == 303
    with shop.databases.identity.read() as identity:
        assert not is_stopped(identity)
