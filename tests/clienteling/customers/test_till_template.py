"""A template for the till: from the same pictures as that for the door, and apart from it."""

from dataclasses import replace

import pytest

from clienteling.customers import enrolment
from clienteling.customers.profile import Account
from clienteling.customers.templates import open_gallery, subject_of, template_rows
from clienteling.home import Home
from clienteling.recognition.engine import Engine
from clienteling.recognition.quality import ENROL_PHOTO
from consent import office as acts
from consent.keystore import keys
from consent.log.events import EventKind
from consent.office import Processing, Statement
from consent.purposes import Purpose
from tests.support.faces import photo
from tests.support.shops import logged


@pytest.fixture
def shop(shop: Home) -> Home:
    """A shop whose till can ask who somebody is."""
    return replace(shop, office=replace(shop.office, processing=Processing(till=True)))


def joined(shop: Home, engine: Engine, statement: Statement, *purposes: Purpose) -> str:
    """Let somebody join for these purposes, with their pictures; return their number."""
    told = enrolment.Told(Account(name="Robin"))
    begun = enrolment.begin(shop.office, statement, dict.fromkeys(purposes, True), told)
    enrolment.capture(
        shop.office,
        engine,
        flow_id=begun.flow_id,
        subject_id=begun.subject_id,
        images=[photo("a1"), photo("a2")],
        gate=ENROL_PHOTO,
    )
    return begun.subject_id


def gallery(shop: Home, engine: Engine, purpose: Purpose) -> tuple[str, ...]:
    return open_gallery(shop.office, engine.encoder.model_id, purpose=purpose).aliases


def test_the_same_pictures_make_one_template_for_each_purpose(
    shop: Home, real_engine: Engine, on_paper: Statement
) -> None:
    subject_id = joined(shop, real_engine, on_paper, Purpose.RECOGNISE, Purpose.TILL)
    [door] = gallery(shop, real_engine, Purpose.RECOGNISE)
    [till] = gallery(shop, real_engine, Purpose.TILL)
    assert door != till
    with shop.databases.identity.read() as identity:
        rows = {row.purpose: row for row in template_rows(identity, subject_id)}
    assert rows["recognise"].consent_id != rows["till"].consent_id
    made = {
        str((one.detail or {})["purpose"]) for one in logged(shop.office, EventKind.TEMPLATE_MADE)
    }
    assert made == {"recognise", "till"}


@pytest.mark.parametrize("ended", [Purpose.RECOGNISE, Purpose.TILL])
def test_ending_one_leaves_the_other(
    shop: Home, real_engine: Engine, on_paper: Statement, ended: Purpose
) -> None:
    subject_id = joined(shop, real_engine, on_paper, Purpose.RECOGNISE, Purpose.TILL)
    [stays] = {Purpose.RECOGNISE, Purpose.TILL} - {ended}
    [gone] = gallery(shop, real_engine, ended)
    acts.withdraw(shop.office, subject_id, [ended], actor="c", method="c")
    assert gallery(shop, real_engine, ended) == ()
    assert len(gallery(shop, real_engine, stays)) == 1
    [removed] = logged(shop.office, EventKind.TEMPLATE_REMOVED)
    assert (removed.detail or {})["aliases"] == [gone]


def test_the_till_alone_is_not_recognised_at_the_door(
    shop: Home, real_engine: Engine, on_paper: Statement
) -> None:
    joined(shop, real_engine, on_paper, Purpose.TILL)
    assert gallery(shop, real_engine, Purpose.RECOGNISE) == ()
    [alias] = gallery(shop, real_engine, Purpose.TILL)
    assert subject_of(shop.office, alias) is None


def test_without_a_picture_both_count_as_withdrawn(shop: Home, on_paper: Statement) -> None:
    told = enrolment.Told(Account(name="Robin"))
    choices = {Purpose.RECOGNISE: True, Purpose.TILL: True, Purpose.PURCHASES: True}
    begun = enrolment.begin(shop.office, on_paper, choices, told)
    enrolment.abandon(shop.office, begun.flow_id)
    with shop.databases.keys.read() as session:
        left = keys.data_key_ids(session, begun.subject_id)
    assert left.keys() == {Purpose.ACCOUNT, Purpose.PURCHASES}
