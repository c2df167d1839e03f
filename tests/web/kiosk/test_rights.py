"""With the receipt code and nobody's help: see, take along, correct, keep unused, complain."""

import io
import json
import os
from datetime import timedelta

import pypdf
import pytest

from clienteling.customers.visits import note_visit
from clienteling.home import Home
from clienteling.rights.correction import own_words
from consent.log.events import EventKind
from consent.records import is_restricted
from consent.rights.requests import (
    Channel,
    Identity,
    Outcome,
    RequestKind,
    closed_requests,
    requests_of,
)
from tests.support.kiosk import EVERYTHING, Walk, only_subject
from tests.support.shops import logged


@pytest.fixture
def pango() -> None:
    """WeasyPrint needs Pango; CI installs it, elsewhere the reason is said."""
    try:
        import weasyprint  # noqa: F401, PLC0415
    except OSError:
        if os.environ.get("CI"):
            raise
        pytest.skip("needs Pango: apt-get install libpango-1.0-0 libpangoft2-1.0-0")


@pytest.fixture
def at(customer: Walk) -> str:
    """A customer who joined, entered the code and chose "my data"."""
    customer.walk({**EVERYTHING, next(iter(EVERYTHING)): False})
    code = customer.code()
    customer.post(f"{customer.at}/end", {"why": "done"})
    answer = customer.post("/kiosk/leave", {"code": code})
    assert answer.status_code == 303
    return answer.location


def test_everything_is_shown_and_handed_out(shop: Home, customer: Walk, at: str) -> None:
    assert f"{at}/data" in customer.client.get(at).text
    menu = customer.client.get(f"{at}/data").text
    assert "Robin" not in menu
    shown = customer.post(f"{at}/data")
    assert shown.status_code == 200
    for said in ("Robin Test", "robin@example.test", "liquorice", "kiwi"):
        assert said in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    given = customer.post(f"{at}/data", {"form": "json"})
    assert json.loads(given.text)["customer"][0]["id"] == only_subject(shop)
    assert len(logged(shop.office, EventKind.EXPORT_MADE)) == 2
    customer.post(f"{at}/data")
    # The officer finds it among the requests, as done; looking again asked nothing new.
    with shop.databases.identity.read() as identity:
        found = closed_requests(identity, shop.office.now(), 9)
    assert {(one.kind, one.outcome, one.channel, one.identity) for one in found} == {
        (kind, Outcome.DONE, Channel.KIOSK, Identity.CODE)
        for kind in (RequestKind.ACCESS, RequestKind.PORTABILITY)
    }
    assert len(found) == 2


def test_a_visit_is_shown_with_the_day_on_which_it_goes(
    shop: Home, customer: Walk, at: str
) -> None:
    note_visit(shop.office, only_subject(shop), "entrance", arrival_id="a")
    shown = customer.post(f"{at}/data")
    assert shown.status_code == 200
    assert "entrance" in shown.text
    given = json.loads(customer.post(f"{at}/data", {"form": "json"}).text)
    last = shop.office.now().date() + timedelta(days=shop.profile.retention.visits)
    assert [visit["kept_until"] for visit in given["visits"]] == [last.isoformat()]


def test_everything_is_on_paper_too(customer: Walk, at: str, pango: None) -> None:
    given = customer.post(f"{at}/data", {"form": "pdf"})
    assert given.status_code == 200, given.text
    pages = pypdf.PdfReader(io.BytesIO(given.data)).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for said in ("Robin Test", "robin@example.test", "liquorice", "kiwi"):
        assert said in words


def test_one_thing_is_corrected_and_the_rest_stays(shop: Home, customer: Walk, at: str) -> None:
    page = customer.client.get(f"{at}/correct")
    assert "liquorice" in page.text
    answer = customer.post(
        f"{at}/correct",
        {
            "name": "Robin Anders",
            "email": "robin@example.test",
            "spoken": "en",
            "like": ["dark chocolate", "liquorice"],
            "allergen": ["milk", "nuts"],
            "own": ["kiwi"],
        },
    )
    assert answer.status_code == 200
    (entry,) = logged(shop.office, EventKind.CORRECTION)
    assert entry.detail == {"parts": ["account"]}
    words = own_words(shop.office, only_subject(shop), reader="t")
    assert words.account.name == "Robin Anders"
    assert done_here(shop) == [RequestKind.CORRECTION]


def test_a_wrong_value_is_asked_again(customer: Walk, at: str) -> None:
    assert customer.post(f"{at}/correct", {"name": "", "email": "x"}).status_code == 422


def done_here(shop: Home) -> list[RequestKind]:
    with shop.databases.identity.read() as identity:
        return [one.kind for one in closed_requests(identity, shop.office.now(), 9)]


def test_kept_unused_and_used_again(shop: Home, customer: Walk, at: str) -> None:
    def restricted() -> bool:
        with shop.databases.identity.read() as identity:
            return is_restricted(identity, only_subject(shop))

    customer.post(f"{at}/restrict", {"use": "not"})
    assert restricted()
    assert "again" in customer.client.get(f"{at}/data").text
    customer.post(f"{at}/restrict", {"use": "again"})
    assert not restricted()
    assert done_here(shop) == [RequestKind.RESTRICTION]


def test_objecting_starts_a_clock(shop: Home, customer: Walk, at: str) -> None:
    customer.post(f"{at}/complain", {"about": "objection", "text": "liever niet"})
    with shop.databases.identity.read() as identity:
        (asked,) = requests_of(identity, only_subject(shop), shop.office.now())
    assert asked.kind is RequestKind.OBJECTION
    assert asked.identity is not None


@pytest.mark.parametrize("page", ["data", "correct", "complain"])
def test_nothing_without_the_session_of_the_code(customer: Walk, page: str) -> None:
    assert customer.client.get(f"/kiosk/leaving/guess/{page}").location == "/kiosk/forgotten"
