"""The log by group, number and linkage; the page as a file; proofs and receipts beside entries."""

import csv
import io
import json
import re

from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.oversight.groups import Group, group_of, kinds_of
from consent.log import ledger
from consent.log.events import EventKind
from consent.office import erase
from tests.support.people import Customer


def _taken(officer: FlaskClient, query: str) -> list[dict[str, object]]:
    return list(json.loads(officer.get(f"/privacy/log/page.json?{query}").text)["entries"])


def test_every_kind_is_in_one_group() -> None:
    assert sorted(kind for group in Group for kind in kinds_of(group)) == sorted(EventKind)
    assert all(kinds_of(group) for group in Group)
    assert group_of(EventKind.SIGNIN_FAILED) is Group.ACCESS


def test_a_group_an_entry_and_unlinked_ones_are_found(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    kinds = {row["kind"] for row in _taken(officer, "kind=group:consent")}
    assert "consent.given" in kinds
    assert kinds <= {kind.value for kind in kinds_of(Group.CONSENT)}
    assert [row["entry"] for row in _taken(officer, "entry=3")] == [3]
    assert _taken(officer, "unlinked=1") == []
    erase(shop.office, customer.subject_id, actor="command", method="command")
    unlinked = _taken(officer, "unlinked=1")
    assert unlinked
    assert all(row["actor"] is None and row["detail"] is None for row in unlinked)
    assert officer.get("/privacy/log?kind=group:nothing").status_code == 400


def test_the_page_is_taken_as_csv_and_that_is_logged(
    officer: FlaskClient, shop: Home, customer: Customer
) -> None:
    answer = officer.get(f"/privacy/log/page.csv?about={customer.subject_id}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["customer"] for row in rows} == {customer.subject_id}
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "Robin" not in answer.text
    with shop.databases.identity.read() as identity:
        entry = ledger.search(identity, kinds=[EventKind.LOG_SEARCHED], limit=1)[0]
    assert entry.detail is not None
    assert entry.detail["taken"] == "csv"
    assert officer.get("/privacy/log/page.csv?since=x").status_code == 400


def test_an_entry_leads_to_its_proof_and_to_its_receipt(
    officer: FlaskClient, customer: Customer
) -> None:
    page = officer.get("/privacy/log?kind=receipt.issued").text
    proof = re.search(r'"(/log/v1/proof/inclusion\?index=\d+&amp;size=\d+)"', page)
    assert proof is not None
    answer = officer.get(proof[1].replace("&amp;", "&")).get_json()
    assert answer["path"]
    receipt = re.search(r"/privacy/receipts/[^\"]+\.json", page)
    assert receipt is not None
    assert officer.get(receipt[0]).status_code == 200
    assert customer.subject_id in page
