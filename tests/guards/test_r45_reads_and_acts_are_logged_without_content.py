"""R45: reads and administrative acts stand in the log; what was read or typed does not."""

from flask.testing import FlaskClient

from clienteling.access.devices import revoke
from clienteling.access.models import DeviceRow
from clienteling.home import Home
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.edges import pair_edge
from tests.support.people import join
from tests.support.web import PASSWORD, pair, post_form, post_json, sign_in
from web.context import Hub

SEEDED = ("Robin Seeded", "seeded liquorice", "peanuts")
SEEDED_ADDRESS = "somebody@seeded.example"


def whole_log(shop: Home) -> tuple[ledger.EntryView, ...]:
    with shop.databases.identity.read() as identity:
        return ledger.search(identity, limit=1000)


def test_everything_that_was_done_is_there_and_nothing_that_was_said(
    hub: Hub, client: FlaskClient, shop: Home
) -> None:
    customer = join(shop, name=SEEDED[0], likes=(SEEDED[1],), allergies=(SEEDED[2],))
    edge = pair_edge(client, shop)
    version = edge.pull().version
    window, _ = hub.windows.open("door")
    edge.send(edge.sighting(window.id, customer.alias, version))
    pair(client, "tablet")
    sign_in(client, "trained")
    (arrival,) = hub.board.live()
    assert SEEDED[0] in client.get(f"/staff/arrivals/{arrival.id}/card").text
    for path in ("claim", "confirm"):
        post_json(client, f"/staff/arrivals/{arrival.id}/{path}")
    assert client.get(f"/staff/arrivals/{arrival.id}/card").status_code == 200
    post_json(client, "/staff/find", {"query": SEEDED[0]})
    post_json(client, "/staff/find", {"query": SEEDED_ADDRESS})
    post_form(client, "/sign-out")
    post_form(client, "/sign-in", username="trained", password="a seeded wrong one")
    with shop.databases.identity.write() as identity:
        now = shop.office.now()
        revoke(identity, shop.office.ring, edge.device_id, actor="user:1", now=now)

    log = whole_log(shop)
    assert {
        EventKind.USER_CREATED,
        EventKind.SIGNIN_OK,
        EventKind.SIGNIN_FAILED,
        EventKind.DEVICE_PAIRED,
        EventKind.DEVICE_REVOKED,
        EventKind.GALLERY_SENT,
        EventKind.ARRIVAL_ANNOUNCED,
        EventKind.ARRIVAL_CONFIRMED,
        EventKind.CARD_READ,
        EventKind.ALLERGIES_READ,
        EventKind.CUSTOMER_SEARCHED,
    } <= {entry.kind for entry in log}
    written = str(log)
    for secret in (*SEEDED, PASSWORD, "seeded", "trained test"):
        assert secret not in written
    searches = [entry for entry in log if entry.kind is EventKind.CUSTOMER_SEARCHED]
    assert [search.detail for search in reversed(searches)] == [
        {"by": "name", "found": 1},
        {"by": "email", "found": 0},
    ]
    for entry in log:
        assert "score" not in (entry.detail or {})


def test_every_read_names_who_read(hub: Hub, client: FlaskClient, shop: Home) -> None:
    customer = join(shop)
    pair(client, "tablet")
    sign_in(client, "trained")
    arrival, _ = hub.board.announce(customer.subject_id, "door")
    client.get(f"/staff/arrivals/{arrival.id}/card")
    client.get(f"/staff/arrivals/{arrival.id}/card")
    reads = [entry for entry in whole_log(shop) if entry.kind is EventKind.CARD_READ]
    assert [(read.actor, read.about) for read in reads] == [("user:1", customer.subject_id)] * 2


def test_a_device_row_holds_no_word_about_people(client: FlaskClient, shop: Home) -> None:
    columns = set(DeviceRow.__table__.columns.keys())
    assert not columns & {"subject_id", "name_of_customer", "address", "ip"}
