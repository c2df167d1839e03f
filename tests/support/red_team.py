"""Whoever has a copy of everything but the pass: tries whatever in it could open a template."""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress

from clienteling.customers.passes import SealedPass
from consent.errors import SealError
from consent.keystore.holder import HolderSecret, open_with_holder
from consent.sealing import KEY_BYTES, SEAL_BYTES, unseal

_BASE32 = re.compile(rb"(?=([A-Za-z2-7]{52}))")
_HEX = re.compile(rb"(?=([0-9A-Fa-f]{64}))")
_BASE64 = re.compile(rb"(?=([A-Za-z0-9+/_-]{43}))")


def what_opens(dump: bytes, target: SealedPass) -> set[bytes]:
    """Return every 32 bytes of a dump that open the template, as its key or as the pass's secret.

    Every 32 bytes in a row are tried, and whatever reads as 32 bytes in base32, base64 or hex.
    """
    return {candidate for candidate in _candidates(dump) if _opens(candidate, target)}


def _candidates(dump: bytes) -> set[bytes]:
    found = {dump[at : at + KEY_BYTES] for at in range(len(dump) - KEY_BYTES + 1)}
    found.update(secret for secret in _written(dump) if len(secret) == KEY_BYTES)
    return {one for one in found if len(set(one)) > 8}  # no key has so little in it


def _written(dump: bytes) -> Iterator[bytes]:
    with suppress(binascii.Error, ValueError):
        for match in _HEX.finditer(dump):
            yield bytes.fromhex(match[1].decode())
    for match in _BASE32.finditer(dump):
        yield base64.b32decode(match[1].upper() + b"====")
    for match in _BASE64.finditer(dump):
        text = match[1].replace(b"-", b"+").replace(b"_", b"/")
        with suppress(binascii.Error):
            yield base64.b64decode(text + b"=")


def _opens(candidate: bytes, target: SealedPass) -> bool:
    with suppress(SealError):
        unseal(candidate, target.sealed, target.binding)
        return True
    holder = HolderSecret(candidate)
    if holder.alias != target.alias:  # only its own secret derives the alias
        return False
    with suppress(SealError):
        open_with_holder(
            holder, target.sealed, target.binding, bytearray(len(target.sealed) - SEAL_BYTES)
        )
        return True
    return False
