import json
from pathlib import Path

import pytest
from sqlalchemy import text

from consent.errors import KeyUnavailableError, SealError
from consent.keystore.keyring import KeyRing, open_keyring
from consent.keystore.keys import create_data_key, data_key
from consent.keystore.roots.local import RootKey
from consent.keystore.roots.sealed_file import create_root, open_root
from consent.keystore.seals import seal_for
from consent.models import DataKeyRow
from consent.office import Joined, Office, Statement, open_enrolment
from consent.purposes import Purpose
from consent.sealing import MAX_SEALS
from consent.storage import Databases
from tests.support.office import START


@pytest.fixture
def joined(office: Office, statement: Statement) -> Joined:
    return open_enrolment(office, statement, {Purpose.ALLERGIES: True})


def test_the_same_keys_open_again(databases: Databases, ring: KeyRing) -> None:
    again = open_keyring(databases.keys, lambda: (RootKey(bytes(32), development=True),), START)
    assert again.log_public == ring.log_public
    assert again.lookup == ring.lookup
    with databases.keys.read() as session:
        assert again.stores.current(session) == ring.stores.current(session)


def test_another_root_key_opens_nothing(databases: Databases, ring: KeyRing) -> None:
    with pytest.raises(KeyUnavailableError, match="belong together"):
        open_keyring(databases.keys, lambda: (RootKey(b"x" * 32, development=True),), START)


def test_secrets_do_not_show(office: Office, ring: KeyRing, joined: Joined) -> None:
    with office.databases.keys.read() as session:
        opened = data_key(session, ring, joined.grants[Purpose.ALLERGIES])
    for shown in (repr(ring), repr(opened), repr(RootKey(b"secret" * 5, development=True))):
        assert "secret" not in shown
        assert "\\x" not in shown


def test_each_purpose_has_its_own_key(office: Office, joined: Joined) -> None:
    with office.databases.keys.read() as session:
        secrets = {data_key(session, office.ring, g).secret for g in joined.grants.values()}
    assert len(secrets) == len(joined.grants) == 2


def test_making_a_key_twice_keeps_the_first(office: Office, joined: Joined) -> None:
    grant = joined.grants[Purpose.ALLERGIES]
    with office.databases.keys.write() as session:
        before = data_key(session, office.ring, grant)
        create_data_key(session, office.ring, grant, START)
        assert data_key(session, office.ring, grant) == before


def test_a_wrapped_key_moved_to_another_purpose_does_not_open(
    office: Office, joined: Joined
) -> None:
    with office.databases.keys.write() as session:
        moved = session.get_one(DataKeyRow, (joined.subject_id, "account"))
        target = session.get_one(DataKeyRow, (joined.subject_id, "allergies"))
        target.wrapped = moved.wrapped
    with office.databases.keys.read() as session, pytest.raises(KeyUnavailableError):
        data_key(session, office.ring, joined.grants[Purpose.ALLERGIES])


def test_each_seal_is_counted_and_a_used_up_key_seals_no_more(
    office: Office, joined: Joined
) -> None:
    """R21: at most 2^32 random nonces under one key."""
    grant = joined.grants[Purpose.ALLERGIES]
    with office.databases.keys.write() as session:
        for _ in range(3):
            seal_for(session, office.ring, grant, b"milk", office.binding(grant))
    with office.databases.keys.write() as session:
        assert session.get_one(DataKeyRow, (joined.subject_id, "allergies")).uses == 3
        session.execute(text("UPDATE data_key SET uses = :all"), {"all": MAX_SEALS})
    with (
        office.databases.keys.write() as session,
        pytest.raises(KeyUnavailableError, match="as often"),
    ):
        seal_for(session, office.ring, grant, b"milk", office.binding(grant))


def test_a_seal_is_bound_to_the_consent_that_allows_it(office: Office, joined: Joined) -> None:
    allergies, account = joined.grants[Purpose.ALLERGIES], joined.grants[Purpose.ACCOUNT]
    with office.databases.keys.write() as session, pytest.raises(SealError):
        seal_for(session, office.ring, allergies, b"milk", office.binding(account))


class TestRootKeyFile:
    def test_a_plain_file_is_a_development_key(self, tmp_path: Path) -> None:
        path = tmp_path / "keys" / "root.key"
        made = create_root(path, None)
        assert made.development
        assert open_root(path, None) == made
        assert path.stat().st_mode & 0o777 == 0o600

    def test_a_sealed_file_needs_its_passphrase(self, tmp_path: Path) -> None:
        path = tmp_path / "root.key"
        made = create_root(path, b"correct horse")
        assert not made.development
        assert open_root(path, b"correct horse") == made
        with pytest.raises(KeyUnavailableError, match="does not open"):
            open_root(path, b"wrong horse")
        with pytest.raises(KeyUnavailableError, match="CLIENTELING_PASSPHRASE_FILE"):
            open_root(path, None)

    def test_a_root_key_is_never_overwritten(self, tmp_path: Path) -> None:
        create_root(tmp_path / "root.key", None)
        with pytest.raises(KeyUnavailableError, match="exists already"):
            create_root(tmp_path / "root.key", None)

    def test_a_missing_file_says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(KeyUnavailableError, match="clienteling init"):
            open_root(tmp_path / "root.key", None)

    def test_a_file_that_others_can_read_is_refused(self, tmp_path: Path) -> None:
        create_root(tmp_path / "root.key", None)
        (tmp_path / "root.key").chmod(0o640)
        with pytest.raises(KeyUnavailableError, match="chmod 600"):
            open_root(tmp_path / "root.key", None)

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "not json",
            "[]",
            json.dumps({"v": 2, "kind": "development", "key": ""}),
            json.dumps({"v": 1, "kind": "development", "key": "AAAA"}),
            json.dumps({"v": 1, "kind": "argon2id", "salt": "!"}),
        ],
    )
    def test_a_damaged_file_says_what_to_do(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "root.key"
        path.write_text(content)
        path.chmod(0o600)
        with pytest.raises(KeyUnavailableError, match="damaged"):
            open_root(path, b"passphrase")
