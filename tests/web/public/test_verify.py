"""The public page that checks a receipt, and what it says to everything that is none."""

import base64
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clienteling.home import Home, NewHome, init_home
from consent import sealing
from consent.canonical import canonical
from consent.log import ledger
from consent.log.events import EventKind
from consent.models import ReceiptRow
from consent.office import erase
from consent.proof.public_keys import parse_keys
from consent.proof.receipt_ld import as_jsonld
from consent.proof.receipts import completion_of, fingerprint
from tests.support.people import Customer, join
from tests.support.web import csrf, post_form


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody from outside, who reads English."""
    made = app.test_client()
    made.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return made


@pytest.fixture
def customer(shop: Home) -> Customer:
    return join(shop)


def _receipt(home: Home, customer: Customer) -> dict[str, Any]:
    with home.databases.identity.read() as session:
        bodies = session.scalars(
            select(ReceiptRow.body)
            .where(ReceiptRow.subject_id == customer.subject_id)
            .order_by(ReceiptRow.issued_at)
        )
        return dict(bodies.all()[0])


def _check(client: FlaskClient, receipt: object) -> tuple[int, str]:
    text = receipt if isinstance(receipt, str) else json.dumps(receipt)
    answer = post_form(client, "/verify", receipt=text)
    return answer.status_code, answer.text


@pytest.mark.parametrize("form", ["signed", "jsonld"])
def test_a_receipt_holds_and_what_is_not_proved_is_said(
    client: FlaskClient, shop: Home, customer: Customer, form: str
) -> None:
    receipt = _receipt(shop, customer)
    status, page = _check(client, receipt if form == "signed" else as_jsonld(receipt))
    assert status == 200
    assert "This receipt holds" in page
    assert "Recognition by face" in page
    assert "Not proved" in page
    assert customer.subject_id not in page


def test_a_receipt_still_holds_after_its_owner_was_erased(
    client: FlaskClient, shop: Home, customer: Customer
) -> None:
    receipt = _receipt(shop, customer)
    done = erase(shop.office, customer.subject_id, actor="command", method="command")
    with shop.databases.identity.read() as session:
        completed = completion_of(session, done.flow_id)
    pages = [_check(client, one) for one in (receipt, done.receipt, completed)]
    for status, page in pages:
        assert status == 200
        assert "A receipt holds also after everything about its owner was erased" in page
    assert "Erasure was completed" in pages[-1][1]


def test_another_shops_receipt_is_called_that(
    client: FlaskClient, shop: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = init_home(
        tmp_path_factory.mktemp("other") / "shop",
        NewHome(shop.config.store, shop.config.region, shop.config.papers),
    )
    receipt = _receipt(other, join(other))
    other.databases.close()
    status, page = _check(client, receipt)
    assert status == 422
    assert "from another shop" in page


def test_an_altered_receipt_does_not_hold(
    client: FlaskClient, shop: Home, customer: Customer
) -> None:
    receipt = _receipt(shop, customer)
    receipt["records"][0]["record"]["event_state"] = "refused"
    status, page = _check(client, receipt)
    assert status == 422
    assert "altered after it was signed" in page
    assert "holds" not in re.sub(r"(?s)<head>.*?</head>", "", page).split("does not hold")[0]


def test_the_readable_part_cannot_say_something_else(
    client: FlaskClient, shop: Home, customer: Customer
) -> None:
    document = as_jsonld(_receipt(shop, customer))
    document["services"][0]["purposes"][0]["termination"] = "never"
    assert _check(client, document)[0] == 400


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("", 400, "paste its whole text"),
        ("no receipt", 400, "not a receipt"),
        ('{"v": 2, "receipt_id"', 400, "not a receipt"),
        ("[]", 400, "not a receipt"),
        ("{}", 422, "not a receipt"),
        ('{"signed_receipt": {}}', 400, "not a receipt"),
        ('{"signature": "AAAA", "receipt_key": 3, "v": "x"}', 422, "not a receipt"),
        ("[" * 20_000, 400, "not a receipt"),
        ("9" * 300_000, 400, "too large"),
        ("9" * 600_000, 413, "too large"),
    ],
)
def test_what_is_no_receipt_gets_a_sentence(
    client: FlaskClient, text: str, status: int, says: str
) -> None:
    answered, page = _check(client, text)
    assert answered == status
    assert says in page
    assert "Traceback" not in page


def test_a_receipt_of_a_newer_version_is_said(
    client: FlaskClient, shop: Home, customer: Customer
) -> None:
    """Signed by this shop's key, as a later version of the program would."""
    receipt = _receipt(shop, customer) | {"v": 3}
    del receipt["signature"]
    signature = sealing.sign(shop.office.ring.receipt_signing, canonical(receipt))
    receipt["signature"] = base64.b64encode(signature).decode()
    status, page = _check(client, receipt)
    assert status == 422
    assert "newer version" in page


