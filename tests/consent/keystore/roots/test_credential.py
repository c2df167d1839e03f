"""A root key that systemd passes as a credential."""

import base64
from pathlib import Path

import pytest

from consent.errors import KeyUnavailableError
from consent.keystore.roots.credential import open_credential

SECRET = bytes(range(32))


def test_the_credential_is_the_root_key(tmp_path: Path) -> None:
    (tmp_path / "root-key").write_bytes(base64.b64encode(SECRET) + b"\n")

    root = open_credential(str(tmp_path), "root-key")

    assert root.unwrap(root.wrap(b"x" * 32, b"place"), b"place") == b"x" * 32
    assert (root.secret, root.development, root.provider) == (SECRET, False, "credential")


@pytest.mark.parametrize("directory", [None, ""])
def test_without_systemd_the_sentence_says_so(directory: str | None) -> None:
    with pytest.raises(KeyUnavailableError, match="systemd passed none"):
        open_credential(directory, "root-key")


def test_a_missing_credential_names_the_line_for_the_unit(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match=r"Add LoadCredentialEncrypted=root-key:"):
        open_credential(str(tmp_path), "root-key")


@pytest.mark.parametrize("content", [b"", b"not base64!", base64.b64encode(b"too short")])
def test_a_damaged_credential_is_named_and_not_shown(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "root-key").write_bytes(content)

    with pytest.raises(KeyUnavailableError, match="damaged: it must be 32 bytes") as caught:
        open_credential(str(tmp_path), "root-key")
    assert "base64!" not in str(caught.value)
