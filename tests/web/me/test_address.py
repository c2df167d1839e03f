"""Where a receipt says that the own page is: only where a shop gave an address for customers."""

from dataclasses import replace

import pytest
from flask import Flask

from clienteling.home import Home
from tests.support.kiosk import NOTHING, Walk, code_on, walk
from tests.support.web import POLICY, pair
from web.app import create_app
from web.public.sheet import code_address, sheet


def _joined(shop: Home, address: str) -> tuple[Flask, Walk]:
    """Somebody who has just joined at the kiosk of a shop with this address."""
    processing = replace(shop.office.processing, address=address)
    app = create_app(
        replace(shop, office=replace(shop.office, processing=processing)), None, policy=POLICY
    )
    client = app.test_client()
    pair(client, "kiosk")
    person = walk(client)
    person.walk(NOTHING)
    return app, person


@pytest.mark.parametrize("address", ["", "https://sweets.example"])
def test_the_kiosks_last_page_names_it_if_there_is_one(shop: Home, address: str) -> None:
    _app, person = _joined(shop, address)
    page = person.see("receipt").text
    assert ("https://sweets.example/me" in page) is bool(address)
    assert ("own page on a phone" in page) is bool(address)


def test_the_paper_names_it_too_and_the_code_stands_behind_the_hash(shop: Home) -> None:
    app, person = _joined(shop, "https://sweets.example")
    code = code_on(person.see("receipt").text)
    receipt = person.see("receipt.json").get_json()
    with app.app_context():
        paper = sheet(receipt, "en", "https://sweets.example", code, "https://sweets.example/me")
        without = sheet(receipt, "en", "https://sweets.example", code)
    assert "https://sweets.example/me<" in paper
    assert "own page" not in without
    assert f"/me#{code}" not in paper, "in the drawing only, not in a link"


def test_a_scanned_code_opens_the_own_page_where_there_is_one_and_else_the_kiosk() -> None:
    assert code_address("AB", "https://a.ex", "https://a.ex/me") == "https://a.ex/me#AB"
    assert code_address("AB", "https://a.ex", None) == "https://a.ex/kiosk/leave#AB"


def test_the_kiosk_takes_what_a_scanner_types_of_it(shop: Home) -> None:
    _app, person = _joined(shop, "https://sweets.example")
    code = person.code()
    typed = code_address(code, "https://sweets.example", "https://sweets.example/me")
    assert person.post("/kiosk/leave", {"code": typed}).status_code == 303
