"""The till's API: who is attached, what is warned of, what is kept; and every refusal."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clienteling.access.devices import live_tills
from clienteling.catalogue.allergens import Allergen
from clienteling.catalogue.declarations import Declaration
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id, put_products
from clienteling.customers.profile import Account, stated, write
from clienteling.customers.purchases import sales_of
from clienteling.home import Home
from clienteling.till.attaching import send
from consent.log.events import EventKind
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.records import require_grant
from tests.support.people import EVERYTHING, Customer, join
from tests.support.shops import logged
from tests.support.web import ShopClock, pairing_code
from web.context import Hub

GTIN = "4006381333931"
REMEMBERED = EVERYTHING | {Purpose.PURCHASES}
Call = Callable[..., TestResponse]


def token_of(client: FlaskClient, shop: Home, kind: str = "till") -> str:
    camera = "door" if kind == "button" else None
    answer = client.post("/api/v1/pair", json={"code": pairing_code(shop, kind, camera)})
    assert answer.json is not None
    return str(answer.json["token"])


@pytest.fixture
def call(client: FlaskClient, shop: Home) -> Call:
    """Ask something of the till's API, as a paired till."""
    token = token_of(client, shop)
    numbers = iter(range(1000))

    def send(
        path: str, body: object = None, *, method: str = "POST", **headers: str
    ) -> TestResponse:
        given = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"key-{next(numbers)}",
            "Accept-Language": "en",
        }
        return client.open(f"/api/v1/till{path}", method=method, json=body, headers=given | headers)

    return send


@pytest.fixture(autouse=True)
def goods(shop: Home) -> None:
    """A bar with milk, one with traces of it, one without, and one that nobody declared."""
    declared = {
        "MILKY": Declaration.complete([Allergen.MILK]),
        "TRACES": Declaration.complete(traces=[Allergen.MILK]),
        "DARK": Declaration.complete(),
        "UNSAID": Declaration(),
    }
    products = [
        Product(id=new_id(), name=sku.title(), sku=sku, declaration=told)
        for sku, told in declared.items()
    ]
    products.append(Product(id=new_id(), name="Barcoded", gtin=GTIN, declaration=declared["MILKY"]))
    with shop.databases.identity.write() as identity:
        put_products(identity, shop.office.ring, products, actor="c", now=shop.office.now())


def attach(call: Call, customer: Customer) -> str:
    answer = call("/attachments", {"code": customer.code})
    assert answer.status_code == 201, answer.text
    return str(of(answer)["attachment"])


def of(answer: TestResponse) -> dict[str, Any]:
    assert answer.json is not None, answer.text
    return dict(answer.json)


def lines(*codes: str) -> list[dict[str, object]]:
    return [{"code": code, "name": code.title(), "quantity": 1} for code in codes]


def sale(*codes: str, number: str = "2026-0001", **more: object) -> dict[str, object]:
    return {"number": number, "at": "2026-01-02T10:00:00Z", "lines": lines(*codes)} | more


def kept(shop: Home, customer: Customer) -> list[str]:
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, customer.subject_id, Purpose.PURCHASES, shop.office.now())
    return [line.name for one in sales_of(shop.office, grant) for line in one.lines]


def test_a_code_attaches_and_the_basket_is_checked_at_once(call: Call, shop: Home) -> None:
    answer = call("/attachments", {"code": join(shop, allergies=("milk",)).code})
    attached = of(answer)
    assert (attached["greeting"], attached["confirmed"]) == ("Robin Test", True)

    codes = ("MILKY", "TRACES", "DARK", "UNSAID", GTIN, "NEW")
    checked = of(call(f"/attachments/{attached['attachment']}/check", {"lines": lines(*codes)}))

    met = {(one["line"], one["status"]) for one in checked["warnings"]}
    assert met == {
        (0, "contained"),
        (1, "traces"),
        (3, "not_known"),
        (4, "contained"),
        (5, "not_known"),
    }
    assert {one["allergen"] for one in checked["warnings"]} == {"milk"}
    assert (checked["allergies"], checked["unknown_lines"]) == ("known", [5])
    assert checked["say"].startswith("Wait: 5 lines")


def test_it_says_what_it_meets_and_never_what_the_customer_has(call: Call, shop: Home) -> None:
    customer = join(shop, allergies=("nuts", "celery"), own_words=("kiwi",))
    answer = call(f"/attachments/{attach(call, customer)}/check", {"lines": lines("MILKY", "DARK")})

    assert of(answer)["check_labels"] is True
    assert of(answer)["say"] == "Nothing that we can check. Read the labels together."
    for secret in ("nuts", "celery", "kiwi"):
        assert secret not in answer.text


