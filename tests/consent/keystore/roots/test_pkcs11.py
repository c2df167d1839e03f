"""A root key in a token (SoftHSM2, for real): it wraps and opens, and cannot be taken out."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import Attribute, KeyType
from pkcs11.exceptions import AttributeSensitive

from consent.errors import KeyUnavailableError, SealError
from consent.keystore.roots.pkcs11 import Pkcs11Root, TokenPlace
from tests.support.softhsm import MODULE, PIN, tokens

__all__ = ["tokens"]

SECRET, PLACE = bytes(range(32)), b"store key 1"
_numbers = itertools.count()


def root_in(*, key: str, label: str = "clienteling", pin: str = PIN) -> Pkcs11Root:
    return Pkcs11Root(TokenPlace(MODULE, label, key), pin)


@pytest.fixture
def label() -> str:
    return f"root-{next(_numbers)}"


@pytest.fixture
def root(tokens: Path, label: str) -> Iterator[Pkcs11Root]:
    made = root_in(key=label)
    made.create()
    yield made
    made.delete()


def test_what_it_wraps_it_opens_and_the_secret_is_not_in_it(root: Pkcs11Root) -> None:
    wrapped = root.wrap(SECRET, PLACE)

    assert SECRET not in wrapped
    assert root.wrap(SECRET, PLACE) != wrapped
    assert root.unwrap(wrapped, PLACE) == SECRET


def test_the_key_cannot_be_taken_out(root: Pkcs11Root, label: str) -> None:
    root.check()
    token = pkcs11.lib(str(MODULE)).get_token(token_label="clienteling")
    with token.open(user_pin=PIN) as session:
        key = session.get_key(label=label)
        assert key[Attribute.NEVER_EXTRACTABLE]
        with pytest.raises(AttributeSensitive):
            key[Attribute.VALUE]


def test_a_key_that_could_be_taken_out_is_refused(tokens: Path, label: str) -> None:
    token = pkcs11.lib(str(MODULE)).get_token(token_label="clienteling")
    with token.open(rw=True, user_pin=PIN) as session:
        session.generate_key(
            KeyType.AES, 256, label=label, store=True, template={Attribute.EXTRACTABLE: True}
        )

    with pytest.raises(KeyUnavailableError, match="can be taken out of the token"):
        root_in(key=label).check()


def test_what_is_moved_damaged_or_another_keys_does_not_open(root: Pkcs11Root, label: str) -> None:
    wrapped = root.wrap(SECRET, PLACE)
    other = root_in(label="other", key=label)
    other.create()

    with pytest.raises(SealError):
        root.unwrap(wrapped, b"store key 2")
    with pytest.raises(SealError):
        root.unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), PLACE)
    with pytest.raises(SealError):
        root.unwrap(b"short", PLACE)
    with pytest.raises(SealError):
        other.unwrap(wrapped, PLACE)


def test_making_twice_keeps_the_first_and_deleting_twice_is_once(root: Pkcs11Root) -> None:
    wrapped = root.wrap(SECRET, PLACE)
    root.create()
    assert root.unwrap(wrapped, PLACE) == SECRET

    root.delete()
    root.delete()
    with pytest.raises(KeyUnavailableError, match="has no key"):
        root.unwrap(wrapped, PLACE)


def test_many_threads_may_use_it(root: Pkcs11Root) -> None:
    opened: list[bytes] = []

    def work() -> None:
        opened.extend(root.unwrap(root.wrap(SECRET, PLACE), PLACE) for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert opened == [SECRET] * 40


def test_a_wrong_pin_is_named_and_not_shown(root: Pkcs11Root, label: str) -> None:
    with pytest.raises(KeyUnavailableError, match="PIN does not open the token") as caught:
        root_in(key=label, pin="999111").wrap(SECRET, PLACE)
    assert "999111" not in str(caught.value)
    assert root.unwrap(root.wrap(SECRET, PLACE), PLACE) == SECRET


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (TokenPlace(MODULE, "nobody", "root"), "no token 'nobody'. Plug it in"),
        (TokenPlace(MODULE, "clienteling", "nothing"), "has no key 'nothing'"),
    ],
)
def test_what_is_not_there_is_named(tokens: Path, place: TokenPlace, words: str) -> None:
    with pytest.raises(KeyUnavailableError, match=words):
        Pkcs11Root(place, PIN).check()


def test_a_library_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyUnavailableError, match=r"cannot be used through /nowhere\.so"):
        Pkcs11Root(TokenPlace(Path("/nowhere.so"), "clienteling", "root"), PIN).check()
