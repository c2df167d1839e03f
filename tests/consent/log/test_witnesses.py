"""Registering witnesses and taking their cosignatures; the kept ones are checked with the log."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from consent.errors import WitnessError
from consent.log import ledger
from consent.log.cosignatures import cosign, with_lines, witness_key
from consent.log.events import EventKind
from consent.log.notes import parse_checkpoint, sign_checkpoint, verifier_key
from consent.log.witnesses import (
    Cosigned,
    add_witness,
    cosigned_checkpoint,
    cosigners,
    remove_witness,
    take_cosignature,
    witnesses,
)
from consent.office import Office
from tests.support.tampering import behind_its_back, cut_to
from tests.support.witnesses import act

NAME = "dpo.example/witness"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = witness_key(NAME, KEY.public_key().public_bytes_raw())


@pytest.fixture
def watched(office: Office) -> Office:
    act(office, 3)
    add(office, VKEY)
    return office


def add(office: Office, key: str) -> str:
    with office.databases.identity.write() as identity:
        return add_witness(identity, office.ring, key, actor="command", now=office.now())


def note_by(office: Office, key: Ed25519PrivateKey = KEY, name: str = NAME, ahead: int = 0) -> str:
    with office.databases.identity.read() as identity:
        newest = ledger.latest_checkpoint(identity)
    line = cosign(key, name, newest, office.now() + timedelta(seconds=ahead))
    return with_lines(newest.note, [line])


def bring(office: Office, note: str) -> Cosigned:
    with office.databases.identity.write() as identity:
        return take_cosignature(identity, note, office.now())


def test_registering_is_logged_and_seen(watched: Office) -> None:
    with watched.databases.identity.read() as identity:
        [entry] = ledger.search(identity, kinds=[EventKind.WITNESS_ADDED])
        [known] = witnesses(identity)
    assert entry.detail == {"witness": NAME, "key": VKEY}
    assert (known.name, known.key, known.last) == (NAME, VKEY, None)


@pytest.mark.parametrize(
    "key", ["", "hello", verifier_key(NAME, KEY.public_key().public_bytes_raw()), VKEY[:-4]]
)
def test_what_is_not_a_witness_key_is_refused(office: Office, key: str) -> None:
    with pytest.raises(WitnessError, match="witness init"):
        add(office, key)


def test_a_name_is_used_once(watched: Office) -> None:
    with pytest.raises(WitnessError, match="is or was registered"):
        add(watched, VKEY)


def test_a_cosignature_is_taken_once_and_shown(watched: Office) -> None:
    note = note_by(watched)
    taken = bring(watched, note)
    assert (taken.witness, taken.size) == (NAME, 4)
    assert bring(watched, note) == taken
    with watched.databases.identity.read() as identity:
        assert witnesses(identity)[0].last == taken
        kept = cosigned_checkpoint(identity)
        assert kept is not None
        assert kept.note == note
        assert cosigners(identity, parse_checkpoint(note)) == (taken,)
        assert ledger.verify(identity, watched.ring.log_public, kept).end_proven


def test_a_stranger_is_refused(watched: Office) -> None:
    with pytest.raises(WitnessError, match="No registered witness"):
        bring(watched, note_by(watched, Ed25519PrivateKey.generate()))
    with pytest.raises(WitnessError, match="No registered witness"):
        bring(watched, note_by(watched, name="other.example"))


def test_a_checkpoint_that_was_never_made_is_refused(watched: Office) -> None:
    for size in (4, 40):
        forged = sign_checkpoint(watched.ring.log_signing, size, bytes(32))
        line = cosign(KEY, NAME, forged, watched.now())
        with pytest.raises(WitnessError, match="never made"):
            bring(watched, with_lines(forged.note, [line]))
    with pytest.raises(WitnessError, match="not a checkpoint"):
        bring(watched, "hello")


def test_a_cosignature_of_tomorrow_is_refused(watched: Office) -> None:
    with pytest.raises(WitnessError, match="lies in the future"):
        bring(watched, note_by(watched, ahead=3600))


def test_who_was_removed_is_no_longer_heard_but_stays_known(watched: Office) -> None:
    note = note_by(watched)
    bring(watched, note)
    with watched.databases.identity.write() as identity:
        remove_witness(identity, watched.ring, NAME, actor="command", now=watched.now())
    with pytest.raises(WitnessError, match="No registered witness"):
        bring(watched, note_by(watched, ahead=1))
    with pytest.raises(WitnessError, match="is or was registered"):
        add(watched, VKEY)
    with watched.databases.identity.write() as identity:
        assert witnesses(identity) == ()
        assert cosigned_checkpoint(identity) is None
        assert len(cosigners(identity, parse_checkpoint(note))) == 1
        with pytest.raises(WitnessError, match="is registered"):
            remove_witness(identity, watched.ring, NAME, actor="command", now=watched.now())


@pytest.mark.parametrize(
    "statement", ["UPDATE log_cosignature SET at = ''", "DELETE FROM log_cosignature"]
)
def test_cosignatures_are_insert_only(watched: Office, statement: str) -> None:
    bring(watched, note_by(watched))
    with (
        pytest.raises(IntegrityError, match="insert-only"),
        watched.databases.identity.write() as identity,
    ):
        identity.execute(text(statement))


def found(office: Office) -> dict[int | None, str]:
    with office.databases.identity.read() as identity:
        result = ledger.verify(identity, office.ring.log_public)
    return {finding.leaf_index: finding.what for finding in result.findings}


def test_a_kept_cosignature_shows_a_cut_log(watched: Office) -> None:
    bring(watched, note_by(watched))
    act(watched, 2)
    assert found(watched) == {}
    with behind_its_back(_folder(watched)) as database:
        cosignatures = database.execute("SELECT * FROM log_cosignature").fetchall()
        cut_to(database, 2)
        database.executemany("INSERT INTO log_cosignature VALUES (?, ?, ?, ?)", cosignatures)
    assert "no longer there" in found(watched)[3]


def test_a_kept_cosignature_shows_a_log_rewritten_with_its_own_key(watched: Office) -> None:
    bring(watched, note_by(watched))
    with behind_its_back(_folder(watched)) as database:
        cosignatures = database.execute("SELECT * FROM log_cosignature").fetchall()
        cut_to(database, 2)
    act(watched, 5)
    with behind_its_back(_folder(watched)) as database:
        database.executemany("INSERT INTO log_cosignature VALUES (?, ?, ?, ?)", cosignatures)
    assert "does not fit" in found(watched)[3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_cosignature SET at = replace(at, '2026', '2027')",
        "UPDATE log_cosignature SET line = replace(line, '=', 'A')",
        "UPDATE log_cosignature SET witness = 'nobody'",
        "UPDATE log_witness SET public = zeroblob(32)",
        "UPDATE log_cosignature SET line = zeroblob(4)",
        "UPDATE log_witness SET public = 'text'",
    ],
)
def test_an_altered_cosignature_is_found(watched: Office, statement: str) -> None:
    bring(watched, note_by(watched))
    with behind_its_back(_folder(watched)) as database:
        database.execute(statement)
    assert found(watched)


def _folder(office: Office) -> Path:
    return Path(str(office.databases.identity.engine.url.database)).parent