@pytest.mark.parametrize(
    ("purposes", "allergies", "state"),
    [
        (EVERYTHING, (), "none_known"),
        (EVERYTHING, None, "not_recorded"),
        (EVERYTHING - {Purpose.ALLERGIES}, None, "not_shared"),
    ],
)
def test_the_other_three_states_are_told_apart(
    call: Call,
    shop: Home,
    purposes: frozenset[Purpose],
    allergies: tuple[str, ...] | None,
    state: str,
) -> None:
    customer = join(shop, purposes=purposes, allergies=allergies)
    checked = of(call(f"/attachments/{attach(call, customer)}/check", {"lines": lines("MILKY")}))
    assert (checked["allergies"], checked["warnings"]) == (state, [])


def test_who_is_found_by_name_is_asked_before_anything_is_warned_of(call: Call, shop: Home) -> None:
    join(shop, name="Robin Janssen", allergies=("milk",))
    join(shop, name="Sam Smit")
    found = of(call("/candidates", {"name": "jansen"}))
    assert ([one["name"] for one in found["candidates"]], found["more"]) == (["Robin J."], False)

    attached = of(call("/attachments/chosen", {"candidate": found["candidates"][0]["candidate"]}))
    assert not attached["confirmed"]
    check = f"/attachments/{attached['attachment']}/check"
    refused = call(check, {"lines": lines("MILKY")})
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert "milk" not in refused.text

    assert of(call(f"/attachments/{attached['attachment']}/confirm"))["confirmed"]
    assert len(of(call(check, {"lines": lines("MILKY")}))["warnings"]) == 1


def test_an_address_attaches_but_does_not_confirm(call: Call, shop: Home) -> None:
    customer = join(shop)
    with shop.databases.identity.read() as identity:
        grant = require_grant(identity, customer.subject_id, Purpose.ACCOUNT, shop.office.now())
    write(shop.office, grant, stated(Account, name="Robin", email="robin@example.test"))

    answer = call("/attachments", {"code": "robin@example.test"})

    assert (answer.status_code, of(answer)["confirmed"]) == (201, False)


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC-DDDD", "nobody@example.test", "Robin Test"])
def test_a_code_that_nobody_has_attaches_nobody(call: Call, shop: Home, code: str) -> None:
    join(shop)
    assert call("/attachments", {"code": code}).status_code == 410


def test_a_sale_goes_into_the_history_of_who_wants_it(call: Call, shop: Home) -> None:
    customer = join(shop, purposes=REMEMBERED)
    answer = call("/sales", sale("MILKY", GTIN, "NEW", attachment=attach(call, customer)))

    assert (answer.status_code, of(answer)) == (201, {"kept": True, "because": "kept"})
    assert kept(shop, customer) == ["Milky", GTIN, "New"]


def test_of_others_nothing_is_kept(call: Call, shop: Home) -> None:
    customer = join(shop)
    attached = attach(call, customer)

    assert of(call("/sales", sale("MILKY", attachment=attached)))["because"] == "not_wanted"
    assert of(call("/sales", sale("MILKY")))["because"] == "no_customer"
    assert logged(shop.office, EventKind.RECORD_KEPT) == ()


def test_sent_again_it_is_one_sale(call: Call, shop: Home) -> None:
    customer = join(shop, purposes=REMEMBERED)
    done = sale("MILKY", attachment=attach(call, customer))
    first = call("/sales", done, **{"Idempotency-Key": "same"})
    again = call("/sales", done, **{"Idempotency-Key": "same"})

    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(logged(shop.office, EventKind.RECORD_KEPT)) == 1
    other = call("/sales", sale("DARK"), **{"Idempotency-Key": "same"})
    assert other.status_code == 422


def test_without_a_key_no_sale_is_taken(call: Call, shop: Home) -> None:
    answer = call("/sales", sale("MILKY"), **{"Idempotency-Key": " "})
    assert answer.status_code == 400
    assert "Idempotency-Key" in of(answer)["detail"]


def test_a_sale_can_be_taken_back_as_a_whole(call: Call, shop: Home) -> None:
    customer = join(shop, purposes=REMEMBERED)
    call("/sales", sale("MILKY", attachment=attach(call, customer)))

    assert of(call("/sales/void", {"number": "2026-0001"}))["because"] == "removed"
    assert kept(shop, customer) == []
    assert of(call("/sales/void", {"number": "2026-0001"}))["because"] == "not_known"


