"""The log for everybody: what it proves can be checked, and it says nothing else."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient

from clienteling.home import Home
from consent.log import ledger
from consent.log.cosignatures import cosign, with_lines, witness_key
from consent.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from consent.log.notes import is_signed, parse_checkpoint
from consent.log.witnesses import add_witness
from consent.models import LogCheckpointRow, LogEntryRow
from tests.support.people import join
from tests.support.tampering import behind_its_back

NAME = "dpo.example/witness"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def log(shop: Home) -> Home:
    join(shop)
    return shop


def checkpoint(client: FlaskClient) -> Any:
    answer = client.get("/log/v1/checkpoint")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    return parse_checkpoint(answer.text)


def path_of(client: FlaskClient, query: str) -> tuple[bytes, ...]:
    answer = client.get(f"/log/v1/proof/{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return tuple(base64.b64decode(step) for step in answer.json["path"])


def test_the_newest_checkpoint_is_signed(client: FlaskClient, log: Home) -> None:
    newest = checkpoint(client)
    assert is_signed(newest, log.office.ring.log_public)


def test_growth_is_proven(client: FlaskClient, log: Home) -> None:
    newest = checkpoint(client)
    with log.databases.identity.read() as identity:
        old = parse_checkpoint(identity.get_one(LogCheckpointRow, 3).note)
    path = path_of(client, f"consistency?old=3&new={newest.size}")
    assert verify_consistency(3, newest.size, old.root, newest.root, path)


def test_an_entry_is_proven(client: FlaskClient, log: Home) -> None:
    newest = checkpoint(client)
    with log.databases.identity.read() as identity:
        leaf = identity.get_one(LogEntryRow, 2).leaf
    path = path_of(client, f"inclusion?index=2&size={newest.size}")
    assert verify_inclusion(leaf_hash(leaf), 2, newest.size, path, newest.root)


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("consistency", 400, "bad_request"),
        ("consistency?old=5&new=3", 400, "bad_request"),
        ("consistency?old=-1&new=3", 400, "bad_request"),
        ("consistency?old=1&new=" + "9" * 40, 400, "bad_request"),
        ("consistency?old=1&new=999999", 404, "no_such_size"),
        ("inclusion?index=3&size=3", 400, "bad_request"),
        ("inclusion?index=²&size=3", 400, "bad_request"),
        ("inclusion?index=3&size=999999", 404, "no_such_size"),
    ],
)
def test_what_cannot_be_proven_is_a_sentence(
    client: FlaskClient, log: Home, query: str, status: int, error: str
) -> None:
    answer = client.get(f"/log/v1/proof/{query}")
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"] == error
    assert answer.json["message"]


def test_a_damaged_tree_says_that_it_cannot_prove(client: FlaskClient, log: Home) -> None:
    with behind_its_back(log.path) as database:
        database.execute("DELETE FROM log_node")
    answer = client.get("/log/v1/proof/consistency?old=3&new=5")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"] == "unproven"


def test_a_cosignature_is_taken_and_shown_to_everybody(client: FlaskClient, log: Home) -> None:
    assert client.get("/log/v1/checkpoint/cosigned").status_code == 404
    register(log)
    newest = checkpoint(client)
    note = with_lines(newest.note, [cosign(KEY, NAME, newest, log.office.now())])
    answer = client.post("/log/v1/cosignatures", data=note.encode(), content_type="text/plain")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["witness"], answer.json["size"]) == (NAME, newest.size)
    assert client.get("/log/v1/checkpoint/cosigned").text == note


def register(shop: Home) -> None:
    key = witness_key(NAME, KEY.public_key().public_bytes_raw())
    with shop.databases.identity.write() as identity:
        add_witness(identity, shop.office.ring, key, actor="command", now=shop.office.now())


def test_a_stranger_brings_nothing(client: FlaskClient, log: Home) -> None:
    newest = checkpoint(client)
    note = with_lines(newest.note, [cosign(KEY, NAME, newest, log.office.now())])
    answer = client.post("/log/v1/cosignatures", data=note.encode())
    assert answer.status_code == 403
    assert "No registered witness" in answer.text
    with log.databases.identity.read() as identity:
        assert ledger.size(identity) == newest.size  # and leaves no entry


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"x" * 20_000])
def test_what_is_no_note_is_refused(client: FlaskClient, log: Home, body: bytes) -> None:
    assert client.post("/log/v1/cosignatures", data=body).status_code in {403, 413}


def test_reading_is_bounded(client: FlaskClient, log: Home) -> None:
    answers = [client.get("/log/v1/checkpoint").status_code for _ in range(125)]
    assert answers[:120] == [200] * 120
    assert answers[-1] == 429
