"""What bad input gets at the command line: a sentence, the right exit code, and nothing changed.

The same at the pages: tests/web/test_bad_input.py.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import copy2

import pytest

from clienteling.customers.overview import overview
from clienteling.home import Home, open_home
from clienteling.keystore.rootkeys import PASSPHRASE_FILE, ROOT_KEY
from consent import clock
from consent.models import ReceiptRow
from tests.support.dumps import unchanged
from tests.support.faces import PHOTOS
from tests.support.mortal import failing_everywhere
from tests.support.people import Customer, join
from tests.support.shops import Command, make_home


@dataclass(frozen=True)
class Given:
    """A shop in which somebody joined, and another shop."""

    folder: Path
    customer: Customer
    elsewhere: Path
    monkeypatch: pytest.MonkeyPatch


def receipt_in(home: Home, file: Path) -> Path:
    with home.databases.identity.read() as identity:
        row = identity.query(ReceiptRow).first()
        assert row is not None
        file.write_text(json.dumps(row.body))
    return file


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Given:
    home, other = make_home(tmp_path / "shop"), make_home(tmp_path / "other")
    customer = join(home)
    join(other)
    receipt = receipt_in(other, tmp_path / "elsewhere.json")
    for one in (home, other):
        one.databases.close()
    return Given(tmp_path / "shop", customer, receipt, monkeypatch)


@contextmanager
def clock_went_back(given: Given) -> Iterator[None]:
    """The last entry was made an hour ahead; now it is now again."""
    ahead = open_home(given.folder, now=lambda: clock.now() + timedelta(hours=1))
    join(ahead)
    ahead.databases.close()
    yield


@contextmanager
def damaged_key(given: Given) -> Iterator[None]:
    path = given.folder / ROOT_KEY
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    yield
    path.write_bytes(whole)


@contextmanager
def wrong_passphrase(given: Given) -> Iterator[None]:
    """The shop's root key was sealed with one passphrase, and another is at hand."""
    given.monkeypatch.setenv(PASSPHRASE_FILE, str(_words(given, "right")))
    sealed = make_home(given.folder.parent / "sealed")
    sealed.databases.close()
    (given.folder / ROOT_KEY).replace(given.folder / "kept.key")
    copy2(sealed.path / ROOT_KEY, given.folder / ROOT_KEY)
    given.monkeypatch.setenv(PASSPHRASE_FILE, str(_words(given, "wrong")))
    yield
    given.monkeypatch.delenv(PASSPHRASE_FILE)
    (given.folder / "kept.key").replace(given.folder / ROOT_KEY)


def _words(given: Given, text: str) -> Path:
    path = given.folder.parent / text
    path.write_text(f"{text} horse battery staple\n")
    return path


@contextmanager
def full_disk(_given: Given) -> Iterator[None]:
    with failing_everywhere("database or disk is full", writing=True):
        yield


def well(_given: Given) -> AbstractContextManager[None]:
    return nullcontext()


Fault = Callable[[Given], AbstractContextManager[None]]
WITHDRAW = ("consent", "withdraw", "{customer}")
ENROL = (
    *("enrol", "--name", "Sam", "--attest", "form 1", "--photo", str(PHOTOS / "b1.jpg")),
    "--purposes",
)
#: What is wrong, the command, the exit code, and words of the sentence.
ROWS: dict[str, tuple[Fault, tuple[str, ...], int, str]] = {
    "unknown purpose, withdrawn": (well, (*WITHDRAW, "--purpose", "fame"), 2, "fame"),
    "unknown purpose, joined": (well, (*ENROL, "recognise,fame"), 2, "fame"),
    "a purpose that is not offered": (well, (*ENROL, "recognise,till"), 2, "till"),
    "an expired notice": (
        well,
        (*ENROL, "recognise,allergies", "--notice", "2001-01"),
        3,
        "not the current one",
    ),
    "a clock that went back": (clock_went_back, WITHDRAW, 1, "The clock went back"),
    "a damaged key file": (damaged_key, WITHDRAW, 4, "root.key is damaged. Restore it"),
    "a wrong passphrase": (wrong_passphrase, WITHDRAW, 4, "The passphrase does not open"),
    "a full disk": (full_disk, WITHDRAW, 1, "The disk is full. Make room on it"),
    "a receipt from another shop": (
        well,
        ("log", "verify", "--receipt", "{elsewhere}"),
        1,
        "from another shop",
    ),
    "what is no receipt": (well, ("log", "verify", "--receipt", __file__), 2, "not a receipt"),
    "a customer who never joined": (well, ("consent", "withdraw", "nobody"), 1, "no such customer"),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_sentence_a_code_and_no_change(command: Command, given: Given, row: str) -> None:
    fault, arguments, code, says = ROWS[row]
    values = {"customer": given.customer.subject_id, "elsewhere": str(given.elsewhere)}
    with fault(given), unchanged(given.folder):
        done = command(*(argument.format(**values) for argument in arguments))
    assert (done.code, says in done.err + done.out) == (code, True), done
    assert "Traceback" not in done.err
    assert "Robin" not in done.err + done.out


def test_afterwards_nothing_is_lost(command: Command, given: Given) -> None:
    for fault in (damaged_key, wrong_passphrase, full_disk):
        with fault(given):
            assert command("consent", "withdraw", given.customer.subject_id).code != 0
    home = open_home(given.folder)
    shown = overview(home.office, given.customer.subject_id, reader="command")
    assert (shown.account is not None, shown.templates) == (True, 1)
    home.databases.close()
    assert command("consent", "withdraw", given.customer.subject_id).code == 0
