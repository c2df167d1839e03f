"""Joining, with the real encoder: consent first, then what was told, then the template."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from clienteling.customers import enrolment
from clienteling.customers.models import TemplateRow
from clienteling.customers.overview import overview
from clienteling.customers.profile import Account, AllergyState, Preferences, stated
from clienteling.customers.templates import open_gallery, store_template, template_rows
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import Image
from clienteling.recognition.likeness import Likeness
from clienteling.recognition.quality import ENROL_PHOTO, QualityCode
from consent.errors import ConsentMissingError
from consent.log.events import EventKind
from consent.log.ledger import size
from consent.office import Joined, Statement, resume, withdraw
from consent.purposes import Purpose
from tests.support.faces import photo
from tests.support.kiosk import ASKED
from tests.support.people import join
from tests.support.shops import logged
from tests.support.web import ShopClock

TOLD = enrolment.Told(stated(Account, name="Robin"), stated(Preferences, likes=("fudge",)))
SHARED: dict[Purpose, bool] = {purpose: purpose is not Purpose.VISITS for purpose in ASKED}


def capture(shop: Home, engine: Engine, joined: Joined, images: list[Image]) -> enrolment.Captured:
    return enrolment.capture(
        shop.office,
        engine,
        flow_id=joined.flow_id,
        subject_id=joined.subject_id,
        images=images,
        gate=ENROL_PHOTO,
    )


def template_count(shop: Home, subject_id: str) -> int:
    with shop.databases.identity.read() as identity:
        return len(template_rows(identity, subject_id))


@pytest.fixture
def joined(shop: Home, on_paper: Statement) -> Joined:
    """Somebody who consented and whose face is not captured yet."""
    return enrolment.begin(shop.office, on_paper, SHARED, TOLD)


def test_what_was_told_is_sealed_and_what_was_refused_is_dropped(
    shop: Home, on_paper: Statement
) -> None:
    choices = {Purpose.ALLERGIES: True}

    joined = enrolment.begin(shop.office, on_paper, choices, TOLD)

    shown = overview(shop.office, joined.subject_id, reader="c")
    assert shown.purposes == ("account", "allergies")
    assert shown.account == TOLD.account
    assert shown.preferences is None
    assert shown.allergies_state is AllergyState.NOT_RECORDED
    [closed] = logged(shop.office, EventKind.ENROLMENT_CLOSED)
    assert closed.detail is not None
    assert closed.detail["template"] is False


@pytest.mark.parametrize(
    "incomplete",
    [
        lambda statement: replace(statement, confirmed=False),
        lambda statement: replace(statement, age_confirmed=False),
        lambda statement: replace(statement, attestation=None),
    ],
    ids=["not confirmed", "under age", "no form"],
)
def test_without_an_explicit_statement_nothing_is_stored(
    shop: Home, on_paper: Statement, incomplete: Callable[[Statement], Statement]
) -> None:
    """R10, R15."""
    with shop.databases.identity.read() as identity:
        before = size(identity)

    with pytest.raises(ConsentMissingError):
        enrolment.begin(shop.office, incomplete(on_paper), SHARED, TOLD)

    with shop.databases.identity.read() as identity:
        assert size(identity) == before


def test_capture_makes_a_template_and_overwrites_the_photographs(
    shop: Home, joined: Joined, real_engine: Engine
) -> None:
    """R24: the enrolment images are gone once the template exists."""
    images = [photo("a1"), photo("a2")]

    result = capture(shop, real_engine, joined, images).result

    assert (result.accepted, result.refused) == (2, ())
    assert not any(image.any() for image in images)
    assert result.vector is not None
    assert not result.vector.any()
    gallery = open_gallery(shop.office, real_engine.encoder.model_id)
    assert (len(gallery), gallery.enrol_images) == (1, 2)
    [made] = logged(shop.office, EventKind.TEMPLATE_MADE)
    assert made.detail == {
        "alias": gallery.aliases[0],
        "purpose": "recognise",
        "model": real_engine.encoder.model_id,
        "images": 2,
    }


def test_after_unusable_photographs_the_customer_can_try_again(
    shop: Home, joined: Joined, real_engine: Engine
) -> None:
    nobody = np.full((300, 300, 3), 120, np.uint8)

    first = capture(shop, real_engine, joined, [nobody]).result
    second = capture(shop, real_engine, joined, [photo("a1")]).result

    assert (first.vector, first.refused) == (None, ((0, QualityCode.NO_FACE),))
    assert second.accepted == 1
    assert template_count(shop, joined.subject_id) == 1


def test_without_standing_consent_nothing_is_encoded(
    shop: Home, joined: Joined, real_engine: Engine
) -> None:
    withdraw(shop.office, joined.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
    before = real_engine.encoder.meter.calls

    with pytest.raises(ConsentMissingError):
        capture(shop, real_engine, joined, [photo("a1")])

    assert real_engine.encoder.meter.calls == before
    assert template_count(shop, joined.subject_id) == 0


def test_abandoning_withdraws_recognition_only(shop: Home, joined: Joined) -> None:
    enrolment.abandon(shop.office, joined.flow_id)

    shown = overview(shop.office, joined.subject_id, reader="c")
    assert shown.purposes == ("account", "preferences", "allergies", "purchases")


def test_an_enrolment_left_alone_is_swept_after_a_quarter_of_an_hour(
    shop: Home, joined: Joined, shop_clock: ShopClock
) -> None:
    assert resume(shop.office) == ()

    shop_clock.forward(timedelta(minutes=16).total_seconds())

    assert resume(shop.office) == (joined.flow_id,)
    shown = overview(shop.office, joined.subject_id, reader="c")
    assert "recognise" not in shown.purposes


def test_who_enrols_twice_is_enrolled_and_told(
    shop: Home, joined: Joined, on_paper: Statement, real_engine: Engine
) -> None:
    """R30: two templates of one person leave that person unrecognised; it is never silent."""
    first = capture(shop, real_engine, joined, [photo("a1")])
    again = enrolment.begin(shop.office, on_paper, SHARED, TOLD)
    second = capture(shop, real_engine, again, [photo("a2")])
    other = enrolment.begin(shop.office, on_paper, SHARED, TOLD)
    third = capture(shop, real_engine, other, [photo("b1")])

    found = [captured.likeness for captured in (first, second, third)]
    assert found == [Likeness.NONE, Likeness.SAME_PERSON, Likeness.NONE]
    assert len(open_gallery(shop.office, real_engine.encoder.model_id)) == 3


def renew(shop: Home, engine: Engine, subject_id: str, *names: str) -> enrolment.Captured:
    return enrolment.renew(
        shop.office,
        engine,
        subject_id=subject_id,
        images=[photo(name) for name in names],
        gate=ENROL_PHOTO,
        actor="command",
    )


def test_new_pictures_replace_the_template_of_an_earlier_encoder(
    shop: Home, real_engine: Engine
) -> None:
    model_id = real_engine.encoder.model_id
    customer = join(shop, model_id="earlier")

    renewed = renew(shop, real_engine, customer.subject_id, "a1", "a2")

    assert (renewed.result.accepted, renewed.likeness) == (2, Likeness.NONE)
    assert len(open_gallery(shop.office, "earlier")) == 0
    [alias] = open_gallery(shop.office, model_id).aliases
    assert alias != customer.alias
    made = logged(shop.office, EventKind.TEMPLATE_MADE)[0]
    assert (made.about, made.actor) == (customer.subject_id, "command")
    assert made.detail == {
        "alias": alias,
        "purpose": "recognise",
        "model": model_id,
        "images": 2,
    }
    # Their own template, replaced once more, is nobody's look-alike.
    assert renew(shop, real_engine, customer.subject_id, "a3").likeness is Likeness.NONE


def test_without_a_usable_picture_the_old_template_stays(shop: Home, real_engine: Engine) -> None:
    customer = join(shop, model_id="earlier")
    nobody = np.full((300, 300, 3), 120, np.uint8)
    renewed = enrolment.renew(
        shop.office,
        real_engine,
        subject_id=customer.subject_id,
        images=[nobody],
        gate=ENROL_PHOTO,
        actor="command",
    )
    assert renewed.result.vector is None
    assert not nobody.any()
    assert open_gallery(shop.office, "earlier").aliases == (customer.alias,)


def test_nothing_is_renewed_without_standing_consent(shop: Home, real_engine: Engine) -> None:
    customer = join(shop)
    withdraw(shop.office, customer.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
    before = real_engine.encoder.meter.calls
    with pytest.raises(ConsentMissingError):
        renew(shop, real_engine, customer.subject_id, "a1")
    assert real_engine.encoder.meter.calls == before


def test_a_withdrawal_during_the_renewal_wins(
    shop: Home, real_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = join(shop)

    def store_then_withdraw(*args: Any, **values: Any) -> str:
        alias = store_template(*args, **values)
        withdraw(shop.office, customer.subject_id, [Purpose.RECOGNISE], actor="c", method="c")
        return alias

    monkeypatch.setattr(enrolment, "store_template", store_then_withdraw)
    with pytest.raises(ConsentMissingError, match="meanwhile"):
        renew(shop, real_engine, customer.subject_id, "a1")
    assert template_count(shop, customer.subject_id) == 0
    with shop.databases.templates.read() as templates:
        assert templates.scalars(select(TemplateRow)).all() == []
