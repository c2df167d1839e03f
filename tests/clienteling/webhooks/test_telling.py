"""What is told of which act, in the act's own transaction; and nothing of any person, ever."""

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.catalogue.declarations import NOTHING_DECLARED
from clienteling.catalogue.editing import check, save, set_image, set_sold
from clienteling.catalogue.imports.applying import Format, import_products, read_rows
from clienteling.catalogue.product import Product
from clienteling.catalogue.products import new_id
from clienteling.home import Home
from clienteling.retention.job import run
from clienteling.service.helpbar.acts import close, open_request
from clienteling.service.helpbar.kinds import Asked, HelpKind, NewHelp
from clienteling.service.stop import resume_recognition, stop
from clienteling.till.desk import LIFETIME
from clienteling.webhooks.events import DATA, OFFERED, Event, NoData, SaleData, Told
from clienteling.webhooks.models import DeliveryRow
from clienteling.webhooks.outbox import tell
from clienteling.webhooks.secrets import opened
from consent.office import erase
from consent.purposes import Purpose
from tests.clienteling.webhooks.conftest import Hook
from tests.support.people import EVERYTHING, Customer, join
from tests.support.receiver import Receiver
from tests.support.web import ShopClock, pairing_code
from web.context import Hub

#: All that a receiver is ever told beside the kind and the time of an event.
FIELDS = {
    *("number", "attachment", "product", "gtin", "sku", "sold", "added", "changed", "archived"),
    "request",
}
MARKER = "Zeldzaam"


@dataclass(frozen=True)
class Box:
    """What waits for a webhook."""

    shop: Home
    webhook_id: str

    def bodies(self) -> list[str]:
        with self.shop.databases.identity.read() as identity:
            rows = identity.scalars(select(DeliveryRow).order_by(DeliveryRow.at))
            ring = self.shop.office.ring
            return [opened(ring, self.webhook_id, row.id, row.body) for row in rows]

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        made = [json.loads(body) for body in self.bodies()]
        return [(one["type"], one["data"]) for one in made]


@pytest.fixture
def box(shop: Home, hook: Hook, receiver: Receiver) -> Box:
    return Box(shop, hook(receiver).id)


@pytest.fixture
def till(client: FlaskClient, shop: Home) -> "Till":
    code = pairing_code(shop, "till")
    token = (client.post("/api/v1/pair", json={"code": code}).json or {})["token"]
    return Till(client, str(token))


@dataclass(frozen=True)
class Till:
    client: FlaskClient
    token: str

    def __call__(self, path: str, body: object, key: str = "", method: str = "POST") -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or "none"}
        return self.client.open(f"/api/v1/till{path}", method=method, json=body, headers=headers)

    def attach(self, customer: Customer) -> str:
        return str(self("/attachments", {"code": customer.code}).json["attachment"])


def sale(handle: str | None, number: str = "2026-0001") -> dict[str, Any]:
    line = {"code": "C1", "name": f"Cake for {MARKER}", "quantity": 1}
    return {
        "number": number,
        "at": "2026-01-02T10:00:00Z",
        "lines": [line],
        "attachment": handle,
    }


def test_a_sale_is_told_once_when_it_was_kept(till: Till, shop: Home, box: Box) -> None:
    customer = join(shop, purposes=EVERYTHING | {Purpose.PURCHASES})
    body = sale(till.attach(customer))
    for _ in range(2):  # sent again, because no answer came
        assert till("/sales", body, "k1").status_code == 201
    assert box.told() == [("sale.kept", {"number": "2026-0001"})]

    till("/sales/void", {"number": "2026-0001"}, "k2")
    till("/sales/void", {"number": "2026-0001"}, "k3")  # not known any more
    assert box.told()[1:] == [("sale.voided", {"number": "2026-0001"})]


def test_a_sale_that_is_in_no_history_is_not_told(till: Till, shop: Home, box: Box) -> None:
    """Neither a stranger's, nor that of somebody who does not want it remembered."""
    till("/sales", sale(None), "k1")
    till("/sales", sale(till.attach(join(shop)), "2026-0002"), "k2")
    assert box.told() == []


def test_an_attachment_that_ended_is_told_and_not_why(
    till: Till, shop: Home, hub: Hub, box: Box, shop_clock: ShopClock
) -> None:
    leaving = join(shop)
    released, left, old = (till.attach(one) for one in (join(shop), leaving, join(shop)))
    till(f"/attachments/{released}", None, method="DELETE")
    hub.courier.step()
    erase(shop.office, leaving.subject_id, actor="c", method="c")
    hub.till.drop_subject(leaving.subject_id)
    hub.courier.step()
    shop_clock.forward(LIFETIME.total_seconds())
    hub.courier.step()
    assert [data["attachment"] for _, data in box.told()] == [released, left, old]
    assert {kind for kind, _ in box.told()} == {"attachment.ended"}
    hub.courier.step()
    assert len(box.told()) == 3


