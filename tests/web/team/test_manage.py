"""The manager's side: amounts, what was spent, bonuses to pay, values and cases."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.team import surprises
from clienteling.team.amounts import month_of
from clienteling.team.compliments import give
from clienteling.team.learning import notes, write
from clienteling.team.rotation import cases, values
from clienteling.team.surprises import note_surprise
from tests.support.team import hire
from tests.support.web import post_form
from web.team.manage import _cell

A_UUID = "00000000-0000-4000-8000-000000000000"


def test_the_manager_sets_what_may_be_spent(manager: FlaskClient, shop: Home) -> None:
    answer = post_form(manager, "/manage/team/amounts", surprise="40,00", bonus="60")
    assert answer.status_code == 303
    with shop.databases.identity.read() as identity:
        budget = surprises.budget_of(identity, "user:1", shop.office.wall(shop.office.now()))
    assert budget.allowed == 4000
    page = manager.get("/manage/team").text
    assert 'value="40.00"' in page
    assert 'value="60.00"' in page


@pytest.mark.parametrize(
    ("surprise", "bonus"), [("", "5"), ("5", "x"), ("10001", "5"), ("-5", "5")]
)
def test_an_amount_that_is_none_is_refused(manager: FlaskClient, surprise: str, bonus: str) -> None:
    answer = post_form(manager, "/manage/team/amounts", surprise=surprise, bonus=bonus)
    assert answer.status_code == 400
    assert "euros" in answer.text


def test_one_person_gets_another_amount_and_loses_it_again(
    manager: FlaskClient, shop: Home
) -> None:
    path = "/manage/team/people/user:1/allowance"
    assert post_form(manager, path, amount="5").status_code == 303
    assert 'value="5.00"' in manager.get("/manage/team").text
    assert post_form(manager, path, amount="").status_code == 303
    assert 'value="5.00"' not in manager.get("/manage/team").text
    for person in ("user:99", "device:1", "x"):
        path = f"/manage/team/people/{person}/allowance"
        assert post_form(manager, path, amount="5").status_code == 400


def test_what_was_spent_is_shown_as_a_whole_and_of_nobody(manager: FlaskClient, shop: Home) -> None:
    """A person's name stands only where amounts are set and bonuses paid."""
    note_surprise(shop.office, "a box of fudge", 900, by="user:1")
    note_surprise(shop.office, "a taxi", 1450, by="user:2")
    page = manager.get("/manage/team").text
    spent = page.partition('aria-labelledby="spent-h"')[2].partition("</section>")[0]
    assert "€23.50" in spent
    assert "a box of fudge" in spent
    assert "Anna" not in spent
    assert "Bram" not in spent


def test_bonuses_are_handed_out_for_the_wages(manager: FlaskClient, shop: Home) -> None:
    give(shop.office, 2, "Great", giver="user:1", bonus=True)
    give(shop.office, 1, "Plain", giver="user:2")
    month = month_of(shop.office.now())
    answer = manager.get(f"/manage/team/bonuses.csv?month={month}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text)))
    day = shop.office.today().isoformat()
    assert rows == [
        ["day", "receiver", "user_name", "euros", "giver"],
        [day, "Bram", "bram", "50.00", "Anna"],
    ]
    assert "Great" not in answer.text
    assert len(manager.get("/manage/team/bonuses.csv?month=2020-01").text.splitlines()) == 1


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_a_name_is_no_formula_of_a_spreadsheet(name: str) -> None:
    assert _cell(name) == f"'{name}"
    assert _cell("Anna") == "Anna"


@pytest.mark.parametrize("month", ["2026-13", "x", "2026-1", "../x"])
def test_a_month_that_is_none_leads_nowhere(manager: FlaskClient, month: str) -> None:
    assert manager.get("/manage/team", query_string={"month": month}).status_code == 404
    answer = manager.get("/manage/team/bonuses.csv", query_string={"month": month})
    assert answer.status_code == 404


def test_values_and_cases_are_written_picked_and_removed(manager: FlaskClient, shop: Home) -> None:
    path = "/manage/huddle"
    assert post_form(manager, f"{path}/values", title="Warm", meaning="m").status_code == 303
    assert post_form(manager, f"{path}/values", title="Honest", meaning="m").status_code == 303
    case = {"situation": "A wrong size", "question": "What now?"}
    assert post_form(manager, f"{path}/cases", **case).status_code == 303
    with shop.databases.identity.read() as identity:
        (warm, honest), (one,) = values(identity), cases(identity)
    for value in (warm, honest):
        assert post_form(manager, f"{path}/values/{value.id}/pick").status_code == 303
        page = manager.get(path).text
        assert value.title in page.partition("this week")[0].rpartition("<li")[2]
    assert post_form(manager, f"{path}/values/{warm.id}/remove").status_code == 303
    assert post_form(manager, f"{path}/cases/{one.id}/remove").status_code == 303
    page = manager.get(path).text
    assert "A wrong size" not in page
    assert "Honest" in page


def test_what_is_gone_or_empty_is_refused(manager: FlaskClient) -> None:
    for path in (f"values/{A_UUID}/pick", f"values/{A_UUID}/remove", f"cases/{A_UUID}/remove"):
        assert post_form(manager, f"/manage/huddle/{path}").status_code == 404
    answer = post_form(manager, "/manage/huddle/cases", situation="Kept words", question="")
    assert answer.status_code == 400
    assert "Kept words" in answer.text


def test_ending_somebodys_access_forgets_their_notes(manager: FlaskClient, shop: Home) -> None:
    hire(shop, 4, "dewi", "staff")
    write(shop.office, "mine", person="user:4")
    assert post_form(manager, "/manage/people/user:4/deactivate").status_code == 303
    assert notes(shop.office, person="user:4") == ()
