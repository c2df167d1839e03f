import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.errors import LedgerError
from consent.log.notes import (
    is_signed,
    is_signed_alone,
    origin_of,
    parse_checkpoint,
    parse_verifier_key,
    sign_checkpoint,
    verifier_key,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ROOT = hashlib.sha256(b"root").digest()


def test_a_verifier_key_is_that_of_the_specification() -> None:
    """The example key of c2sp.org/signed-note."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, public = parse_verifier_key(text)
    assert name == "PeterNeumann"
    assert verifier_key(name, public) == text


def test_a_checkpoint_reads_as_the_specification_says() -> None:
    note = sign_checkpoint(KEY, 42, ROOT).note
    origin, size, root, empty, signature, end = note.split("\n")
    assert origin == origin_of(PUBLIC)
    assert (size, root, empty, end) == ("42", base64.b64encode(ROOT).decode(), "", "")
    dash, name, encoded = signature.split(" ")
    raw = base64.b64decode(encoded)
    expected = hashlib.sha256(f"{origin}\n".encode() + b"\x01" + PUBLIC).digest()[:4]
    assert (dash, name, raw[:4], len(raw)) == ("\u2014", origin, expected, 68)


def test_a_checkpoint_parses_to_what_was_signed() -> None:
    signed = sign_checkpoint(KEY, 42, ROOT)
    assert parse_checkpoint(signed.note) == signed
    assert is_signed(signed, PUBLIC)
    assert is_signed_alone(signed, PUBLIC)


def test_a_witness_may_sign_beside_the_log() -> None:
    note = sign_checkpoint(KEY, 42, ROOT).note + "\u2014 witness.example AAAAAAAA\n"
    checkpoint = parse_checkpoint(note)
    assert is_signed(checkpoint, PUBLIC)
    assert not is_signed_alone(checkpoint, PUBLIC)


def test_another_key_does_not_count() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not is_signed(sign_checkpoint(KEY, 42, ROOT), other)


@pytest.mark.parametrize("place", range(0, len(sign_checkpoint(KEY, 42, ROOT).note), 3))
def test_any_other_letter_breaks_the_signature(place: int) -> None:
    note = sign_checkpoint(KEY, 42, ROOT).note
    letter = "x" if note[place] != "x" else "y"
    altered = note[:place] + letter + note[place + 1 :]
    try:
        checkpoint = parse_checkpoint(altered)
    except LedgerError:
        return
    assert not is_signed(checkpoint, PUBLIC)


@pytest.mark.parametrize(
    "note", ["", "hello", "a\n1\nAAAA\n\n\u2014 a b\n", "a\n01\n\n", "a\n-1\n" + "A" * 43 + "=\n\n"]
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(LedgerError, match="not a checkpoint"):
        parse_checkpoint(note)


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AAAA", "a+zz+!!"])
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="verifier key"):
        parse_verifier_key(text)