def test_a_log_that_was_set_back_shows(
    app: Flask, client: FlaskClient, shop: Home, customer: Customer
) -> None:
    """The receipt's checkpoint is ahead of the log that the hub has now."""
    receipt = _receipt(shop, customer)
    with shop.databases.identity.write() as session:
        connection = session.connection()
        triggers = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).scalars()
        for name in list(triggers):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("DELETE FROM log_checkpoint WHERE tree_size > 3")
        connection.exec_driver_sql("DELETE FROM log_detail WHERE leaf_index >= 3")
        connection.exec_driver_sql("DELETE FROM log_entry WHERE leaf_index >= 3")
    status, page = _check(client, receipt)
    assert status == 422
    assert "rewritten or set back" in page


def _reference(receipt: dict[str, Any]) -> str:
    return f"{receipt['receipt_id']}.{fingerprint(receipt)}"


def test_the_printed_code_shows_the_receipt_and_the_look_is_logged(
    client: FlaskClient, shop: Home, customer: Customer
) -> None:
    receipt = _receipt(shop, customer)
    answer = post_form(client, "/verify/held", reference=_reference(receipt))
    assert answer.status_code == 200
    assert "This receipt holds" in answer.text
    with shop.databases.identity.read() as session:
        [last] = ledger.search(session, kinds=[EventKind.PROFILE_READ], limit=1)
    assert (last.actor, last.about) == ("anonymous", customer.subject_id)

    file = post_form(client, "/verify/held/json", reference=_reference(receipt))
    assert json.loads(file.data) == receipt
    assert file.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("flaw", ["", "x", "number", "fingerprint"])
def test_a_wrong_code_shows_nothing(
    client: FlaskClient, shop: Home, customer: Customer, flaw: str
) -> None:
    """The receipt's number alone is in the log: it opens nothing."""
    receipt = _receipt(shop, customer)
    wrong = {"number": receipt["receipt_id"], "fingerprint": f"{receipt['receipt_id']}.{'A' * 43}"}
    for path in ("/verify/held", "/verify/held/json"):
        answer = post_form(client, path, reference=wrong.get(flaw, flaw))
        assert answer.status_code == 404
        assert "No receipt of this shop has this code" in answer.text


def test_scripts_get_json(client: FlaskClient, shop: Home, customer: Customer) -> None:
    token = csrf(client)
    answer = client.post(
        "/verify",
        data={"csrf_token": token, "receipt": json.dumps(_receipt(shop, customer))},
        headers={"Accept": "application/json"},
    )
    assert answer.json is not None
    assert answer.json["ok"] is True


def test_keys_context_and_texts_are_public(client: FlaskClient, shop: Home) -> None:
    keys = parse_keys(client.get("/receipts/keys").text)
    assert keys.receipt == shop.office.ring.receipt_public
    assert (shop.path / "shop.vkeys").read_text() == client.get("/receipts/keys").text
    assert "dpv" in json.loads(client.get("/receipts/context").data)["@context"]


def test_the_notice_on_a_record_opens_and_is_the_text_that_was_shown(
    client: FlaskClient, shop: Home, customer: Customer
) -> None:
    for item in _receipt(shop, customer)["records"]:
        shown = item["record"]["privacy_notice"]
        page = client.get(shown["uri"])
        assert page.status_code == 200
        assert shown["sha256"] in page.text
    for path in ("1999-01/en/recognise", "2026-12/en/nothing", "2026-12/en/..%2f"):
        assert client.get(f"/notices/{path}").status_code == 404


def test_every_name_of_the_jsonld_is_in_its_context_or_ours(shop: Home, customer: Customer) -> None:
    """Reading it needs no network: the context stands in the document, and refers to none."""
    document = as_jsonld(_receipt(shop, customer))
    context = document["@context"]
    assert isinstance(context, dict)
    assert context["@vocab"].startswith("https://")
    assert document["records"][0]["event_state"] == "dpv:ConsentGiven"
    assert {"purpose", "event_state", "lawful_basis", "consentReceiptID"} <= set(context)
