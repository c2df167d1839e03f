"""Receipts that somebody takes along from the kiosk."""

import io
import json
import re

import pypdf
import pytest
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.models import ReceiptRow
from tests.support.kiosk import NOTHING, code_on, walk
from tests.support.web import pair


@pytest.fixture
def screen(client: FlaskClient) -> FlaskClient:
    pair(client, "kiosk")
    return client


def _words(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_who_joined_takes_the_receipt_and_its_code_along(screen: FlaskClient, shop: Home) -> None:
    person = walk(screen)
    person.walk(NOTHING)
    page = person.see("receipt").text
    body = json.loads(person.see("receipt.json").data)
    with shop.databases.identity.read() as session:
        assert session.get_one(ReceiptRow, body["receipt_id"]).body == body
    assert code_on(page) in _words(person.see("receipt.pdf").data)
    assert "/receipt.pdf" in page


def test_before_joining_there_is_no_receipt(screen: FlaskClient) -> None:
    person = walk(screen)
    person.start()
    assert person.see("receipt.pdf").status_code == 303


def test_who_erased_gets_both_receipts_and_no_code(screen: FlaskClient) -> None:
    person = walk(screen)
    person.walk(NOTHING)
    code = person.code()
    found = person.post("/kiosk/leave", {"code": code})
    at = found.location
    assert screen.get(f"{at}/asked.json").status_code == 303  # nothing ended yet
    person.post(at, {"wish": "erase"})

    page = screen.get(f"{at}/done").text

    links = re.findall(r'href="([^"]+\.pdf)"', page)
    assert [link.rpartition("/")[2] for link in links] == ["asked.pdf", "completed.pdf"]
    asked, completed = (_words(screen.get(link).data) for link in links)
    assert "You had everything erased" in asked
    assert "Everything about you is erased" in completed
    assert code not in asked + completed


def test_another_kiosk_gets_nothing(screen: FlaskClient) -> None:
    person = walk(screen)
    person.walk(NOTHING)
    other = screen.application.test_client()
    pair(other, "kiosk")
    assert other.get(f"{person.at}/receipt.json").status_code == 303
