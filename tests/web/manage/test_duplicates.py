"""The manager's page of accounts that may be one person's."""

import pytest
from flask.testing import FlaskClient

from clienteling.customers.directory import Directory, PreparingError
from clienteling.home import Home
from consent.log.events import EventKind
from consent.models import SubjectRow
from consent.rights.request_acts import Received, receive
from consent.rights.requests import Channel, RequestKind
from tests.support.people import Customer, join
from tests.support.shops import logged
from tests.support.web import post_form, sign_in

PATH = "/manage/duplicates"


@pytest.fixture
def pair(shop: Home) -> tuple[Customer, Customer]:
    return join(shop, name="Robin Zeldzaam"), join(shop, name="Zeldzaam, Robin")


@pytest.fixture
def manager(client: FlaskClient) -> FlaskClient:
    sign_in(client, "manager")
    client.set_cookie("language", "en")
    return client


@pytest.mark.parametrize("role", ["staff", "trained", "officer", "admin"])
def test_it_is_for_managers_alone(client: FlaskClient, role: str) -> None:
    assert client.get(PATH).status_code == 302
    sign_in(client, role)
    assert client.get(PATH).status_code == 403


def test_two_are_compared_ticked_and_merged(
    shop: Home, manager: FlaskClient, pair: tuple[Customer, Customer]
) -> None:
    stays, goes = pair
    page = manager.get(PATH).text
    assert "Robin Zeldzaam" in page
    assert "the same name" in page
    (searched,) = logged(shop.office, EventKind.CUSTOMER_SEARCHED)
    assert searched.detail == {"by": "duplicates", "found": 2}

    at = f"{PATH}/{stays.subject_id}/{goes.subject_id}"
    shown = manager.get(at)
    assert "no-store" in shown.headers["Cache-Control"]
    assert "This account stays" in shown.text
    assert "milk" not in shown.text
    assert "did not say yes" not in shown.text
    assert len(logged(shop.office, EventKind.PROFILE_READ)) == 2
    assert post_form(manager, at).status_code == 400
    assert logged(shop.office, EventKind.CUSTOMERS_MERGED) == ()

    done = post_form(manager, at, sure="yes")
    assert done.status_code == 303
    assert "One account is left" in manager.get(done.headers["Location"]).text
    with shop.databases.identity.read() as identity:
        assert identity.get(SubjectRow, goes.subject_id) is None
        assert identity.get(SubjectRow, stays.subject_id) is not None
    assert manager.get(at).status_code == 410
    assert post_form(manager, at, sure="yes").status_code == 410


def test_what_ends_because_only_the_other_agreed_is_said_before(
    shop: Home, manager: FlaskClient, pair: tuple[Customer, Customer]
) -> None:
    bare = join(shop, name="Robin Zeldzaam", purposes=frozenset())
    shown = manager.get(f"{PATH}/{bare.subject_id}/{pair[0].subject_id}").text
    assert "did not say yes to it: “Recognise me by my face here”" in " ".join(shown.split())


def test_what_is_to_be_settled_first_is_said(
    shop: Home, manager: FlaskClient, pair: tuple[Customer, Customer]
) -> None:
    stays, goes = pair
    asked = Received(RequestKind.COMPLAINT, Channel.KIOSK, goes.subject_id, text="Hm")
    receive(shop.office, asked, actor="c")
    at = f"{PATH}/{stays.subject_id}/{goes.subject_id}"
    assert "answer it first" in manager.get(at).text
    assert post_form(manager, at, sure="yes").status_code == 409
    assert manager.get(f"{PATH}/{goes.subject_id}/{stays.subject_id}").status_code == 200


@pytest.mark.parametrize("at", ["x/y", "1/2", "../../x"])
def test_what_is_no_number_is_no_page(manager: FlaskClient, at: str) -> None:
    assert manager.get(f"{PATH}/{at}").status_code == 404


def test_while_the_list_is_being_made_the_page_says_so(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def preparing(_: Directory) -> None:
        raise PreparingError(3, 50)

    monkeypatch.setattr(Directory, "everybody", preparing)
    answer = manager.get(PATH)
    assert answer.status_code == 503
    assert "3 of 50" in answer.text
