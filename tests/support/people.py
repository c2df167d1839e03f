"""Customers for tests: joined through the real steps; invented names, random templates."""

from dataclasses import dataclass

import numpy as np

from clienteling.customers import enrolment
from clienteling.customers.profile import Account, Preferences, stated, stated_allergies
from clienteling.customers.templates import store_template
from clienteling.home import Home
from consent.keystore.holder import HolderSecret
from consent.office import Statement, TemplateMade, close_enrolment
from consent.purposes import Purpose

MODEL_ID = "test-model"
EVERYTHING = frozenset({Purpose.RECOGNISE, Purpose.PREFERENCES, Purpose.ALLERGIES})


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who joined. `alias` is empty without a template; `code` withdraws."""

    subject_id: str
    alias: str
    code: str


def join(
    home: Home,
    *,
    name: str = "Robin Test",
    purposes: frozenset[Purpose] = EVERYTHING,
    likes: tuple[str, ...] = ("dark chocolate",),
    allergies: tuple[str, ...] | None = ("milk",),
    own_words: tuple[str, ...] = (),
    model_id: str = MODEL_ID,
    holder: HolderSecret | None = None,
) -> Customer:
    """Let somebody join; `allergies=None` says nothing about them; `holder`: with this pass."""
    office = home.office
    statement = Statement(
        language="en",
        notice_version=office.notices.current_version,
        method="kiosk",
        collected_by="device:test",
        attestation=None,
        confirmed=True,
        age_confirmed=True,
    )
    told = enrolment.Told(
        account=stated(Account, name=name, language="en"),
        preferences=stated(Preferences, likes=likes),
        allergies=None if allergies is None else stated_allergies(office, allergies, own_words),
    )
    choices = {purpose: purpose in purposes for purpose in office.choices}
    joined = enrolment.begin(office, statement, choices, told)
    alias = ""
    if Purpose.RECOGNISE in joined.grants:
        vector = np.random.default_rng().normal(size=128).astype(np.float32)
        vector /= np.linalg.norm(vector)
        grant = joined.grants[Purpose.RECOGNISE]
        alias = store_template(office, grant, vector, model_id=model_id, images=3, holder=holder)
        close_enrolment(office, joined.flow_id, TemplateMade(alias, model_id, 3))
    return Customer(joined.subject_id, alias, joined.code)
