"""What the overview, the log and a customer's file say."""

import json
import re
from datetime import timedelta

from flask.testing import FlaskClient

from clienteling.customers.card import build_card
from clienteling.home import Home
from consent.log import ledger
from consent.log.events import EventKind
from consent.log.notes import parse_checkpoint, parse_verifier_key
from consent.office import erase, withdraw
from consent.proof.public_keys import PublicKeys
from consent.proof.receipt_check import verify_receipt
from consent.purposes import Purpose
from tests.support.edges import pair_edge
from tests.support.people import Customer, join
from tests.support.web import post_form


def _newest(shop: Home, kind: EventKind) -> ledger.EntryView:
    with shop.databases.identity.read() as identity:
        return ledger.search(identity, kinds=[kind], limit=1)[0]


def _english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("language", "en")
    return client


def test_overview_says_what_must_be_put_right(officer: FlaskClient, customer: Customer) -> None:
    page = _english(officer).get("/privacy").text
    for words in ("Development key: not for real customers", "DEMO-DPIA", "DEMO papers"):
        assert words in page
    assert "No attack check: a good photograph may be taken for the person." in page
    assert "The log was never verified." in page
    assert "Recognise me by my face here" in page


def test_overview_is_in_dutch_too(officer: FlaskClient) -> None:
    officer.set_cookie("language", "nl")
    page = officer.get("/privacy").text
    assert "Ontwikkelsleutel: niet voor echte klanten" in page


def test_overview_counts_only_what_stands(officer: FlaskClient, shop: Home) -> None:
    from clienteling.oversight.shop import count_standing  # noqa: PLC0415

    first, second = join(shop), join(shop)
    withdraw(shop.office, first.subject_id, [Purpose.ALLERGIES], actor="command", method="command")
    now = shop.office.now()
    with shop.databases.identity.read() as identity:
        counts = count_standing(identity, now)
        lapsed = count_standing(identity, now + timedelta(days=366))
    assert counts[Purpose.RECOGNISE] == 2
    assert counts[Purpose.ALLERGIES] == 1
    assert lapsed[Purpose.RECOGNISE] == 0
    assert second.subject_id


