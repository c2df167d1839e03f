"""A receipt is checked by anyone: by this program, and by a script that has none of our code."""

import base64
import copy
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import sealing
from consent.canonical import canonical
from consent.errors import ReceiptError
from consent.office import Office, Statement, erase, open_enrolment
from consent.proof.public_keys import PublicKeys, key_lines, parse_keys
from consent.proof.receipt_check import LARGEST, Flaw, read_receipt, verify_receipt
from consent.purposes import Purpose

ROOT = Path(__file__).parents[3]
OLD = ROOT / "tests/consent/data/receipt-v1.json"
OLD_KEYS = parse_keys((ROOT / "tests/consent/data/receipt-v1.keys").read_text())


@pytest.fixture(scope="session")
def script() -> ModuleType:
    """The script as a stranger downloads it."""
    path = ROOT / "docs/privacy/check_receipt.py"
    spec = importlib.util.spec_from_file_location("check_receipt", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def public(office: Office) -> PublicKeys:
    return PublicKeys(office.ring.log_public, office.ring.receipt_public)


def _ran(script: ModuleType, folder: Path, receipt: object, keys: PublicKeys) -> int:
    text = receipt if isinstance(receipt, str) else json.dumps(receipt)
    (folder / "receipt.json").write_text(text)
    (folder / "shop.vkeys").write_text(key_lines(keys))
    return int(script.main(folder / "receipt.json", folder / "shop.vkeys"))


def _acts(office: Office, statement: Statement) -> list[dict[str, Any]]:
    joined = open_enrolment(office, statement, {Purpose.RECOGNISE: True})
    gone = erase(office, joined.subject_id, actor="device:kiosk-1", method="kiosk")
    assert gone.receipt is not None
    return [joined.receipt, gone.receipt]


def test_the_script_holds_with_the_program(
    office: Office,
    statement: Statement,
    public: PublicKeys,
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for receipt in _acts(office, statement):
        assert verify_receipt(receipt, public).ok
        assert _ran(script, tmp_path, receipt, public) == 0
    assert "recognise withdrawn" in capsys.readouterr().out


def test_a_receipt_of_the_first_version_still_holds(script: ModuleType, tmp_path: Path) -> None:
    receipt = read_receipt(OLD.read_text())
    assert receipt["v"] == 1
    assert verify_receipt(receipt, OLD_KEYS).ok
    assert _ran(script, tmp_path, receipt, OLD_KEYS) == 0


def _leaves(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(part, dict):
        return [leaf for name, value in part.items() for leaf in _leaves(value, (*path, name))]
    if isinstance(part, list) and part:
        return [leaf for place, value in enumerate(part) for leaf in _leaves(value, (*path, place))]
    return [path]


_RECEIPT = json.loads(OLD.read_text())
_OTHER = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=9), st.just([]), st.just({})
)


@given(path=st.sampled_from(_leaves(_RECEIPT)), value=_OTHER)
def test_any_changed_leaf_fails(path: tuple[Any, ...], value: object) -> None:
    altered = copy.deepcopy(_RECEIPT)
    place: Any = altered
    for step in path[:-1]:
        place = place[step]
    same = json.dumps(place[path[-1]]) == json.dumps(value)
    place[path[-1]] = value
    assert verify_receipt(altered, OLD_KEYS).ok is same


@given(path=st.sampled_from(_leaves(_RECEIPT)), flip=st.integers(0, 10_000))
def test_one_changed_letter_fails_with_the_script_too(
    path: tuple[Any, ...], flip: int, script: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> None:
    altered = copy.deepcopy(_RECEIPT)
    place: Any = altered
    for step in path[:-1]:
        place = place[step]
    text = place[path[-1]]
    if not isinstance(text, str) or not text:
        return
    at = flip % len(text)
    other = "B" if text[at] != "B" else "C"
    place[path[-1]] = text[:at] + other + text[at + 1 :]
    assert not verify_receipt(altered, OLD_KEYS).ok
    assert _ran(script, tmp_path_factory.mktemp("altered"), altered, OLD_KEYS) == 1


def test_the_signature_has_one_spelling(script: ModuleType, tmp_path: Path) -> None:
    """The last letter of base64 has bits to spare: another letter there is another receipt."""
    altered = copy.deepcopy(_RECEIPT)
    last = altered["signature"][-3]
    spelled = chr(ord(last) + 1)
    altered["signature"] = altered["signature"][:-3] + spelled + "=="
    assert not verify_receipt(altered, OLD_KEYS).ok
    assert _ran(script, tmp_path, altered, OLD_KEYS) == 1


def test_a_name_that_stands_twice_is_refused(script: ModuleType, tmp_path: Path) -> None:
    text = OLD.read_text().replace('"v": 1,', '"v": 1, "receipt_id": "another",', 1)
    with pytest.raises(ReceiptError, match="whole JSON"):
        read_receipt(text)
    assert _ran(script, tmp_path, text, OLD_KEYS) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "whole JSON"),
        ("hello", "whole JSON"),
        ('{"v": 1,', "whole JSON"),
        ("[" * 50_000, "whole JSON"),
        ('{"v": NaN}', "whole JSON"),
        ("[1, 2]", "not a receipt"),
        (" " * (LARGEST + 1), "too large"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, says: str) -> None:
    with pytest.raises(ReceiptError, match=says):
        read_receipt(text)


@pytest.mark.parametrize(
    ("part", "value", "flaw"),
    [
        ("at", "2020-01-01T00:00:00.000000Z", Flaw.INCLUSION),
        ("actor", "user:somebody", Flaw.INCLUSION),
        ("index", 0, Flaw.INCLUSION),
        ("path", [], Flaw.INCLUSION),
        ("about", "00000000-0000-4000-8000-000000000000", Flaw.RECORD),
        ("kind", "consent.refused", Flaw.RECORD),
    ],
)
def test_the_receipt_key_alone_cannot_make_the_log_say_something(
    office: Office,
    statement: Statement,
    public: PublicKeys,
    script: ModuleType,
    tmp_path: Path,
    part: str,
    value: object,
    flaw: Flaw,
) -> None:
    """Whoever has the key that signs receipts still needs the log."""
    forged = open_enrolment(office, statement, {Purpose.RECOGNISE: True}).receipt
    forged["records"][1]["entry"][part] = value
    del forged["signature"]
    signature = sealing.sign(office.ring.receipt_signing, canonical(forged))
    forged["signature"] = base64.b64encode(signature).decode()
    assert flaw in verify_receipt(forged, public).flaws
    assert _ran(script, tmp_path, forged, public) == 1


def test_another_shops_receipt_is_called_that(office: Office, public: PublicKeys) -> None:
    """The old receipt is from another shop than the office of this test."""
    other = PublicKeys(public.log, OLD_KEYS.log)
    assert verify_receipt(_RECEIPT, other).flaws == (Flaw.OTHER_SHOP,)


def test_a_forged_key_in_the_receipt_does_not_help(public: PublicKeys) -> None:
    altered = {**_RECEIPT, "receipt_key": "AAAA"}
    assert verify_receipt(altered, OLD_KEYS).flaws == (Flaw.ALTERED,)


@pytest.mark.parametrize("part", ["signature", "records", "checkpoint", "receipt_key", "v"])
def test_a_missing_part_fails(part: str) -> None:
    altered = {name: value for name, value in _RECEIPT.items() if name != part}
    assert not verify_receipt(altered, OLD_KEYS).ok


def test_keys_are_read_in_any_order_and_refused_when_damaged() -> None:
    text = key_lines(OLD_KEYS)
    assert parse_keys("\n".join(reversed(text.splitlines()))) == OLD_KEYS
    with pytest.raises(ReceiptError, match="One is missing"):
        parse_keys(text.splitlines()[0])
    with pytest.raises(ReceiptError, match="not the shop's published keys"):
        parse_keys(text.replace("+", "-"))
