"""A root key in this process's memory, from a file or a credential."""

from dataclasses import dataclass, field

from consent.sealing import seal, unseal


@dataclass(frozen=True, slots=True)
class RootKey:
    """The opened root key, 32 bytes. `development` says that it lay in the clear."""

    secret: bytes = field(repr=False)
    development: bool
    provider: str = "file"

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """Seal under this key (AES-256-GCM)."""
        return seal(self.secret, secret, aad)

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Open what `wrap` sealed.

        Raises:
            SealError: damaged, moved to another binding, or the wrong key.
        """
        return unseal(self.secret, wrapped, aad)
