"""R47: leaves are salted commitments; without its detail an entry leads to nobody, and counts."""

import json

from sqlalchemy import text

from consent.log import ledger
from consent.office import Office, Statement, erase, open_enrolment
from consent.purposes import CHOICES


def test_no_leaf_names_the_subject_the_actor_or_a_purpose(
    office: Office, statement: Statement
) -> None:
    joined = open_enrolment(office, statement, dict.fromkeys(CHOICES, True))
    with office.databases.identity.read() as session:
        rows = session.execute(text("SELECT kind || at || CAST(leaf AS TEXT) FROM log_entry"))
        log = "".join(row for (row,) in rows)
    for secret in (joined.subject_id, statement.collected_by, *CHOICES):
        assert secret not in log


def test_the_tree_holds_when_every_detail_is_deleted(office: Office, statement: Statement) -> None:
    joined = open_enrolment(office, statement, dict.fromkeys(CHOICES, True))
    erase(office, joined.subject_id, actor="user:an", method="staff")
    with office.databases.identity.write() as session:
        session.execute(text("DELETE FROM consent_record"))
        session.execute(text("DELETE FROM log_detail"))
    with office.databases.identity.read() as session:
        result = ledger.verify(session, office.ring.log_public)
    places = [finding.what for finding in result.findings]
    assert set(places) <= {"The consent record of this entry is missing."}
    assert result.unlinked == result.size


def test_equal_entries_cannot_be_matched(office: Office) -> None:
    """Guessing the detail does not help: the salt is random, and goes with it."""
    with office.databases.identity.write() as session:
        for _ in range(3):
            ledger.append(
                session,
                office.ring,
                ledger.EventKind.CARD_READ,
                actor="user:an",
                about="subject",
                detail={},
                now=office.now(),
            )
        leaves = [json.loads(row) for (row,) in session.execute(text("SELECT leaf FROM log_entry"))]
    assert len({leaf["commitment"] for leaf in leaves}) == 3
