"""Private notes in the browser: one's own, the chosen coach's, and nobody else's."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.team import learning
from consent.log.events import EventKind
from tests.support.shops import logged
from tests.support.team import enter, hire
from tests.support.web import post_form

MARKER = "I was curt; zoethoutmarker"
A_UUID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def written(anna: FlaskClient) -> FlaskClient:
    assert post_form(anna, "/staff/learning", text=MARKER).status_code == 303
    return anna


def test_one_reads_ones_own(written: FlaskClient, bram: FlaskClient) -> None:
    assert MARKER in written.get("/staff/learning").text
    assert "zoethoutmarker" not in bram.get("/staff/learning").text


@pytest.mark.parametrize("role", ["manager", "officer", "admin"])
def test_no_manager_officer_or_admin_sees_them(
    written: FlaskClient, app: Flask, shop: Home, role: str
) -> None:
    """Not at their address, and on no page that such a role opens."""
    other = enter(app.test_client(), hire(shop, 9, "boss", role))
    for path in ("", "/of/1", "/export"):
        assert other.get(f"/staff/learning{path}").status_code == 403
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and "events" not in rule.rule:
            assert "zoethoutmarker" not in other.get(rule.rule).text, rule.rule
    assert logged(shop.office, EventKind.LEARNING_READ) == ()


def test_a_manager_who_also_works_in_the_shop_does_not_either(
    written: FlaskClient, app: Flask, shop: Home
) -> None:
    other = enter(app.test_client(), hire(shop, 2, "boss", "manager", "staff"))
    assert other.get("/staff/learning/of/1").status_code == 404
    page = post_form(written, "/staff/learning/coach", coach="2")
    assert page.status_code == 400
    assert "Choose a colleague from the list." in page.text


def test_a_colleague_who_was_not_chosen_finds_nothing_there(
    written: FlaskClient, bram: FlaskClient
) -> None:
    assert bram.get("/staff/learning/of/1").status_code == 404
    assert bram.get("/staff/learning/of/99").status_code == 404


def test_the_chosen_coach_reads_along_until_another_is_chosen(
    written: FlaskClient, bram: FlaskClient, shop: Home
) -> None:
    assert post_form(written, "/staff/learning/coach", coach="2").status_code == 303
    assert "/staff/learning/of/1" in bram.get("/staff/learning").text
    assert MARKER in bram.get("/staff/learning/of/1").text
    (entry,) = logged(shop.office, EventKind.LEARNING_READ)
    assert entry.actor == "user:2"
    assert post_form(written, "/staff/learning/coach", coach="").status_code == 303
    assert bram.get("/staff/learning/of/1").status_code == 404


@pytest.mark.parametrize("coach", ["1", "99", "x"])
def test_nobody_else_can_be_chosen(written: FlaskClient, coach: str) -> None:
    assert post_form(written, "/staff/learning/coach", coach=coach).status_code == 400


def test_they_are_handed_out_to_their_writer(written: FlaskClient) -> None:
    answer = written.get("/staff/learning/export")
    assert [note["text"] for note in json.loads(answer.data)] == [MARKER]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_note_and_all_of_them_go(written: FlaskClient, bram: FlaskClient, shop: Home) -> None:
    (note,) = learning.notes(shop.office, person="user:1")
    assert post_form(bram, f"/staff/learning/{note.id}/remove").status_code == 404
    assert post_form(written, f"/staff/learning/{note.id}/remove").status_code == 303
    assert post_form(written, f"/staff/learning/{A_UUID}/remove").status_code == 404
    post_form(written, "/staff/learning", text="another")
    assert post_form(written, "/staff/learning/forget").status_code == 303
    assert learning.notes(shop.office, person="user:1") == ()


def test_an_empty_note_is_refused(anna: FlaskClient) -> None:
    answer = post_form(anna, "/staff/learning", text="  ")
    assert answer.status_code == 400
    assert "Write something first." in answer.text


def test_no_paired_tablet_is_needed(app: Flask, shop: Home) -> None:
    at_home = enter(app.test_client(), hire(shop, 1, "anna", "staff"))
    assert at_home.get("/staff/learning").status_code == 200
