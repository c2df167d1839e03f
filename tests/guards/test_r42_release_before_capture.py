"""R42: in the states that ask for it, a signed release comes before any capture.

Fails when the kiosk leaves the release out, when a consent is recorded without it, or when a
template is made for a consent that carries no signature.
"""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clienteling.config import PapersConfig, RegionConfig
from clienteling.customers import enrolment
from clienteling.customers.profile import Account
from clienteling.customers.releases import erase_releases
from clienteling.home import Home, NewHome, init_home, new_store
from clienteling.recognition.engine import Engine
from clienteling.recognition.quality import ENROL_PHOTO
from clienteling.rights.export import Way, export
from consent import records
from consent.errors import PolicyRefusedError
from consent.log.events import EventKind
from consent.models import ConsentRow
from consent.office import Statement, erase, withdraw
from consent.purposes import Purpose
from consent.region.profiles import load_profile
from consent.releases import TypedName, opens
from tests.support import webcam
from tests.support.faces import PHOTOS, photo
from tests.support.kiosk import NOTHING, Walk, detecting_engine, only_subject, subjects, views, walk
from tests.support.people import join
from tests.support.shops import Command, logged
from tests.support.web import pair
from web.rights.document import as_page

FACE = {**NOTHING, Purpose.RECOGNISE: True}
NAME = "Robin Zeldzaamnaam"


@pytest.fixture(scope="session")
def illinois(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("illinois") / "shop"
    home = init_home(
        folder,
        NewHome(
            store=new_store("Test Candy Shop", demo=True),
            region=RegionConfig(region="us", state="IL", policy="trigger"),
            papers=PapersConfig(sign_attested=date(2026, 1, 1)),
        ),
    )
    home.databases.close()
    return folder


@pytest.fixture
def shop_folder(illinois: Path) -> Path:
    return illinois


@pytest.fixture
def engine() -> Engine | None:
    return detecting_engine()


@pytest.fixture
def customer(client: FlaskClient) -> Walk:
    pair(client, "kiosk")
    return walk(client)


def _face_record(home: Home) -> ConsentRow:
    with home.databases.identity.read() as identity:
        rows = records.history(identity, only_subject(home))
    return next(row for row in rows if row.purpose == "recognise")


@pytest.mark.parametrize("typed", ["", "   "])
def test_without_a_signature_nothing_is_recorded_and_no_camera_opens(
    shop: Home, customer: Walk, engine: Engine, typed: str
) -> None:
    customer.signs = NAME
    customer.walk(FACE, until="release")
    refused = customer.answer("release", signature=typed)
    assert (refused.status_code, "full name" in refused.text) == (422, True)
    skipped = customer.post(f"{customer.at}/confirm", {"answer": "yes"})
    assert skipped.location.endswith("/release")
    picture = webcam.jpeg(webcam.scene())
    assert customer.see("camera").location.endswith("/receipt")
    assert customer.frame(picture).status_code == 410
    assert customer.capture(views(picture, picture, picture)).status_code == 410
    assert subjects(shop) == []
    assert engine.encoder.meter.calls == 0


def test_the_signature_stands_in_the_record_before_the_camera_opens(
    shop: Home, customer: Walk
) -> None:
    customer.signs = NAME
    shown = customer.walk(FACE, until="confirm")
    assert shown.location.endswith("/confirm")
    assert subjects(shop) == []
    customer.answer("confirm", answer="yes")
    assert b"video" in customer.see("camera").data
    signed = _face_record(shop).body["e_signature"]
    assert signed["commitment"]
    assert logged(shop.office, EventKind.TEMPLATE_MADE) == ()
    assert NAME not in json.dumps(_face_record(shop).body)
    for entry in logged(shop.office):
        assert NAME not in json.dumps(entry.detail)


@pytest.mark.parametrize("step", ["preferences", "name"])
def test_whatever_changes_is_signed_anew(customer: Walk, step: str) -> None:
    customer.signs = NAME
    customer.walk(FACE, until="confirm")
    customer.answer(step, **({"name": "Sam"} if step == "name" else {"answer": "no"}))
    assert customer.see("confirm").location.endswith("/review")
    customer.answer("review", agree="yes")
    assert customer.see("confirm").location.endswith("/release")
    assert NAME not in customer.see("release").text


def test_who_keeps_the_face_out_signs_nothing(shop: Home, customer: Walk) -> None:
    customer.walk({**NOTHING, Purpose.PREFERENCES: True})
    assert _face_record(shop).state == "refused"


def test_the_customer_can_open_the_commitment_until_all_is_erased(
    shop: Home, app: Flask, customer: Walk
) -> None:
    customer.signs = NAME
    customer.walk(FACE)
    subject_id, record = only_subject(shop), _face_record(shop)
    withdraw(shop.office, subject_id, [Purpose.RECOGNISE], actor="c", method="command")
    document = export(shop.office, subject_id, Way.CUSTOMER, actor="device:k")
    (held,) = document["releases"]
    signature = TypedName(held["signed"]["name"], bytes.fromhex(held["signed"]["salt"]))
    assert signature.name == NAME
    assert opens(record.body["e_signature"], signature)
    with app.test_request_context():
        page = as_page(document)
    assert NAME in page
    assert held["signed"]["salt"] in page
    erase(shop.office, subject_id, actor="c", method="command")
    with shop.databases.identity.read() as identity:
        assert (
            identity.connection()
            .exec_driver_sql("SELECT count(*) FROM release_signature")
            .scalar_one()
            == 0
        )


@pytest.mark.parametrize("lost", ["signature", "name"])
def test_no_template_for_a_consent_that_is_not_signed(
    shop: Home, engine: Engine, lost: str
) -> None:
    """As from an older version, or where the name under it is lost."""
    if lost == "signature":
        europe = replace(shop, office=replace(shop.office, profile=load_profile("eu")))
        subject_id = join(europe, purposes=frozenset({Purpose.RECOGNISE})).subject_id
    else:
        joined = enrolment.begin(
            shop.office,
            Statement(
                language="en",
                notice_version="2026-12-us-il",
                method="kiosk",
                collected_by="device:k",
                attestation=None,
                confirmed=True,
                age_confirmed=True,
                signature=TypedName(NAME, bytes(32)),
            ),
            {purpose: purpose is Purpose.RECOGNISE for purpose in shop.office.choices},
            enrolment.Told(Account(name="Robin")),
        )
        subject_id = joined.subject_id
        erase_releases(shop.databases, subject_id, frozenset({Purpose.ACCOUNT}))
    with pytest.raises(PolicyRefusedError, match="release"):
        enrolment.renew(
            shop.office,
            engine,
            subject_id=subject_id,
            images=[photo("a1")],
            gate=ENROL_PHOTO,
            actor="command",
        )
    assert engine.encoder.meter.calls == 0


def test_on_paper_too(command: Command, shop: Home) -> None:
    shop.databases.close()
    form = ("enrol", "--name", NAME, "--attest", "form 17", "--purposes", "recognise", "--json")
    photos = ("--photo", str(PHOTOS / "a1.jpg"), str(PHOTOS / "a2.jpg"))
    refused = command(*form, *photos, home=shop.path)
    assert refused.code == 3
    assert "--release-signed" in refused.err
    assert subjects(shop) == []
    done = command(*form, *photos, "--release-signed", "release 17", home=shop.path)
    assert (done.code, done.json["templates"]) == (0, 1)
    assert _face_record(shop).body["e_signature"]["form"] == "release 17"
