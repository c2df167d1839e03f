"""New pictures of a customer before the kiosk's camera: the path that joining takes."""

import pytest
from flask import Flask
from sqlalchemy import select

from clienteling.access.models import DeviceRow
from clienteling.customers.models import AliasRow
from clienteling.home import Home
from consent.office import withdraw
from consent.purposes import Purpose
from tests.support.kiosk import EVERYTHING, Walk, good_views, only_subject, standing
from web.kiosk.sessions import KioskSessions


@pytest.fixture
def returning(app: Flask, shop: Home, customer: Walk) -> Walk:
    """A customer with a template, of whom new pictures are to be taken at this kiosk."""
    customer.walk(EVERYTHING)
    assert customer.capture(good_views()).status_code == 200
    sessions: KioskSessions = app.extensions["clienteling.kiosk"]
    with shop.databases.identity.read() as identity:
        kiosk = identity.scalars(select(DeviceRow.id).where(DeviceRow.kind == "kiosk")).one()
    session = sessions.renew(kiosk, only_subject(shop))
    session.capturing = True
    customer.at = f"/kiosk/session/{session.id}"
    return customer


def _aliases(shop: Home) -> list[str]:
    with shop.databases.identity.read() as identity:
        return list(identity.scalars(select(AliasRow.alias)))


def test_new_pictures_take_the_place_of_the_earlier_template(shop: Home, returning: Walk) -> None:
    (before,) = _aliases(shop)
    assert "Stop, no new pictures" in returning.see("camera").text
    assert returning.see("renewed").location.endswith("/camera")
    answer = returning.capture(good_views())
    assert answer.json is not None
    assert (answer.json["made"], answer.json["next"]) == (True, f"{returning.at}/renewed")
    (after,) = _aliases(shop)
    assert after != before
    assert "Your new pictures are in use" in returning.see("renewed").text
    assert returning.capture(good_views()).status_code == 410  # once


@pytest.mark.parametrize("how", ["without", "end"])
def test_whoever_stops_keeps_what_they_had(shop: Home, returning: Walk, how: str) -> None:
    before = _aliases(shop)
    stopped = returning.post(f"{returning.at}/{how}")
    assert stopped.status_code == 303
    assert _aliases(shop) == before
    assert Purpose.RECOGNISE in standing(shop, only_subject(shop))
    if how == "without":
        assert "No new pictures were made" in returning.see("renewed").text
    assert returning.capture(good_views()).status_code == 410


def test_a_consent_that_ended_meanwhile_makes_no_template(shop: Home, returning: Walk) -> None:
    withdraw(shop.office, only_subject(shop), [Purpose.RECOGNISE], actor="x", method="test")
    assert returning.capture(good_views()).status_code == 410
    assert _aliases(shop) == []
