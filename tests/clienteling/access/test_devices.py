"""Pairing codes and tokens: once, in time, for the right kind, and never stored."""

import pytest
from sqlalchemy import select

from clienteling.access.devices import (
    DeviceKind,
    PairingError,
    device_by_token,
    new_pairing,
    redeem_token,
    revoke,
)
from clienteling.access.models import DeviceRow, PairingRow
from clienteling.errors import UsageError
from clienteling.home import Home
from consent.log import ledger
from consent.log.events import EventKind
from tests.support.web import ShopClock, pairing_code


def redeem(shop: Home, code: str) -> tuple[str, str]:
    with shop.databases.identity.write() as identity:
        device, token = redeem_token(identity, shop.office.ring, code, shop.office.now())
    return device.id, token


def test_a_code_pairs_one_screen(shop: Home) -> None:
    code = pairing_code(shop, "tablet")
    device_id, token = redeem(shop, code)
    with shop.databases.identity.read() as identity:
        found = device_by_token(identity, token)
    assert found is not None
    assert (found.id, found.kind) == (device_id, "tablet")
    with pytest.raises(PairingError, match="used already"):
        redeem(shop, code)


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "]
)
def test_a_code_may_be_typed_as_people_type(shop: Home, typed: object) -> None:
    assert callable(typed)
    redeem(shop, typed(pairing_code(shop, "kiosk")))


def test_after_ten_minutes_a_code_is_worth_nothing(shop: Home, shop_clock: ShopClock) -> None:
    code = pairing_code(shop, "tablet")
    shop_clock.forward(601)
    with pytest.raises(PairingError, match="ten minutes"):
        redeem(shop, code)


def test_a_cameras_code_pairs_no_screen_and_is_not_used_up(shop: Home) -> None:
    code = pairing_code(shop, "edge", "door")
    with pytest.raises(PairingError):
        redeem(shop, code)
    with shop.databases.identity.read() as identity:
        assert identity.scalars(select(PairingRow.used_at)).all() == [None]


def test_neither_code_nor_token_is_stored(shop: Home) -> None:
    code = pairing_code(shop, "tablet")
    _, token = redeem(shop, code)
    with shop.databases.identity.read() as identity:
        stored = str([vars(row) for row in identity.scalars(select(PairingRow))])
        stored += str([vars(row) for row in identity.scalars(select(DeviceRow))])
    assert token not in stored
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_a_revoked_screen_is_nobody(shop: Home) -> None:
    device_id, token = redeem(shop, pairing_code(shop, "tablet"))
    office = shop.office
    with shop.databases.identity.write() as identity:
        revoke(identity, office.ring, device_id, actor="command", now=office.now())
    with shop.databases.identity.read() as identity:
        assert device_by_token(identity, token) is None
    with shop.databases.identity.write() as identity, pytest.raises(UsageError):
        revoke(identity, office.ring, device_id, actor="command", now=office.now())


def test_an_empty_token_is_nobody(shop: Home) -> None:
    with shop.databases.identity.read() as identity:
        assert device_by_token(identity, "") is None


def test_pairing_and_revoking_are_logged(shop: Home) -> None:
    device_id, token = redeem(shop, pairing_code(shop, "tablet"))
    with shop.databases.identity.write() as identity:
        revoke(identity, shop.office.ring, device_id, actor="user:1", now=shop.office.now())
    with shop.databases.identity.read() as identity:
        entries = ledger.search(identity, kinds={EventKind.DEVICE_PAIRED, EventKind.DEVICE_REVOKED})
    assert [entry.kind for entry in entries] == [
        EventKind.DEVICE_REVOKED,
        EventKind.DEVICE_PAIRED,
    ]
    assert token not in str(entries)


@pytest.mark.parametrize("kind", [DeviceKind.EDGE, DeviceKind.GREET, DeviceKind.BUTTON])
def test_a_device_at_a_camera_must_say_which(shop: Home, kind: DeviceKind) -> None:
    with shop.databases.identity.write() as identity, pytest.raises(UsageError, match="camera"):
        new_pairing(identity, kind, "door", shop.office.now())


@pytest.mark.parametrize("camera", ["front door", "d" * 41, "café", "a/b"])
def test_a_cameras_name_is_one_that_the_wire_carries(shop: Home, camera: str) -> None:
    with shop.databases.identity.write() as identity, pytest.raises(UsageError, match="letters"):
        new_pairing(identity, DeviceKind.EDGE, "door", shop.office.now(), camera)


def test_a_device_has_a_name(shop: Home) -> None:
    with shop.databases.identity.write() as identity, pytest.raises(UsageError, match="name"):
        new_pairing(identity, DeviceKind.TABLET, " ", shop.office.now())
