"""Where a shop's root key lies: the `[keys]` section of `config.toml`. No secret stands in it."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from clienteling.addresses import is_loopback


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileKeys(_Section):
    """The root key in `keys/root.key`, sealed under a passphrase (CLIENTELING_PASSPHRASE_FILE)."""

    provider: Literal["file"] = "file"


class CredentialKeys(_Section):
    """The root key as a systemd credential of this name."""

    provider: Literal["credential"]
    name: str = Field(default="root-key", pattern=r"^[A-Za-z0-9_.-]{1,64}$")


class VaultKeys(_Section):
    """The root key in Vault's transit engine.

    Attributes:
        mount: Of the transit engine.
        key: Name of the key there; used for nothing else.
        token_file: Holds the token; it never stands in this file.
        ca_file: Certificate of Vault's authority; without it the system's are used.
    """

    provider: Literal["vault"]
    url: str = Field(pattern=r"^https?://[^/\s]+/?$")
    mount: str = Field(default="transit", pattern=r"^[A-Za-z0-9_./-]{1,80}$")
    key: str = Field(default="clienteling", pattern=r"^[A-Za-z0-9_.-]{1,80}$")
    token_file: Path
    ca_file: Path | None = None
    namespace: str | None = None

    @model_validator(mode="after")
    def _is_encrypted(self) -> Self:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ValueError("beyond this machine the url must begin with https://")
        return self


class Pkcs11Keys(_Section):
    """The root key in a hardware security module.

    Attributes:
        module: The maker's PKCS#11 library.
        token: Label of the token.
        key: Label of the key in it.
        pin_file: Holds the PIN; it never stands in this file.
    """

    provider: Literal["pkcs11"]
    module: Path
    token: str = Field(min_length=1, max_length=32)
    key: str = Field(default="clienteling", min_length=1, max_length=80)
    pin_file: Path


#: Where the root key lies (docs/operators/keys.md).
KeysConfig = Annotated[
    FileKeys | CredentialKeys | VaultKeys | Pkcs11Keys, Field(discriminator="provider")
]
