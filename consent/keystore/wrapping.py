"""How one key wraps another: bound to what it is, what it is called and whose it is."""

from collections.abc import Sequence

from consent.canonical import canonical
from consent.errors import KeyDamagedError, SealError
from consent.keystore.roots import Root


def binding(kind: str, name: str, *owner: str) -> bytes:
    """Return what a wrapped key is bound to: its kind, its name and whose it is."""
    return canonical(["clienteling key v1", kind, name, *owner])


def open_under(roots: Sequence[Root], wrapped: bytes, kind: str, name: str) -> bytes:
    """Return a key that one of these roots wrapped.

    Raises:
        KeyUnavailableError: none of them opens it, or one cannot be reached.
    """
    failure: SealError | None = None
    for root in roots:
        try:
            return root.unwrap(wrapped, binding(kind, name))
        except SealError as error:
            failure = error
    raise not_opened(kind, name) from failure


def not_opened(kind: str, name: str) -> KeyDamagedError:
    """Return the error of a wrapped key that does not open."""
    return KeyDamagedError(
        f"The {kind} key {name!r} does not open: damaged, or the key above it is another one. "
        "Restore the root key and the key database that belong together."
    )
