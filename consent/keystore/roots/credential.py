"""A root key that systemd hands over as a credential (systemd.exec(5), LoadCredentialEncrypted).

Its file on disk can be sealed to the machine's TPM; systemd opens it into a folder in memory that
only the service can read.
"""

import base64
import binascii
from pathlib import Path

from consent.errors import KeyUnavailableError
from consent.keystore.roots.local import RootKey
from consent.sealing import KEY_BYTES


def open_credential(directory: str | None, name: str) -> RootKey:
    """Open the root key: 32 bytes as base64 in `$CREDENTIALS_DIRECTORY/NAME`.

    Raises:
        KeyUnavailableError: not started by systemd, no such credential, or not 32 bytes.
    """
    if not directory:
        raise KeyUnavailableError(
            f"The root key is the systemd credential {name!r}, and systemd passed none. Start this "
            "with systemd-run or a unit that loads it (docs/operators/keys.md)."
        )
    path = Path(directory) / name
    try:
        text = path.read_bytes().strip()
    except OSError as error:
        raise KeyUnavailableError(
            f"The systemd credential {name!r} cannot be read ({error.strerror}). "
            f"Add LoadCredentialEncrypted={name}:… to the unit."
        ) from error
    try:
        secret = base64.b64decode(text, validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyUnavailableError(
            f"The systemd credential {name!r} is damaged: it must be 32 bytes as base64. "
            "Make it again from the copy in the safe."
        )
    return RootKey(secret, development=False, provider="credential")