def test_open_erasure_waits_for_the_camera(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    """An erasure that a camera has not answered stays open, and the page says which camera."""
    edge = pair_edge(officer, shop)
    edge.pull()
    done = erase(shop.office, customer.subject_id, actor="command", method="command")
    assert not done.closed
    page = _english(officer).get("/privacy/now").text
    assert "open for" in page
    assert "not yet; lease ends" in page
    page = officer.get(f"/privacy/flows/{done.flow_id}").text
    assert "not yet confirmed everywhere" in page
    edge.pull()
    from consent.office import resume  # noqa: PLC0415

    assert resume(shop.office) == (done.flow_id,)
    page = officer.get(f"/privacy/flows/{done.flow_id}/now").text
    assert "Complete after" in page
    assert "data-done" in page


def test_log_filters_and_pages(officer: FlaskClient, shop: Home, customer: Customer) -> None:
    page = _english(officer).get("/privacy/log?kind=consent.given").text
    assert page.count("<strong>Consent given</strong>") == 4
    assert "<strong>Receipt issued</strong>" not in page
    page = officer.get(f"/privacy/log?about={customer.subject_id}&actor=device:test").text
    assert "<strong>Enrolment begun</strong>" in page
    today = shop.office.now().date()
    assert "Consent given" in officer.get(f"/privacy/log?since={today}&until={today}").text
    tomorrow = today + timedelta(days=1)
    assert "No entry fits" in officer.get(f"/privacy/log?since={tomorrow}").text
    page = officer.get("/privacy/log?before=2").text
    assert "2 entries, from 0 to 1, of a log" in page


def test_log_goes_on_after_a_hundred(officer: FlaskClient, shop: Home) -> None:
    with shop.databases.identity.write() as identity:
        for _ in range(101):
            ledger.append(
                identity,
                shop.office.ring,
                EventKind.SIGNOUT,
                actor="user:1",
                about=None,
                detail={},
                now=shop.office.now(),
            )
    first = _english(officer).get("/privacy/log?kind=signout").text
    assert first.count("<strong>Signed out</strong>") == 100
    assert "before=" in first
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert officer.get(address).text.count("<strong>Signed out</strong>") == 1


def test_log_refuses_what_it_cannot_read(officer: FlaskClient) -> None:
    for query in ("kind=nonsense", "since=yesterday", "before=x", "before=" + "9" * 30):
        answer = officer.get(f"/privacy/log?{query}")
        assert answer.status_code == 400, query
        assert "<table" not in answer.text


def test_searching_is_logged_with_its_conditions(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    officer.get(f"/privacy/log?kind=card.read&about={customer.subject_id}")
    entry = _newest(shop, EventKind.LOG_SEARCHED)
    assert entry.about == customer.subject_id
    assert entry.detail == {"kinds": ["card.read"], "by": ["about"]}
    assert (entry.actor or "").startswith("user:")


def test_unlinked_entries_say_so(officer: FlaskClient, shop: Home, customer: Customer) -> None:
    erase(shop.office, customer.subject_id, actor="command", method="command")
    assert "Unlinked: who and what were deleted" in _english(officer).get("/privacy/log").text


def test_file_shows_acts_and_never_content(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    """R44: the officer reads who consented and who looked, not name, taste, allergy or template."""
    build_card(shop.office, customer.subject_id, reader="device:test", confirmed=True)
    page = _english(officer).get(f"/privacy/customers/{customer.subject_id}").text
    for words in ("stands", "at the kiosk", "by a second act", "Card read, with allergies"):
        assert words in page
    for secret in ("Robin", "dark chocolate", "milk"):
        assert secret not in page
    assert _newest(shop, EventKind.PROFILE_READ).about == customer.subject_id


def test_file_of_an_erased_customer_is_the_proof_only(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    build_card(shop.office, customer.subject_id, reader="device:test", confirmed=False)
    erase(shop.office, customer.subject_id, actor="command", method="command")
    page = _english(officer).get(f"/privacy/customers/{customer.subject_id}").text
    assert "This customer was erased" in page
    assert "<strong>Card read</strong>" not in page
    entry = _newest(shop, EventKind.PROFILE_READ)
    assert entry.about is None, "an erased number is not linked anew"


def test_customer_is_found_by_code_address_and_number(
    officer: FlaskClient, customer: Customer
) -> None:
    for by, given in (("code", customer.code.lower()), ("id", customer.subject_id)):
        answer = post_form(officer, "/privacy/customers", by=by, given=given)
        assert answer.status_code == 303
        assert answer.location == f"/privacy/customers/{customer.subject_id}"


def test_look_up_leaves_nothing_that_was_typed(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    """Neither in the address nor in the log (R45)."""
    for by, given in (("email", "seeded@example.test"), ("code", "SEED-SEED-SEED-SEED")):
        answer = post_form(officer, "/privacy/customers", by=by, given=given)
        assert answer.status_code == 404
        entry = _newest(shop, EventKind.CUSTOMER_SEARCHED)
        assert entry.detail == {"by": by, "found": False}
    assert "seeded" not in (shop.path / "identity.db").read_bytes().decode("latin-1").lower()


def test_look_up_needs_both_fields(officer: FlaskClient) -> None:
    assert post_form(officer, "/privacy/customers", by="", given="x").status_code == 400
    assert post_form(officer, "/privacy/customers", by="code", given=" ").status_code == 400


def test_checkpoint_and_key_can_be_taken_away(officer: FlaskClient, shop: Home) -> None:
    note = officer.get("/privacy/log/checkpoint.txt")
    assert "attachment" in note.headers["Content-Disposition"]
    checkpoint = parse_checkpoint(note.text)
    origin, public = parse_verifier_key(officer.get("/privacy/log/key.txt").text)
    assert (origin, public) == (checkpoint.origin, shop.office.ring.log_public)


def test_receipt_is_given_as_it_was_signed(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    page = officer.get(f"/privacy/customers/{customer.subject_id}").text
    address, *_others = re.findall(r'"(/privacy/receipts/[^"]+\.json)"', page)
    answer = officer.get(address)
    body = json.loads(answer.text)
    ring = shop.office.ring
    checked = verify_receipt(body, PublicKeys(receipt=ring.receipt_public, log=ring.log_public))
    assert checked.ok
    assert (_newest(shop, EventKind.PROFILE_READ).detail or {})["what"] == "receipt"