def test_a_product_changed_by_hand_is_told(shop: Home, box: Box) -> None:
    told = check({"name": "Milk bar", "sku": "BAR"})
    made = save(
        shop.office,
        Product(id=new_id(), name=""),
        told,
        NOTHING_DECLARED,
        seen="",
        actor="7",
    )
    set_sold(shop.office, made.id, sold=False, actor="7")
    set_sold(shop.office, made.id, sold=False, actor="7")  # it was so already
    set_image(shop.office, "none", None, actor="7")
    data = {"product": made.id, "gtin": None, "sku": "BAR"}
    assert box.told() == [
        ("product.changed", {**data, "sold": True}),
        ("product.changed", {**data, "sold": False}),
    ]


def test_an_import_is_told_once_and_only_if_it_changed_something(shop: Home, box: Box) -> None:
    rows = read_rows("sku,name\nA,Apple\nB,Pear\n", Format.CSV)
    import_products(shop.office, rows, actor="7", dry_run=True)
    assert box.told() == []
    for _ in range(2):
        import_products(shop.office, rows, actor="7")
    assert box.told() == [("catalogue.imported", {"added": 2, "changed": 0, "archived": 0})]


def test_a_request_is_told_when_it_opens_and_when_it_is_solved(shop: Home, box: Box) -> None:
    asked = NewHelp(HelpKind.REPAIR, Asked(f"The clock of {MARKER}", MARKER, "0612345678"))
    request = open_request(shop.office, asked, actor="7")
    for _ in range(2):
        close(shop.office, request, "broke", actor="7")
    assert box.told() == [
        ("request.opened", {"request": request}),
        ("request.solved", {"request": request}),
    ]


def test_the_stop_switch_is_told_once_each_way(shop: Home, box: Box) -> None:
    for act in (stop, stop, resume_recognition, resume_recognition):
        act(shop.office, actor="7")
    assert box.told() == [("recognition.stopped", {}), ("recognition.resumed", {})]


def test_what_did_not_happen_is_not_told(shop: Home, box: Box) -> None:
    """One transaction: what is rolled back takes its event with it."""

    def fail() -> None:
        with shop.databases.identity.write() as identity:
            tell(identity, shop.office, Told(Event.RECOGNITION_STOPPED, NoData()))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert box.told() == []


def test_what_waits_is_sealed_and_goes_after_a_week(
    till: Till, shop: Home, box: Box, shop_clock: ShopClock
) -> None:
    """A number of a sale in the clear would lead from a receipt to the act beside it in the log."""
    customer = join(shop, purposes=EVERYTHING | {Purpose.PURCHASES})
    till("/sales", sale(till.attach(customer), "RECEIPT-77"), "k1")
    assert "RECEIPT-77" in box.bodies()[0]
    for file in shop.path.glob("*.db*"):
        assert b"RECEIPT-77" not in file.read_bytes()

    shop_clock.forward(timedelta(days=6, hours=23).total_seconds())
    assert run(shop.office)["webhooks"] == 0
    shop_clock.forward(3600)
    assert run(shop.office)["webhooks"] == 1
    assert box.bodies() == []


def test_the_data_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="SaleData"):
        Told(Event.SALE_KEPT, NoData())


def test_no_kind_of_event_has_a_field_for_a_person() -> None:
    """A new field is a decision: it must lead to nobody."""
    assert DATA.keys() == set(Event)
    assert {name for model in DATA.values() for name in model.model_fields} == FIELDS
    assert [one.name for one in fields(Told)] == ["event", "data"]


def test_nothing_of_a_customer_is_in_any_body(
    till: Till, shop: Home, hub: Hub, box: Box, shop_clock: ShopClock
) -> None:
    """Everything that is told, with a customer whose every field is marked."""
    customer = join(
        shop,
        name=f"{MARKER} Person",
        purposes=EVERYTHING | {Purpose.PURCHASES},
        likes=(MARKER,),
        own_words=(MARKER,),
    )
    handle = till.attach(customer)
    till(f"/attachments/{handle}/check", {"lines": sale(handle)["lines"]})
    till("/sales", sale(handle), "k1")
    till("/sales/void", {"number": "2026-0001"}, "k2")
    asked = NewHelp(HelpKind.REPAIR, Asked(MARKER), customer.subject_id)
    close(shop.office, open_request(shop.office, asked, actor=MARKER), "broke", actor=MARKER)
    made = Product(id=new_id(), name=MARKER)
    save(shop.office, made, check({"name": MARKER}), NOTHING_DECLARED, seen="", actor=MARKER)
    rows = read_rows(f"sku,name\nA,{MARKER}\n", Format.CSV)
    import_products(shop.office, rows, actor=MARKER)
    stop(shop.office, actor=MARKER)
    resume_recognition(shop.office, actor=MARKER)
    shop_clock.forward(LIFETIME.total_seconds())
    hub.courier.step()

    assert {kind for kind, _ in box.told()} == {event.value for event in OFFERED}
    secrets = (MARKER, customer.subject_id, customer.alias, customer.code, "milk", "Robin")
    for body in box.bodies():
        assert not [one for one in secrets if one.casefold() in body.casefold()]


def test_nobody_pays_for_what_nobody_wants(shop: Home) -> None:
    with shop.databases.identity.write() as identity:
        tell(identity, shop.office, Told(Event.SALE_KEPT, SaleData(number="1")))
        assert identity.scalars(select(DeliveryRow)).all() == []
