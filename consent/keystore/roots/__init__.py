"""The root key: whatever wraps the store's and the service's keys, wherever it lies.

One module for each place. Nothing else knows which one a shop uses.
"""

from collections.abc import Callable, Sequence
from typing import Protocol


class Root(Protocol):
    """Wraps keys of 32 bytes. Its methods may be called from any thread."""

    @property
    def provider(self) -> str:
        """Where it lies, in one word of the configuration: file, credential, vault or pkcs11."""

    @property
    def development(self) -> bool:
        """Whether it lies in the clear: not for real customers."""

    def wrap(self, secret: bytes, aad: bytes) -> bytes:
        """Return `secret` sealed under the root, bound to `aad`.

        Raises:
            KeyUnavailableError: what holds the root cannot be reached, or refuses.
        """

    def unwrap(self, wrapped: bytes, aad: bytes) -> bytes:
        """Return what `wrap` was given.

        Raises:
            SealError: damaged, moved to another binding, or wrapped by another root.
            KeyUnavailableError: what holds the root cannot be reached, or refuses.
        """


#: Opens the root anew. Two while a rotation of it is unfinished (`root_rotation`): the new
#: one first.
Roots = Callable[[], Sequence[Root]]
