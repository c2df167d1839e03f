"""Reading the private key with which counsel signs; it never lies in a shop's folder."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from clienteling.errors import UsageError


def load_signing_key(path: Path, passphrase_file: Path | None = None) -> Ed25519PrivateKey:
    """Return the Ed25519 key in a PEM file.

    Raises:
        UsageError: no such file, no Ed25519 key, or the passphrase is missing or wrong.
    """
    try:
        passphrase = passphrase_file.read_bytes().strip() if passphrase_file else None
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be read: {error.strerror}.") from error
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"{path} is no private key in PEM form, or its passphrase is missing or wrong "
            "(--passphrase-file)."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"{path} is no Ed25519 key. Make one: openssl genpkey -algorithm ed25519 -out {path}"
        )
    return key
