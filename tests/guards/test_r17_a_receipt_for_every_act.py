"""R17: every grant, refusal, change, withdrawal and erasure leaves a receipt that anyone can check.

What is checked here is what the customer holds: the JSON, with a script that has none of our code.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from consent.models import ConsentRow, FlowRow, LogEntryRow, ReceiptRow
from consent.office import (
    Office,
    Statement,
    change,
    close_enrolment,
    erase,
    open_enrolment,
    resume,
    withdraw,
)
from consent.proof.public_keys import PublicKeys, key_lines
from consent.purposes import Purpose
from tests.support.office import Edges

SCRIPT = Path(__file__).parents[2] / "docs/privacy/check_receipt.py"
Receipts = list[dict[str, Any]]


@pytest.fixture
def offline(office: Office, tmp_path: Path) -> Callable[[Receipts], None]:
    """Check receipts in another process, with the published keys and nothing else of ours."""

    def check(receipts: Receipts) -> None:
        keys = tmp_path / "shop.vkeys"
        keys.write_text(key_lines(PublicKeys(office.ring.log_public, office.ring.receipt_public)))
        for receipt in receipts:
            file = tmp_path / "receipt.json"
            file.write_text(json.dumps(receipt))
            done = subprocess.run(
                [sys.executable, "-I", SCRIPT, file, keys],
                check=False,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Holds: signed by the shop" in done.stdout

    return check


def _all(office: Office) -> Receipts:
    with office.databases.identity.read() as session:
        return [row.body for row in session.scalars(select(ReceiptRow).order_by(ReceiptRow.id))]


def _proven(receipts: Receipts) -> set[tuple[str, str]]:
    return {
        (item["record"]["purpose"], item["record"]["event_state"])
        for receipt in receipts
        for item in receipt["records"]
    }


def _events(receipts: Receipts) -> set[str]:
    return {item["entry"]["kind"] for receipt in receipts for item in receipt["events"]}


def test_every_record_of_a_whole_life_is_on_a_receipt(
    office: Office, statement: Statement, offline: Callable[[Receipts], None]
) -> None:
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True, Purpose.VISITS: True})
    close_enrolment(office, joined.flow_id)  # no picture was made
    change(office, joined.subject_id, statement, {Purpose.ALLERGIES: True, Purpose.VISITS: False})
    withdraw(office, joined.subject_id, [Purpose.ALLERGIES], actor="command", method="command")
    erase(office, joined.subject_id, actor="command", method="command")

    with office.databases.identity.read() as session:
        recorded = set(session.scalars(select(ConsentRow.record_id)))
        acts = {
            kind
            for kind in session.scalars(select(LogEntryRow.kind).distinct())
            if kind.startswith("erasure.")
        }
    receipts = _all(office)
    on_paper = {item["record"]["record_id"] for one in receipts for item in one["records"]}
    assert on_paper == recorded
    assert _events(receipts) == acts == {"erasure.opened", "erasure.completed"}
    assert {
        ("account", "given"),
        ("recognise", "given"),
        ("preferences", "refused"),
        ("recognise", "withdrawn"),
        ("visits", "withdrawn"),
        ("allergies", "given"),
        ("allergies", "withdrawn"),
        ("account", "withdrawn"),
    } <= _proven(receipts)
    offline(receipts)


def test_the_receipt_is_handed_out_with_each_act(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, {Purpose.PREFERENCES: True})
    changed = change(office, joined.subject_id, statement, {Purpose.ALLERGIES: True})
    left = withdraw(office, joined.subject_id, None, actor="command", method="command")
    gone = erase(office, joined.subject_id, actor="command", method="command")
    for receipt in (joined.receipt, changed.receipt, left.receipt, gone.receipt):
        assert receipt is not None
        assert receipt in _all(office)


def test_the_end_of_an_erasure_has_its_own_receipt_once_every_camera_answered(
    office: Office, statement: Statement, edges: Edges, offline: Callable[[Receipts], None]
) -> None:
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True})
    edges.known = -1  # a camera that has yet to answer
    gone = erase(office, joined.subject_id, actor="command", method="command")
    assert "erasure.completed" not in _events(_all(office))

    edges.known = 10**9
    resume(office)

    with office.databases.identity.read() as session:
        flow = session.get_one(FlowRow, gone.flow_id)
        last = session.get_one(ReceiptRow, flow.data["receipt"])
    assert _events([last.body]) == {"erasure.completed"}
    offline([last.body])


def test_a_changed_receipt_does_not_pass(
    office: Office, statement: Statement, offline: Callable[[Receipts], None]
) -> None:
    receipt = open_enrolment(office, statement, {Purpose.RECOGNISE: True}).receipt
    receipt["records"][0]["record"]["event_state"] = "refused"
    with pytest.raises(AssertionError, match="Does NOT hold"):
        offline([receipt])
