"""R37, GDPR 18: a restricted customer's data stays and is used for nothing, until they are told."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from clienteling.customers.card import build_card
from clienteling.customers.edge_gallery import pack_gallery
from clienteling.customers.find import find
from clienteling.customers.templates import open_gallery, subject_of
from clienteling.customers.visits import note_visit
from clienteling.edge_protocol import EdgePolicy
from clienteling.home import Home
from clienteling.oversight.copies import copies_of
from clienteling.service.cameras import topic
from consent.errors import ConsentError, PolicyRefusedError
from consent.office import erase, withdraw
from consent.purposes import Purpose
from consent.records import grant_for, standing, subjects_granting
from consent.rights.requests import Channel
from consent.rights.restriction import Ground, lift, note_told, restrict
from consent.sealing import new_device_keys
from tests.support.edges import pair_edge
from tests.support.people import EVERYTHING, MODEL_ID, Customer, join
from web.context import Hub

POLICY = EdgePolicy(region="eu", policy="trigger", model_id=MODEL_ID, live=True)
ROOT = Path(__file__).parents[2]

#: Who may ask for a grant in spite of a restriction, and why.
OWN_BUSINESS = {
    "consent/records.py": "defines it; `standing` asks it once nothing is restricted",
    "consent/office.py": "withdrawing is possible; granting is refused",
    "consent/rights/request_text.py": "the customer's own words",
    "clienteling/rights/correction.py": "what customers say about themselves",
    "clienteling/oversight/breach.py": "telling the people whom a breach affects (GDPR 34)",
    "clienteling/rights/export.py": "what customers ask about themselves",
    "clienteling/customers/overview.py": "the state of consents, no content",
    "clienteling/oversight/timeline.py": "the state of consents, no content",
    "web/kiosk/leave.py": "what can be withdrawn",
}


def uses(home: Home, customer: Customer) -> dict[str, bool]:
    """Everything that the customer's data is used for, and whether it happens."""
    office, subject = home.office, customer.subject_id

    def opens(act: Callable[[], object]) -> bool:
        try:
            return bool(act())
        except ConsentError:
            return False

    sent = pack_gallery(
        office,
        device_id="e",
        open_public=new_device_keys().open_public,
        policy=POLICY,
        stopped=False,
    )
    with home.databases.identity.read() as identity:
        now = office.now()
        granted = grant_for(identity, subject, Purpose.RECOGNISE, now)
        listed = [g.subject_id for g in subjects_granting(identity, Purpose.ACCOUNT, now)]
        stands = standing(identity, subject, now)
    return {
        "gallery here": customer.alias in open_gallery(office, MODEL_ID).aliases,
        "gallery of a camera": customer.alias in {entry.alias for entry in sent.entries},
        "match": subject_of(office, customer.alias) == subject,
        "card": opens(lambda: build_card(office, subject, reader="u", confirmed=True)),
        "card by name": opens(
            lambda: build_card(office, subject, reader="u", confirmed=True, asked_by_name=True)
        ),
        "found by name": bool(find(office, "Robin", reader="u")),
        "visit kept": note_visit(office, subject, "1", arrival_id=str(len(listed))),
        "grant": granted is not None,
        "grants": bool(stands),
        "listed": subject in listed,
    }


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop, purposes=EVERYTHING | {Purpose.VISITS})


def test_nothing_uses_what_is_restricted_and_all_of_it_stays(
    shop: Home, customer: Customer
) -> None:
    assert all(uses(shop, customer).values())
    before = copies_of(shop.office, customer.subject_id)

    restrict(shop.office, customer.subject_id, Ground.ACCURACY, actor="user:1")

    assert not any(uses(shop, customer).values()), uses(shop, customer)
    after = copies_of(shop.office, customer.subject_id)
    assert (after.keys, after.sections, after.templates, after.visits) == (
        before.keys,
        before.sections,
        before.templates,
        before.visits,
    )


def test_it_ends_only_after_the_customer_was_told(shop: Home, customer: Customer) -> None:
    restrict(shop.office, customer.subject_id, Ground.WISH, actor="user:1")

    with pytest.raises(PolicyRefusedError, match="Tell the customer first"):
        lift(shop.office, customer.subject_id, actor="user:1")
    assert not any(uses(shop, customer).values())
    note_told(shop.office, customer.subject_id, Channel.LETTER, actor="user:1")
    lift(shop.office, customer.subject_id, actor="user:1")

    assert all(uses(shop, customer).values())


def test_cameras_and_tablets_are_told_at_once(
    shop: Home, hub: Hub, client: FlaskClient, customer: Customer
) -> None:
    pair_edge(client, shop)
    hub.watcher.step()
    hub.board.announce(customer.subject_id, "door")
    with hub.bus.subscribe("tablets") as tablets, hub.bus.subscribe(topic("door")) as camera:
        restrict(shop.office, customer.subject_id, Ground.WISH, actor="user:1")
        hub.watcher.step()
        gone, revoked = tablets.next(0), camera.next(0)
    assert gone is not None
    assert gone.name == "gone"
    assert revoked is not None
    assert (revoked.name, revoked.data["aliases"]) == ("revoke", [customer.alias])
    assert hub.board.live() == ()


def test_a_restricted_customer_can_still_leave(shop: Home, customer: Customer) -> None:
    restrict(shop.office, customer.subject_id, Ground.WISH, actor="user:1")
    gone = withdraw(shop.office, customer.subject_id, None, actor="c", method="kiosk")
    assert Purpose.RECOGNISE in gone.purposes
    erase(shop.office, customer.subject_id, actor="c", method="kiosk")
    assert not copies_of(shop.office, customer.subject_id).keys


def test_only_the_customers_own_business_goes_past_a_restriction() -> None:
    found = {
        str(path.relative_to(ROOT))
        for package in ("consent", "clienteling", "web")
        for path in (ROOT / package).rglob("*.py")
        if _names(path, "standing_for_the_customer")
    }
    assert found == OWN_BUSINESS.keys()


def _names(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(
        getattr(node, "attr", None) == name
        or getattr(node, "id", None) == name
        or getattr(node, "name", None) == name
        for node in ast.walk(tree)
    )
