import base64
import copy
from typing import Any

import pytest

from consent import sealing
from consent.canonical import canonical
from consent.log import ledger
from consent.log.notes import parse_checkpoint, sign_checkpoint
from consent.models import ReceiptRow
from consent.office import Joined, Office, Statement, erase, open_enrolment
from consent.proof.receipt_check import Flaw
from consent.proof.receipts import PublicKeys, subject_by_code, verify_receipt
from consent.purposes import Purpose


@pytest.fixture
def joined(office: Office, statement: Statement) -> Joined:
    return open_enrolment(office, statement, {Purpose.RECOGNISE: True})


@pytest.fixture
def public(office: Office) -> PublicKeys:
    return PublicKeys(office.ring.log_public, office.ring.receipt_public)


def test_a_receipt_holds_with_the_public_keys_alone(joined: Joined, public: PublicKeys) -> None:
    check = verify_receipt(joined.receipt, public)
    assert (check.ok, check.findings) == (True, ())


def test_a_receipt_names_who_answers_and_that_it_is_a_demo(joined: Joined) -> None:
    assert joined.receipt["controller"]["name"] == "Suikerhuis"
    assert joined.receipt["controller"]["demo"] is True


def test_a_receipt_names_no_template_model_or_data_key(joined: Joined) -> None:
    def names(part: Any) -> set[str]:
        if isinstance(part, dict):
            return set(part) | {name for value in part.values() for name in names(value)}
        return {name for item in part for name in names(item)} if isinstance(part, list) else set()

    assert not names(joined.receipt) & {"template_ref", "alias", "model", "model_id", "key_id"}


def test_what_is_kept_is_what_was_given(office: Office, joined: Joined) -> None:
    with office.databases.identity.read() as session:
        row = session.get_one(ReceiptRow, joined.receipt["receipt_id"])
    assert row.body == joined.receipt


def _paths(part: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(part, dict):
        return [p for name, value in part.items() for p in _paths(value, (*path, name))]
    if isinstance(part, list):
        return [p for place, value in enumerate(part) for p in _paths(value, (*path, place))]
    return [path]


def test_no_value_of_a_receipt_can_be_altered(joined: Joined, public: PublicKeys) -> None:
    for path in _paths(joined.receipt):
        altered = copy.deepcopy(joined.receipt)
        place: Any = altered
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = "altered"
        assert not verify_receipt(altered, public).ok, path


def test_a_record_that_was_not_logged_shows_even_if_signed(
    office: Office, joined: Joined, public: PublicKeys
) -> None:
    """The receipt key alone cannot invent a consent: the log must hold it."""

    forged = copy.deepcopy(joined.receipt)
    forged["records"][0]["record"]["event_state"] = "withdrawn"
    del forged["signature"]
    signature = sealing.sign(office.ring.receipt_signing, canonical(forged))
    forged["signature"] = base64.b64encode(signature).decode()
    check = verify_receipt(forged, public)
    assert check.flaws == (Flaw.RECORD,)


@pytest.mark.parametrize("body", [{}, {"signature": "x"}, {"signature": 1, "records": None}])
def test_what_is_no_receipt_is_refused_in_a_sentence(
    body: dict[str, Any], public: PublicKeys
) -> None:
    assert not verify_receipt(body, public).ok


def test_a_later_checkpoint_must_continue_the_log_of_the_receipt(
    office: Office, joined: Joined, public: PublicKeys
) -> None:
    size = parse_checkpoint(joined.receipt["checkpoint"]).size
    with office.databases.identity.read() as session:
        newest = ledger.latest_checkpoint(session)
        proof = ledger.consistency_proof(session, size, newest.size)
    assert verify_receipt(joined.receipt, public, newest, proof).ok
    assert not verify_receipt(joined.receipt, public, newest).ok
    forked = sign_checkpoint(office.ring.log_signing, newest.size, bytes(32))
    assert not verify_receipt(joined.receipt, public, forked, proof).ok


def test_a_code_finds_its_holder_however_it_is_typed(office: Office, joined: Joined) -> None:
    code = joined.code
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    typed = {code, code.lower(), code.replace("-", " "), code.replace("0", "O").replace("1", "I")}
    with office.databases.identity.read() as session:
        found = {subject_by_code(session, office.ring, text) for text in typed}
    assert found == {joined.subject_id}


@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", "x" * 40, "ééé"])
def test_any_other_code_finds_nobody(office: Office, joined: Joined, code: str) -> None:
    with office.databases.identity.read() as session:
        assert subject_by_code(session, office.ring, code) is None


def test_the_code_itself_is_not_kept(office: Office, joined: Joined) -> None:
    with office.databases.identity.read() as session:
        row = session.get_one(ReceiptRow, joined.receipt["receipt_id"])
    assert joined.code.replace("-", "") not in f"{row.body}{row.code_hash}"


def test_the_code_dies_with_the_account(office: Office, joined: Joined) -> None:
    erase(office, joined.subject_id, actor="user:an", method="staff")
    with office.databases.identity.read() as session:
        assert subject_by_code(session, office.ring, joined.code) is None
