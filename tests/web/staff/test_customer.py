"""The customer's page: opened with a reason, for one member of staff; no allergies, no number."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.access.models import Role, User
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers import notes
from clienteling.customers.choices import ChoiceKind, add_choice
from clienteling.customers.lists import put_on
from clienteling.customers.profile import Account, stated, write
from clienteling.customers.purchases import Line, Sale, keep_sale
from clienteling.home import Home
from clienteling.service.helpbar.acts import open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.arrivals import arrive, logged
from tests.support.people import EVERYTHING, Customer, join
from tests.support.web import ShopClock, post_form, post_json, sign_in
from web.context import Hub

ANNA = "user:1"


def open_page(client: FlaskClient, hub: Hub, customer: Customer) -> str:
    """Find the customer and open the page, as the tablet does; return its address."""
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    found = post_json(client, "/staff/find", {"query": "robin"}).json
    assert isinstance(found, dict)
    answer = post_json(client, "/staff/find/open", {"key": found["people"][0]["key"]})
    assert isinstance(answer.json, dict)
    assert customer.subject_id
    return str(answer.json["page"])


@pytest.fixture
def address(anna: FlaskClient, hub: Hub, robin: Customer) -> str:
    return open_page(anna, hub, robin)


def act(client: FlaskClient, page: str, path: str, /, **fields: str) -> TestResponse:
    return post_form(client, f"{page}/{path}", **fields)


def text(client: FlaskClient, page: str) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.text


def ids(client: FlaskClient, page: str, kind: str) -> list[str]:
    found = re.findall(
        r'name="kind" value="(\w+)"><input type="hidden" name="id" value="([0-9a-f-]+)"',
        text(client, page),
    )
    return [id_ for name, id_ in found if name == kind]


def test_it_opens_from_a_search_without_number_or_allergies(
    anna: FlaskClient, address: str, hub: Hub, robin: Customer
) -> None:
    shown = text(anna, address)
    for words in (
        "Robin Test",
        "dark chocolate",
        "Allergies are closed",
        "neither purchases nor visits",
    ):
        assert words in shown
    for hidden in (robin.subject_id, robin.alias, "Milk", "milk"):
        assert hidden not in shown + address
    (entry,) = logged(hub, EventKind.PROFILE_READ)
    assert (entry.actor, entry.about) == (ANNA, robin.subject_id)
    assert entry.detail == {"page": "search"}
    assert hub.board.live() == (), "no arrival is made of a look"


def test_it_is_for_who_opened_it_and_ends(
    anna: FlaskClient, bram: FlaskClient, address: str, robin: Customer, shop_clock: ShopClock
) -> None:
    assert bram.get(address).status_code == 410
    by_number = f"/staff/customers/{robin.subject_id}"
    assert anna.get(by_number).status_code == 410, "a number opens nothing"
    shop_clock.forward(timedelta(minutes=19).total_seconds())
    assert anna.get(address).status_code == 200
    shop_clock.forward(timedelta(minutes=20).total_seconds())
    assert anna.get(address).status_code == 410


def test_signing_out_ends_it(anna: FlaskClient, address: str) -> None:
    post_form(anna, "/sign-out")
    assert anna.get(address).status_code == 302
    post_form(anna, "/sign-in", username="staff-trained", password="a long test password")
    assert anna.get(address).status_code == 410


def test_who_was_erased_meanwhile_has_no_page(
    anna: FlaskClient, address: str, hub: Hub, robin: Customer
) -> None:
    erase(hub.office, robin.subject_id, actor="c", method="c")
    assert anna.get(address).status_code == 403
    assert act(anna, address, "notes", text="x").status_code == 403
    assert "Robin" not in anna.get(address).text


def test_from_the_card_of_who_is_greeted_it_has_the_allergies_once_confirmed(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer
) -> None:
    anna.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    arrival = arrive(hub, robin)
    address = f"/staff/customers/arrival/{arrival.id}"
    assert anna.get(address).status_code == 409, "not claimed"
    post_json(anna, f"/staff/arrivals/{arrival.id}/claim")
    assert bram.get(address).status_code == 409, "a colleague's"
    card = anna.get(f"/staff/arrivals/{arrival.id}/card").text
    assert address in card
    page = anna.get(address).location
    assert "Milk" not in text(anna, page)
    post_json(anna, f"/staff/arrivals/{arrival.id}/confirm")
    assert "Milk" in text(anna, page)
    assert logged(hub, EventKind.ALLERGIES_READ)
    post_json(anna, f"/staff/arrivals/{arrival.id}/release")
    assert "Milk" not in text(anna, page)
    gone = "00000000-0000-4000-8000-000000000000"
    assert anna.get(f"/staff/customers/arrival/{gone}").status_code == 410


def test_the_address_is_masked_until_asked_for(
    anna: FlaskClient, address: str, hub: Hub, robin: Customer
) -> None:
    assert "No contact details given." in text(anna, address)
    office = hub.office
    with hub.databases.identity.read() as identity:
        grant = require_grant(identity, robin.subject_id, Purpose.ACCOUNT, office.now())
    known = {"email": "robin@example.test", "phone": "+31201234567"}
    write(office, grant, stated(Account, name="Robin Test", **known))
    assert "robin@example.test" not in text(anna, address)
    assert "+3120" not in text(anna, address)
    answer = post_json(anna, f"{address}/contact")
    assert answer.json == {"contact": ["+31201234567", "robin@example.test"]}
    assert logged(hub, EventKind.PROFILE_READ)[-1].detail == {"part": "contact"}
    assert anna.get(f"{address}/contact").status_code == 405


def test_everything_is_kept_shown_and_removed(anna: FlaskClient, address: str, hub: Hub) -> None:
    tag = add_choice(hub.office, ChoiceKind.TAG, "vaste klant", "regular", actor="m")
    shoe = add_choice(hub.office, ChoiceKind.SIZE, "schoen", "shoe", actor="m")
    given: dict[str, tuple[str, dict[str, str], str]] = {
        "note": ("notes", {"text": "Loves a chat"}, "Loves a chat"),
        "tag": ("tags", {"choice": tag}, "regular"),
        "size": ("sizes", {"choice": shoe, "value": "42½"}, "42½"),
        "wish": ("wishes", {"what": "a big box"}, "a big box"),
        "date": ("dates", {"day": "29", "month": "2", "what": "name day"}, "29 February"),
        "list": ("lists", {"what": "call back", "whose": "store"}, "call back"),
    }
    for kind, (path, fields, words) in given.items():
        answer = act(anna, address, path, **fields)
        assert (answer.status_code, answer.location) == (303, f"{address}#{kind}")
        assert words in text(anna, address)
    for kind in given:
        (id_,) = ids(anna, address, kind)
        assert act(anna, address, "remove", kind=kind, id=id_).status_code == 303
        assert ids(anna, address, kind) == []
        assert act(anna, address, "remove", kind=kind, id=id_).status_code == 303, (
            "gone is no fault"
        )
    assert {e.detail["kind"] for e in logged(hub, EventKind.RECORD_REMOVED) if e.detail} == set(
        given
    )


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("notes", {"text": ""}, "Write a note"),
    ("notes", {"text": "x" * 501}, "Write a note"),
    ("tags", {"choice": "none"}, "list"),
    ("sizes", {"choice": "none", "value": "1"}, "Choose what it is the size of"),
    ("wishes", {"what": " "}, "Say what the customer wishes"),
    ("dates", {"day": "31", "month": "2", "what": "x"}, "day that exists"),
    ("dates", {"day": "x", "month": "", "what": "x"}, "day that exists"),
    ("lists", {"what": "x", "due": "2020-01-01"}, "by today or later"),
    ("lists", {"what": "x", "due": "soon"}, "by today or later"),
    ("remove", {"kind": "allergy", "id": "1"}, "Choose what is to be removed"),
]


def test_what_is_wrong_is_said_and_nothing_is_kept(
    anna: FlaskClient, address: str, hub: Hub
) -> None:
    for path, fields, sentence in WRONG:
        answer = act(anna, address, path, **fields)
        assert answer.status_code == 422, fields
        assert sentence in answer.text
    assert logged(hub, EventKind.RECORD_KEPT) == ()


@pytest.mark.parametrize(("path", "field"), [("notes", "text"), ("lists", "what")])
def test_words_that_do_not_belong_there_need_a_second_press(
    anna: FlaskClient, address: str, hub: Hub, path: str, field: str
) -> None:
    fields = {field: "is zwanger, wants peppermint"}
    asked = act(anna, address, path, **fields)
    assert asked.status_code == 422
    assert "Is this really needed? “zwanger”" in asked.text
    assert "is zwanger, wants peppermint" in asked.text, "what was typed is not lost"
    assert logged(hub, EventKind.RECORD_KEPT) == ()
    assert act(anna, address, path, **fields, sure="yes").status_code == 303
    assert "wants peppermint" in text(anna, address)


def test_a_note_goes_by_its_author_or_a_manager(
    anna: FlaskClient, address: str, hub: Hub, robin: Customer
) -> None:
    id_ = notes.add(hub.office, robin.subject_id, "by Bram", author="user:77")
    assert "a former colleague" in text(anna, address)
    assert ids(anna, address, "note") == []
    answer = act(anna, address, "remove", kind="note", id=id_)
    assert answer.status_code == 403
    assert "A colleague wrote this." in answer.text
    with hub.databases.identity.write() as identity:
        user = identity.get_one(User, 1)
        user.roles.append(Role(name="manager", description="manager"))
    assert ids(anna, address, "note") == [id_]
    assert act(anna, address, "remove", kind="note", id=id_).status_code == 303
    assert ids(anna, address, "note") == []


def test_a_barcode_or_a_code_of_the_shop_becomes_the_product(
    anna: FlaskClient, address: str, hub: Hub
) -> None:
    bar = Product(id=new_id(), name="Nutty Bar", gtin="4006381333931", sku="NB-1")
    with hub.databases.identity.write() as identity:
        put_products(identity, hub.office.ring, [bar], actor="c", now=hub.now())
    for typed in ("4006381333931", "NB-1"):
        assert act(anna, address, "wishes", what=typed).status_code == 303
    assert text(anna, address).count("<strong>Nutty Bar</strong>") == 2
    act(anna, address, "wishes", what="4006381333930")
    assert "<strong>4006381333930</strong>" in text(anna, address)


def test_who_shares_nothing_is_shown_calmly(anna: FlaskClient, hub: Hub, shop: Home) -> None:
    customer = join(shop, name="Robin Quiet", purposes=frozenset())
    page = open_page(anna, hub, customer)
    shown = text(anna, page)
    assert "does not share preferences here" in shown
    assert "Wish list" not in shown
    assert act(anna, page, "wishes", what="x").status_code == 403
    assert act(anna, page, "lists", what="call").status_code == 303


def test_visits_and_purchases_are_there_for_who_wants_them_kept(
    anna: FlaskClient, hub: Hub, shop: Home
) -> None:
    both = {Purpose.VISITS, Purpose.PURCHASES}
    customer = join(shop, name="Robin Often", purposes=EVERYTHING | both)
    for number in range(3):
        sale = Sale(str(number), hub.now() - timedelta(days=number), (Line("Nut bar", 2),))
        keep_sale(hub.office, customer.subject_id, sale, actor="till")
    page = open_page(anna, hub, customer)
    for words in ("Last visits", "The usual", "2 × Nut bar"):
        assert words in text(anna, page)
    withdraw(hub.office, customer.subject_id, [Purpose.VISITS], actor="c", method="c")
    assert "does not want visits kept" in text(anna, page)
    withdraw(hub.office, customer.subject_id, [Purpose.PURCHASES], actor="c", method="c")
    shown = text(anna, page)
    assert "neither purchases nor visits kept" in shown
    assert "Nut bar" not in shown


def test_what_is_asked_for_and_not_done_stands_first(
    anna: FlaskClient, address: str, hub: Hub, robin: Customer
) -> None:
    assert "not done yet" not in text(anna, address)
    for kind, what in ((HelpKind.REPAIR, "mend the tin"), (HelpKind.COMPLAINT, "it was stale")):
        open_request(hub.office, NewHelp(kind, Asked(what), robin.subject_id), actor=ANNA)
    shown = text(anna, address)
    places = [shown.index(each) for each in ("it was stale", "mend the tin", "Tastes and tags")]
    assert places == sorted(places)


def test_a_key_of_a_colleague_opens_nothing(
    anna: FlaskClient, bram: FlaskClient, robin: Customer, shop_clock: ShopClock
) -> None:
    found: Any = post_json(anna, "/staff/find", {"query": "robin"}).json
    key = found["people"][0]["key"]
    for client, given in ((bram, key), (anna, "x"), (anna, robin.subject_id)):
        assert post_json(client, "/staff/find/open", {"key": given}).status_code == 410
    shop_clock.forward(61)
    assert post_json(anna, "/staff/find/open", {"key": key}).status_code == 410


def test_lists_lead_to_the_page_and_are_done(
    anna: FlaskClient, bram: FlaskClient, hub: Hub, robin: Customer, shop_clock: ShopClock
) -> None:
    for client in (anna, bram):
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    today = hub.now().date()
    mine = put_on(hub.office, robin.subject_id, "call", actor=ANNA, for_all=False, due=today)
    shops = put_on(hub.office, robin.subject_id, "cake", actor=ANNA, for_all=True)
    shop_clock.forward(86_400)
    shown = anna.get("/staff/lists").text
    for words in ("Robin Test", "call", "late", "cake", "some time"):
        assert words in shown
    assert robin.subject_id not in shown
    assert "call" not in bram.get("/staff/lists").text

    page = post_form(anna, f"/staff/lists/{mine}/open").location
    assert "Robin Test" in text(anna, page)
    assert logged(hub, EventKind.PROFILE_READ)[-1].detail == {"page": "list"}
    assert post_form(bram, f"/staff/lists/{mine}/open").status_code == 410, "a colleague's"
    post_form(bram, f"/staff/lists/{mine}/done")
    assert "call" in anna.get("/staff/lists").text
    for id_ in (mine, shops, shops):
        assert post_form(anna, f"/staff/lists/{id_}/done").status_code == 303
    shown = anna.get("/staff/lists").text
    assert "Nobody is on your list." in shown
    assert "Robin" not in shown


@pytest.mark.parametrize("role", ["staff", "manager", "officer"])
def test_only_somebody_trained_on_a_tablet_comes_here(client: FlaskClient, role: str) -> None:
    sign_in(client, role)
    for path in ("/staff/lists", "/staff/customers/00000000-0000-4000-8000-000000000000"):
        assert client.get(path).status_code == 403
