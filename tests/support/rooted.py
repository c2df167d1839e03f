"""Where the root key of a test's shop lies: each provider, set up and answering."""

import base64
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from clienteling.keystore.keys_config import (
    CredentialKeys,
    FileKeys,
    KeysConfig,
    Pkcs11Keys,
    VaultKeys,
)
from tests.support.softhsm import MODULE, PIN, tokens
from tests.support.vault import TOKEN, FakeVault, vault

__all__ = ["PROVIDERS", "Places", "places", "tokens", "vault"]

PROVIDERS = ("file", "credential", "vault", "pkcs11")
Places = Callable[[str], KeysConfig]


@pytest.fixture
def places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Places:
    """Set up a provider and say how it is configured; each time another key there."""
    number = iter(range(100))

    def place(provider: str) -> KeysConfig:
        name = f"root-{os.getpid()}-{tmp_path.name}-{next(number)}"[-80:]
        if provider == "credential":
            folder = tmp_path / "credentials"
            folder.mkdir(exist_ok=True)
            (folder / name[-60:]).write_bytes(base64.b64encode(os.urandom(32)))
            monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
            return CredentialKeys(provider="credential", name=name[-60:])
        if provider == "vault":
            running: FakeVault = request.getfixturevalue("vault")
            token = tmp_path / "vault-token"
            token.write_text(TOKEN + "\n")
            return VaultKeys(provider="vault", url=running.url, key=name, token_file=token)
        if provider == "pkcs11":
            request.getfixturevalue("tokens")
            pin = tmp_path / "pin"
            pin.write_text(PIN + "\n")
            return Pkcs11Keys(
                provider="pkcs11", module=MODULE, token="clienteling", key=name, pin_file=pin
            )
        passphrase = tmp_path / "passphrase"
        passphrase.write_text("correct horse battery staple\n")
        monkeypatch.setenv("CLIENTELING_PASSPHRASE_FILE", str(passphrase))
        return FileKeys()

    return place
