"""Cosignatures are those of c2sp.org/tlog-cosignature, and say nothing when anything differs."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent import sealing
from consent.errors import LedgerError
from consent.log.cosignatures import (
    cosign,
    cosigned_at,
    is_witness_name,
    parse_witness_key,
    with_lines,
    witness_key,
)
from consent.log.notes import is_signed, parse_checkpoint, sign_checkpoint, verifier_key

LOG = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = KEY.public_key().public_bytes_raw()
NAME = "dpo.example/witness"
NOW = datetime(2026, 11, 24, 9, 30, 15, 999_999, tzinfo=UTC)
CHECKPOINT = sign_checkpoint(LOG, 42, hashlib.sha256(b"root").digest())


def cosigned(line: str) -> datetime | None:
    note = parse_checkpoint(with_lines(CHECKPOINT.note, [line]))
    assert is_signed(note, LOG.public_key().public_bytes_raw())
    return cosigned_at(note, NAME, PUBLIC)


def test_a_line_is_that_of_the_specification() -> None:
    dash, name, encoded = cosign(KEY, NAME, CHECKPOINT, NOW).split(" ")
    raw, seconds = base64.b64decode(encoded), int(NOW.timestamp())
    hashed = hashlib.sha256(NAME.encode() + b"\n\x04" + PUBLIC).digest()[:4]
    assert (dash, name, raw[:4], len(raw)) == ("\u2014", NAME, hashed, 4 + 8 + 64)
    assert raw[4:12] == seconds.to_bytes(8, "big")
    text = CHECKPOINT.note.split("\n\n")[0]
    message = f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
    assert sealing.verify(PUBLIC, message, raw[12:])


def test_it_tells_when_and_nothing_else_changes() -> None:
    assert cosigned(cosign(KEY, NAME, CHECKPOINT, NOW)) == NOW.replace(microsecond=0)


def test_the_newest_line_counts() -> None:
    later = NOW + timedelta(hours=1)
    lines = [cosign(KEY, NAME, CHECKPOINT, at) for at in (later, NOW)]
    note = parse_checkpoint(with_lines(CHECKPOINT.note, lines))
    assert cosigned_at(note, NAME, PUBLIC) == later.replace(microsecond=0)


@pytest.mark.parametrize(
    "line",
    [
        cosign(LOG, NAME, CHECKPOINT, NOW),  # another key
        cosign(KEY, "other.example", CHECKPOINT, NOW),  # another name
        cosign(KEY, NAME, sign_checkpoint(LOG, 43, bytes(32)), NOW),  # another checkpoint
        CHECKPOINT.note.split("\n")[4],  # the log's own
        "\u2014 dpo.example/witness AAAA",
        "\u2014 dpo.example/witness ä",
        "nonsense",
        "",
    ],
)
def test_any_other_line_says_nothing(line: str) -> None:
    assert cosigned(line) is None


@pytest.mark.parametrize("place", range(4, 76, 5))
def test_any_other_byte_breaks_it(place: int) -> None:
    dash, name, encoded = cosign(KEY, NAME, CHECKPOINT, NOW).split(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[place] ^= 1
    assert cosigned(f"{dash} {name} {base64.b64encode(raw).decode()}") is None


def test_a_key_reads_back_and_a_log_key_is_none() -> None:
    assert parse_witness_key(witness_key(NAME, PUBLIC)) == (NAME, PUBLIC)
    with pytest.raises(LedgerError, match="another kind"):
        parse_witness_key(verifier_key(NAME, PUBLIC))


@pytest.mark.parametrize("name", ["", "two words", "a+b", "naïve", "x" * 121, "line\nend"])
def test_names_that_cannot_stand_in_a_line(name: str) -> None:
    assert not is_witness_name(name)
