from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.errors import SealError
from consent.sealing import (
    AssociatedData,
    DeviceKeys,
    Opener,
    hpke_unwrap,
    hpke_wrap,
    new_device_keys,
    new_key,
    seal,
    sign,
    unseal,
    verify,
)

BOUND = AssociatedData("tenant", "store", "subject", "recognise", "model", "consent")
KEY = bytes(range(32))


@given(st.binary(max_size=2000))
def test_what_is_sealed_comes_back(content: bytes) -> None:
    assert unseal(KEY, seal(KEY, content, b"aad"), b"aad") == content


@pytest.mark.parametrize("name", [field.name for field in fields(AssociatedData)])
def test_a_seal_moved_to_another_binding_does_not_open(name: str) -> None:
    """R20: swapped ciphertext fails, whichever part of the binding differs."""
    sealed = seal(KEY, b"template", BOUND.encode())
    with pytest.raises(SealError):
        unseal(KEY, sealed, replace(BOUND, **{name: "other"}).encode())


def test_bindings_cannot_be_shifted_between_fields() -> None:
    one = replace(BOUND, tenant="a", store="bc").encode()
    assert one != replace(BOUND, tenant="ab", store="c").encode()


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_damaged_seal_does_not_open(place: int) -> None:
    sealed = bytearray(seal(KEY, b"template", b""))
    sealed[place] ^= 1
    with pytest.raises(SealError):
        unseal(KEY, bytes(sealed), b"")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(27)])
def test_a_truncated_seal_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealError):
        unseal(KEY, sealed, b"")


def test_no_nonce_is_used_twice() -> None:
    """R21, as far as a test can: all of ten thousand differ."""
    assert len({seal(KEY, b"", b"")[:12] for _ in range(10_000)}) == 10_000


def test_a_buffer_of_ours_takes_the_plaintext() -> None:
    opener, buffer = Opener(KEY), bytearray(8)
    for text in (b"template", b"another!"):
        opener.into(seal(KEY, text, b"a"), b"a", buffer)
        assert bytes(buffer) == text


@pytest.mark.parametrize("length", [7, 9])
def test_a_buffer_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(SealError, match="length"):
        Opener(KEY).into(seal(KEY, b"template", b""), b"", bytearray(length))


def test_a_wrong_binding_leaves_nothing_readable_in_the_buffer() -> None:
    buffer = bytearray(8)
    with pytest.raises(SealError):
        Opener(KEY).into(seal(KEY, b"template", b"a"), b"b", buffer)
    assert buffer == bytes(8)


def test_only_the_device_opens_what_is_wrapped_for_it() -> None:
    device, other, secret = new_device_keys(), new_device_keys(), new_key()
    wrapped = hpke_wrap(device.open_public, secret, b"gallery 1")
    assert hpke_unwrap(device.open, wrapped, b"gallery 1") == secret
    for key, info in ((other.open, b"gallery 1"), (device.open, b"gallery 2")):
        with pytest.raises(SealError):
            hpke_unwrap(key, wrapped, info)


@pytest.mark.parametrize("public", [b"", bytes(1215), bytes(32)])
def test_a_damaged_public_key_is_refused(public: bytes) -> None:
    with pytest.raises(SealError, match="Pair the device again"):
        hpke_wrap(public, b"secret", b"")


def test_device_keys_survive_being_stored() -> None:
    keys = new_device_keys()
    again = DeviceKeys.load(keys.dump())
    assert (again.sign_public, again.open_public) == (keys.sign_public, keys.open_public)
    assert (len(keys.sign_public), len(keys.open_public)) == (32, 1216)
    with pytest.raises(SealError):
        DeviceKeys.load(keys.dump()[:-1])


def test_secrets_do_not_show() -> None:
    keys = new_device_keys()
    assert repr(keys) == "DeviceKeys()"
    assert repr(keys.open) == "OpenKey()"


def test_a_signature_holds_for_its_message_and_key_only() -> None:
    keys, other = new_device_keys(), new_device_keys()
    signature = sign(keys.sign, b"message")
    assert verify(keys.sign_public, b"message", signature)
    assert not verify(keys.sign_public, b"another", signature)
    assert not verify(other.sign_public, b"message", signature)
    assert not verify(b"no key", b"message", signature)
