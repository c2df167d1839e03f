"""Verifying the log from the page."""

import re
import sqlite3
import threading

from flask import Flask
from flask.testing import FlaskClient

from clienteling.home import Home
from clienteling.service.verify import LogReport, check_log
from consent.log.verification import Finding
from tests.support.people import Customer
from tests.support.web import eventually, post_form
from web.privacy.checks import CHECKS, CheckBoard
from web.privacy.findings import finding_word


def _verified(officer: FlaskClient, checkpoint: str = "") -> str:
    officer.set_cookie("language", "en")
    answer = post_form(officer, "/privacy/verify", checkpoint=checkpoint)
    assert answer.status_code == 303
    path = f"{answer.location}/now"
    assert eventually(lambda: "data-done" in officer.get(path).text, 30)
    return officer.get(answer.location).text


def alter(shop: Home, index: int) -> None:
    """Change an entry the way somebody with the file would: without asking the triggers."""
    with sqlite3.connect(shop.path / "identity.db") as database:
        database.execute("DROP TRIGGER log_entry_no_update")
        database.execute("UPDATE log_entry SET kind = 'signin.ok' WHERE leaf_index = ?", (index,))


def test_without_a_checkpoint_the_end_is_not_proven(
    officer: FlaskClient, customer: Customer
) -> None:
    page = _verified(officer)
    assert "The log holds." in page
    assert "End of log not proven." in page


def test_checkpoint_of_a_moment_ago_proves_up_to_there(
    officer: FlaskClient, customer: Customer
) -> None:
    note = officer.get("/privacy/log/checkpoint.txt").text
    page = _verified(officer, note.replace("\n", "\r\n"))
    assert "The end is proven" in page or "Proven for the first" in page


def test_receipt_serves_as_checkpoint(officer: FlaskClient, customer: Customer) -> None:
    page = officer.get(f"/privacy/customers/{customer.subject_id}").text
    address, *_others = re.findall(r'"(/privacy/receipts/[^"]+\.json)"', page)
    receipt = officer.get(address)
    assert "Proven for the first" in _verified(officer, receipt.text)


def test_what_is_no_checkpoint_is_refused(officer: FlaskClient) -> None:
    for pasted in ("nonsense", "{}", "{not json", "[1]"):
        answer = post_form(officer, "/privacy/verify", checkpoint=pasted)
        assert answer.status_code == 400, pasted


def test_second_start_joins_the_first() -> None:
    """Two verifications at once would only slow each other."""
    board, go = CheckBoard(), threading.Event()

    def slow(tell: object) -> LogReport:
        go.wait(10)
        raise RuntimeError

    first = board.start(5, None, slow)
    assert board.start(5, None, slow).id == first.id
    go.set()
    assert eventually(lambda: not _get(board, first.id).running)
    assert _get(board, first.id).failed
    assert board.start(5, None, slow).id != first.id


def _get(board: CheckBoard, check_id: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    found = board.get(check_id)
    assert found is not None
    return found


def test_progress_is_shown(app: Flask, officer: FlaskClient) -> None:
    go = threading.Event()

    def slow(tell) -> LogReport:  # type: ignore[no-untyped-def]  # noqa: ANN001
        tell(40)
        go.wait(10)
        return LogReport(
            ok=False,
            size=80,
            end_proven=False,
            proven_size=0,
            unlinked=0,
            findings=(Finding(3, "The entry is missing."),),
            checkpoint=None,
            logged=False,
            summary="",
        )

    check = app.extensions[CHECKS].start(80, None, slow)
    officer.set_cookie("language", "en")
    path = f"/privacy/verify/{check.id}/now"
    assert eventually(lambda: 'value="40"' in officer.get(path).text)
    go.set()
    assert eventually(lambda: "data-done" in officer.get(path).text)
    assert "The entry is missing." in officer.get(path).text


def test_findings_are_told_in_the_readers_language(
    app: Flask, shop: Home, customer: Customer
) -> None:
    """Whatever verification says of an altered log, this page can say in Dutch."""
    alter(shop, 0)
    report = check_log(shop.office, None, actor="command")
    assert report.findings
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        for finding in report.findings:
            assert finding_word(finding.what) != finding.what
        assert finding_word("A hash in the tree over entries 4 to 7 was altered.") == (
            "Een hash in de boom over regels 4 tot en met 7 is gewijzigd."
        )
        assert finding_word("something new") == "something new"
