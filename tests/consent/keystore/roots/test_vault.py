"""A root key in Vault: it wraps and opens without leaving, and each failure says what to do."""

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from consent.errors import KeyUnavailableError, SealError
from consent.keystore.roots.vault import VaultPlace, VaultRoot
from tests.support.vault import TOKEN, FakeVault, TransitKey, serving, vault

__all__ = ["vault"]

SECRET, PLACE = bytes(range(32)), b"store key 1"


def root_at(vault: FakeVault, token: str = TOKEN, ca_file: Path | None = None) -> VaultRoot:
    return VaultRoot(VaultPlace(vault.url, "transit", "shop", None, ca_file), token)


@pytest.fixture
def root(vault: FakeVault) -> VaultRoot:
    made = root_at(vault)
    made.create()
    return made


def test_what_it_wraps_it_opens_and_the_secret_is_not_in_it(
    vault: FakeVault, root: VaultRoot
) -> None:
    wrapped = root.wrap(SECRET, PLACE)

    assert wrapped.startswith(b"vault:v1:")
    assert SECRET not in wrapped
    assert root.unwrap(wrapped, PLACE) == SECRET
    assert not vault.refused
    assert vault.calls == [
        "POST /v1/transit/keys/shop",
        "POST /v1/transit/encrypt/shop",
        "POST /v1/transit/decrypt/shop",
    ]


def test_the_key_is_made_as_it_must_be_and_once(vault: FakeVault, root: VaultRoot) -> None:
    first = vault.keys["shop"]
    root.create()
    root.check()

    assert vault.keys["shop"] is first
    assert (first.kind, first.derived, first.exportable) == ("aes256-gcm96", True, False)


def test_what_is_moved_damaged_or_not_vaults_does_not_open(root: VaultRoot) -> None:
    wrapped = root.wrap(SECRET, PLACE)

    for other, place in (
        (wrapped, b"store key 2"),
        (wrapped[:-8] + b"AAAAAAA=", PLACE),
        (b"\x00" * 60, PLACE),
    ):
        with pytest.raises(SealError):
            root.unwrap(other, place)


def test_a_new_version_opens_the_old_until_the_old_is_dropped(
    vault: FakeVault, root: VaultRoot
) -> None:
    old = root.wrap(SECRET, PLACE)
    root.rotate()
    new = root.rewrap(old, PLACE)

    assert new.startswith(b"vault:v2:")
    assert root.unwrap(old, PLACE) == root.unwrap(new, PLACE) == SECRET

    root.drop_old_versions()

    assert list(vault.keys["shop"].versions) == [2]
    assert root.unwrap(new, PLACE) == SECRET
    with pytest.raises(SealError):
        root.unwrap(old, PLACE)
    assert not vault.refused


def test_deleting_twice_is_deleting_once(vault: FakeVault, root: VaultRoot) -> None:
    root.delete()
    root.delete()

    assert not vault.keys
    assert not vault.refused


def test_a_sealed_vault_is_named(vault: FakeVault, root: VaultRoot) -> None:
    vault.sealed = True

    with pytest.raises(KeyUnavailableError, match=r"is sealed or on standby\. Unseal it"):
        root.wrap(SECRET, PLACE)


def test_a_wrong_token_is_named_and_not_shown(vault: FakeVault, root: VaultRoot) -> None:
    with pytest.raises(KeyUnavailableError, match="does not accept the token") as caught:
        root_at(vault, "hvs.wrong").check()
    assert "hvs." not in str(caught.value)


def test_a_missing_key_is_named(vault: FakeVault) -> None:
    for act in (VaultRoot.check, VaultRoot.rotate, lambda root: root.wrap(SECRET, PLACE)):
        with pytest.raises(KeyUnavailableError, match="has no key 'shop' under 'transit'"):
            act(root_at(vault))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (TransitKey(derived=True, exportable=True), "is exportable"),
        (TransitKey(), "is not derived"),
        (TransitKey(kind="rsa-2048", derived=True), "of type rsa-2048"),
    ],
)
def test_a_key_that_could_leave_or_binds_nothing_is_refused(
    vault: FakeVault, key: TransitKey, words: str
) -> None:
    vault.keys["shop"] = key

    with pytest.raises(KeyUnavailableError, match=words):
        root_at(vault).check()


def test_a_vault_that_does_not_answer_is_named() -> None:
    gone = FakeVault(url="http://127.0.0.1:9")

    with pytest.raises(KeyUnavailableError, match=r"127.0.0.1:9 cannot be reached"):
        root_at(gone).wrap(SECRET, PLACE)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vault.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, SHA256())
    )
    path = tmp_path / "vault.pem"
    path.write_bytes(
        certificate.public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.fixture
def vault_with_tls(certificate: Path) -> Iterator[FakeVault]:
    yield from serving(FakeVault(), certificate)


def test_over_tls_only_with_a_certificate_that_is_trusted(
    vault_with_tls: FakeVault, certificate: Path
) -> None:
    trusting = root_at(vault_with_tls, ca_file=certificate)
    trusting.create()
    assert trusting.unwrap(trusting.wrap(SECRET, PLACE), PLACE) == SECRET

    with pytest.raises(KeyUnavailableError, match=r"cannot be reached .*certificate"):
        root_at(vault_with_tls).wrap(SECRET, PLACE)
