"""Passes: what stands on them, and that they open exactly one thing."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import SealError
from consent.keystore.holder import (
    HolderSecret,
    binding_of,
    new_holder_secret,
    open_with_holder,
    seal_for_holder,
)
from consent.sealing import AssociatedData

BOUND = AssociatedData("tenant", "store", "subject", "recognise", "model", "consent")
SECRETS = st.binary(min_size=32, max_size=32).map(HolderSecret)


def opened(holder: HolderSecret, sealed: bytes, binding: bytes, length: int) -> bytes:
    buffer = bytearray(length)
    open_with_holder(holder, sealed, binding, buffer)
    return bytes(buffer)


@given(SECRETS, st.binary(max_size=600))
def test_a_pass_opens_what_was_sealed_for_it(holder: HolderSecret, content: bytes) -> None:
    sealed = seal_for_holder(holder, content, BOUND)
    assert opened(holder, sealed, binding_of(BOUND), len(content)) == content


@given(SECRETS)
def test_the_text_is_read_back_and_fits_a_small_code(holder: HolderSecret) -> None:
    assert HolderSecret.read(holder.text) == holder
    assert HolderSecret.read(f" {holder.text.lower()}\r\n") == holder
    assert len(holder.text) == 57
    assert set(holder.text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:")


@given(st.text(max_size=80))
def test_other_texts_are_no_pass(text: str) -> None:
    assert HolderSecret.read(text) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text.replace("CLP1", "CLP2"),
        lambda text: text[:-2] + "1" + text[-1],  # no character of base32
        lambda text: text[:-1] + {"A": "B", "Q": "R"}[text[-1]],  # bits that mean nothing
    ],
)
def test_a_damaged_text_is_no_pass(change: object) -> None:
    assert callable(change)
    assert HolderSecret.read(change(HolderSecret(bytes(range(32))).text)) is None


def test_another_pass_does_not_open_it() -> None:
    sealed = seal_for_holder(new_holder_secret(), b"template", BOUND)
    with pytest.raises(SealError):
        opened(new_holder_secret(), sealed, binding_of(BOUND), 8)


@pytest.mark.parametrize("name", [field.name for field in fields(AssociatedData)])
def test_moved_to_another_binding_it_does_not_open(name: str) -> None:
    """R20 for passes: whichever part differs, the key is another one, and so is the seal's data."""
    holder = new_holder_secret()
    sealed = seal_for_holder(holder, b"template", BOUND)
    with pytest.raises(SealError):
        opened(holder, sealed, binding_of(replace(BOUND, **{name: "other"})), 8)


def test_what_stands_open_tells_nothing_of_the_secret() -> None:
    """The alias is neither the secret nor the key, and says no more in a traceback."""
    holder = new_holder_secret()
    raw = holder.alias.replace("-", "")
    assert raw not in holder.secret.hex()
    assert holder.alias == HolderSecret(holder.secret).alias != new_holder_secret().alias
    assert holder.secret.hex() not in repr(holder)
    assert holder.text not in repr(holder)


def test_the_derivations_are_pinned() -> None:
    """Passes are in people's pockets: a change here locks every one of them out."""
    holder = HolderSecret(bytes(range(32)))
    assert holder.text == "CLP1:AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ"
    assert holder.alias == "e1df3ff5-284f-4ec3-845d-ab4a55123173"
    assert (
        binding_of(BOUND).hex()
        == "fcfa6356ab111bd1f92f8b5720e8f4ea0845616f5b8b09fe5c300fa935d1594e"
    )
