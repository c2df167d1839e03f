"""R44: officers see the log, never what it protects; and nobody else sees the officer's pages."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.keystore import keys
from tests.support.people import join
from tests.support.web import csrf, pair, post_form, sign_in

SEEDED = ("Robin Seeded", "seeded liquorice", "peanuts")

#: Which role opens which door. Roles add up; these are the single ones, on a paired tablet.
MATRIX = {
    "staff": set(),
    "trained": {"/staff"},
    "manager": {"/manage"},
    "officer": {"/privacy"},
    "admin": {"/manage"},
}


@pytest.mark.parametrize("role", MATRIX)
def test_each_role_opens_its_own_doors_only(client: FlaskClient, role: str) -> None:
    sign_in(client, role)
    pair(client, "tablet")
    doors = ("/staff", "/manage", "/privacy", "/privacy/log", "/privacy/switch")
    opened = {path for path in doors if client.get(path).status_code == 200}
    assert {"/" + path.split("/")[1] for path in opened} == MATRIX[role]


def test_officer_opens_no_key_on_any_page(
    app: Flask, client: FlaskClient, shop: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page, every download and every act works without one data key being opened."""
    customer = join(shop, name=SEEDED[0], likes=(SEEDED[1],), allergies=(SEEDED[2],))
    sign_in(client, "officer")

    def refuse(*_args: object, **_named: object) -> None:
        raise AssertionError("An officer's page opened a data key.")

    monkeypatch.setattr(keys, "data_key", refuse)
    subject = f"/privacy/customers/{customer.subject_id}"
    file = client.get(subject).text
    receipts = set(re.findall(r"/privacy/receipts/[^\"]+", file))
    sheets = [client.get(receipt).get_data() for receipt in receipts]  # some of them PDF
    shown = [file, *(sheet.decode("utf-8", "replace") for sheet in sheets)]
    fields = {"csrf_token": csrf(client), "purpose": "recognise", "channel": "shop"}
    flow = client.post(f"{subject}/withdraw", data=fields).location
    last = post_form(client, f"{subject}/erase", channel="shop", sure="yes").location
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("privacy.")
        and "GET" in (rule.methods or ())
        and not rule.arguments
    ]
    for path in (*plain, flow, f"{flow}/now", last, f"{last}/now", subject):
        answer = client.get(path)
        assert answer.status_code == 200, path
        shown.append(answer.text)
    for secret in (*SEEDED, customer.code):
        assert not any(secret in page for page in shown), secret