def test_whom_a_colleague_sends_is_a_handle_until_the_till_looks(
    call: Call, client: FlaskClient, shop: Home, hub: Hub
) -> None:
    customer = join(shop)
    attach(call, join(shop))
    with shop.databases.identity.read() as identity:
        (till,) = live_tills(identity)
    send(shop.office, hub.till, customer.subject_id, till=till.id, confirmed=False, actor="user:1")

    listed = call("/attachments", method="GET")
    (one,) = of(listed)["sent"]
    assert (one["confirmed"], "Robin" in listed.text) == (False, False)
    assert logged(shop.office, EventKind.PROFILE_READ) == ()
    looked = of(call(f"/attachments/{one['attachment']}", method="GET"))
    assert (looked["greeting"], looked["confirmed"]) == ("Robin Test", False)
    (read,) = logged(shop.office, EventKind.PROFILE_READ)
    assert (read.actor, read.about) == (f"device:{till.id}", customer.subject_id)

    other = {"Authorization": f"Bearer {token_of(client, shop)}"}
    path = "/api/v1/till/attachments"
    assert of(client.get(path, headers=other)) == {"sent": []}
    assert client.get(f"{path}/{one['attachment']}", headers=other).status_code == 410
    erase(shop.office, customer.subject_id, actor="c", method="c")
    assert call(f"/attachments/{one['attachment']}", method="GET").status_code == 410


def test_another_till_cannot_use_an_attachment(call: Call, client: FlaskClient, shop: Home) -> None:
    attached = attach(call, join(shop))
    other = {"Authorization": f"Bearer {token_of(client, shop)}"}
    answer = client.post(
        f"/api/v1/till/attachments/{attached}/check", json={"lines": lines("DARK")}, headers=other
    )
    assert answer.status_code == 410


@pytest.mark.parametrize("kind", ["button", None])
def test_only_a_paired_till_may_ask(client: FlaskClient, shop: Home, kind: str | None) -> None:
    token = "unknown" if kind is None else token_of(client, shop, kind)
    answer = client.post(
        "/api/v1/till/attachments",
        json={"code": "AAAA-BBBB-CCCC-DDDD"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_who_leaves_is_attached_no_more(call: Call, shop: Home) -> None:
    left, withdrew = join(shop), join(shop)
    attached, still = attach(call, left), attach(call, withdrew)
    erase(shop.office, left.subject_id, actor="c", method="c")
    withdraw(shop.office, withdrew.subject_id, [Purpose.ALLERGIES], actor="c", method="c")

    assert call(f"/attachments/{attached}/check", {"lines": lines("MILKY")}).status_code == 410
    checked = of(call(f"/attachments/{still}/check", {"lines": lines("MILKY")}))
    assert (checked["allergies"], checked["warnings"]) == ("not_shared", [])


def test_an_attachment_ends(call: Call, shop: Home, shop_clock: ShopClock) -> None:
    attached, other = attach(call, join(shop)), attach(call, join(shop))
    assert call(f"/attachments/{attached}", method="DELETE").status_code == 204
    assert call(f"/attachments/{attached}/confirm").status_code == 410
    shop_clock.forward(600)
    assert call(f"/attachments/{other}/confirm").status_code == 410


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        sale(),
        sale("MILKY", customer="robin"),
        sale("MILKY", at="yesterday"),
        sale("MILKY", at="2026-01-02T10:00:00"),
        sale("MILKY", at="2999-01-02T10:00:00Z"),
        sale("MILKY", number=" "),
        {**sale(), "lines": [{"code": "MILKY", "name": "Milky", "quantity": 10**9}]},
        {**sale(), "lines": lines(*["MILKY"] * 501)},
    ],
)
def test_a_body_that_does_not_fit_is_refused_without_repeating_it(call: Call, body: object) -> None:
    answer = call("/sales", body)
    assert answer.status_code == 400
    assert of(answer)["detail"]
    assert "robin" not in answer.text


def test_what_was_done_is_in_the_log_without_what_it_was(call: Call, shop: Home) -> None:
    customer = join(shop, purposes=REMEMBERED)
    attached = attach(call, customer)
    call(f"/attachments/{attached}/check", {"lines": lines("MILKY")})
    call("/sales", sale("MILKY", attachment=attached))

    kinds = [EventKind.TILL_ATTACHED, EventKind.ALLERGIES_READ, EventKind.RECORD_KEPT]
    for kind in kinds:
        (entry,) = logged(shop.office, kind)
        assert entry.about == customer.subject_id
        assert str(entry.actor).startswith("device:")
        assert "milk" not in str(entry.detail).lower()
