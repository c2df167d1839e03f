"""The manager's page of figures, and the file of them."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from clienteling.service.figures import Figure, count
from tests.support.web import sign_in
from web.context import Hub

PAGE = "/manage/dashboard"


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, "manager")
    return client


def put(hub: Hub, **figures: int) -> None:
    with hub.databases.identity.write() as identity:
        for name, number in figures.items():
            count(identity, Figure(name), hub.now(), number)


def test_an_empty_shop_has_nothing_to_draw(manager: FlaskClient) -> None:
    page = manager.get(PAGE).text
    assert page.count("Nothing to draw yet.") == 12
    assert "Greeted within a minute" in page


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_figures_are_drawn_and_explained(manager: FlaskClient, hub: Hub, by: str) -> None:
    put(hub, arrival=10, greeted_soon=7, joined=4, joined_recognised=3)
    page = manager.get(f"{PAGE}?by={by}").text
    assert "<strong>70\u202f%</strong>" in page
    assert "<strong>fewer than 5</strong>" in page
    assert "75" not in page.partition("Chose to be recognised")[2].partition("</section>")[0]
    assert page.count('class="plot bars"') == 2


def test_the_file_tells_no_more_than_the_page(manager: FlaskClient, hub: Hub) -> None:
    put(hub, arrival=10, greeted_soon=7, joined=4, joined_recognised=3)
    answer = manager.get(f"{PAGE}/figures.csv?by=day")
    assert answer.mimetype == "text/csv"
    heads, *rows = csv.reader(io.StringIO(answer.text))
    newest = dict(zip(heads, rows[-1], strict=True))
    assert newest["First day"] == hub.now().date().isoformat()
    assert newest["Greeted within a minute (percent)"] == "70"
    assert newest["Chose to be recognised (percent)"] == "fewer than 5"
    assert newest["Delighted (percent)"] == ""


def test_another_period_is_not_found(manager: FlaskClient) -> None:
    assert manager.get(f"{PAGE}?by=hour").status_code == 404
    assert manager.get(f"{PAGE}/figures.csv?by=hour").status_code == 404
