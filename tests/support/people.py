"""Customers for tests: joined through the real steps; invented names, random templates."""

from dataclasses import dataclass

import numpy as np

from clienteling.customers import enrolment
from clienteling.customers.profile import Account, Preferences, stated, stated_allergies
from clienteling.customers.templates import store_template
from clienteling.home import Home
from consent.keystore.holder import HolderSecret
from consent.office import Statement, TemplateMade, close_enrolment
from consent.purposes import FACES, Purpose

MODEL_ID = "test-model"
EVERYTHING = frozenset({Purpose.RECOGNISE, Purpose.PREFERENCES, Purpose.ALLERGIES})


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who joined. `alias` is empty without a template; `code` withdraws.

    `till`: the alias of the template for the till, where they chose that.
    """

    subject_id: str
    alias: str
    code: str
    till: str = ""


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
    vector = np.random.default_rng().normal(size=128).astype(np.float32)
    vector /= np.linalg.norm(vector)
    made = [
        TemplateMade(
            store_template(
                office,
                joined.grants[purpose],
                vector,
                model_id=model_id,
                images=3,
                holder=holder,
            ),
            model_id,
            3,
            purpose,
        )
        for purpose in FACES
        if purpose in joined.grants
    ]
    if made:
        close_enrolment(office, joined.flow_id, *made)
    aliases = {one.purpose: one.alias for one in made}
    return Customer(
        joined.subject_id,
        aliases.get(Purpose.RECOGNISE, ""),
        joined.code,
        aliases.get(Purpose.TILL, ""),
    )
