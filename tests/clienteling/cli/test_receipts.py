"""`clienteling consent receipt` and `clienteling log verify --receipt`."""

import json
from pathlib import Path
from typing import Any

import pytest

from clienteling.home import open_home
from consent.log import ledger
from tests.support.people import Customer, join
from tests.support.shops import Command, make_home


@pytest.fixture
def made(tmp_path: Path) -> Customer:
    """A shop with a customer, closed."""
    home = make_home(tmp_path / "shop")
    customer = join(home)
    home.databases.close()
    return customer


@pytest.fixture
def receipt(command: Command, made: Customer, tmp_path: Path) -> Path:
    """The customer's receipt in a file, as the command writes it."""
    file = tmp_path / "receipt.json"
    assert command("consent", "receipt", made.subject_id, "--out", str(file)).code == 0
    return file


def _newest(tmp_path: Path) -> str:
    home = open_home(tmp_path / "shop")
    with home.databases.identity.read() as identity:
        note = ledger.latest_checkpoint(identity).note
    home.databases.close()
    return note


def test_a_receipt_is_written_for_its_owner_alone_and_never_over_a_file(
    command: Command, receipt: Path, made: Customer
) -> None:
    body = json.loads(receipt.read_text())
    assert body["pii_principal_id"] == made.subject_id
    assert receipt.stat().st_mode & 0o777 == 0o600
    again = command("consent", "receipt", made.subject_id, "--out", str(receipt))
    assert (again.code, "is there already" in again.err) == (2, True)


def test_by_its_own_number_and_as_jsonld(command: Command, receipt: Path) -> None:
    body = json.loads(receipt.read_text())
    done = command("consent", "receipt", body["receipt_id"], "--jsonld")
    assert json.loads(done.out)["signed_receipt"] == body


def test_nobody_has_this_number(command: Command, made: Customer) -> None:
    done = command("consent", "receipt", "0000")
    assert (done.code, "no receipt" in done.err.lower()) == (1, True)


def test_a_pdf_needs_a_file(command: Command, made: Customer, tmp_path: Path) -> None:
    assert command("consent", "receipt", made.subject_id, "--pdf").code == 2
    file = tmp_path / "receipt.pdf"
    done = command("consent", "receipt", made.subject_id, "--pdf", "--out", str(file))
    assert done.code == 0
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_receipt_is_checked_against_the_log_of_now(command: Command, receipt: Path) -> None:
    done = command("log", "verify", "--receipt", str(receipt), "--json")
    assert done.code == 0
    assert done.json["ok"] is True
    assert done.json["compared_with"] >= done.json["size"]


def test_the_keys_alone_are_enough(
    command: Command, receipt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that has no data folder."""
    keys = tmp_path / "keys"
    keys.write_text((tmp_path / "shop/shop.vkeys").read_text())
    checkpoint = tmp_path / "checkpoint.txt"
    checkpoint.write_text(_newest(tmp_path))
    monkeypatch.delenv("CLIENTELING_HOME")
    check = ("log", "verify", "--receipt", str(receipt), "--key", str(keys))

    assert command(*check).code == 0
    assert "not whether it still stands" in command(*check).out
    assert command(*check, "--against", str(receipt)).code == 0
    # Another size needs the log's own proof: nothing is claimed about it.
    newer = command(*check, "--against", str(checkpoint))
    assert (newer.code, "Not compared" in newer.out) == (5, True)


@pytest.mark.parametrize("part", ["event_state", "signature", "checkpoint"])
def test_an_altered_receipt_ends_with_one(command: Command, receipt: Path, part: str) -> None:
    body: dict[str, Any] = json.loads(receipt.read_text())
    place = body["records"][0]["record"] if part == "event_state" else body
    place[part] = "refused"
    receipt.write_text(json.dumps(body))
    done = command("log", "verify", "--receipt", str(receipt))
    assert (done.code, "does not hold" in done.out) == (1, True)


@pytest.mark.parametrize("text", ["", "nothing", "[1]", '{"a": 1, "a": 2}', "9" * 300_000])
def test_what_is_no_receipt_ends_with_two(command: Command, receipt: Path, text: str) -> None:
    receipt.write_text(text)
    done = command("log", "verify", "--receipt", str(receipt))
    assert done.code == 2
    assert "Traceback" not in done.err


def test_missing_files_and_wrong_keys_end_with_two(command: Command, receipt: Path) -> None:
    assert command("log", "verify", "--receipt", "/nowhere").code == 2
    assert command("log", "verify", "--receipt", str(receipt), "--key", str(receipt)).code == 2
    assert command("log", "verify", "--key", str(receipt)).code == 2


def test_what_stands_on_a_consent_is_shown_by_the_command_and_not_by_the_receipt(
    command: Command, receipt: Path, made: Customer
) -> None:
    events = command("consent", "show", made.subject_id, "--json").json["events"]
    [face] = [event for event in events if event["purpose"] == "recognise"]
    assert face["template_refs"] == [made.alias]
    assert face["model_ids"]
    assert face["key_id"]
    assert made.alias not in receipt.read_text()
    assert face["key_id"] not in receipt.read_text()
