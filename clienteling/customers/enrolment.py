"""Joining: consent first, then what the customer tells, then (if asked for) the template.

The kiosk and the command line walk the same steps; both encode here, in the hub's process.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from clienteling.customers import look_alikes
from clienteling.customers.profile import Account, Allergies, Preferences, write
from clienteling.customers.templates import store_template
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import wipe
from clienteling.recognition.likeness import Likeness, Resemblance
from clienteling.recognition.permit import for_enrolment
from clienteling.recognition.quality import QualityGate
from clienteling.recognition.template import TemplateResult, make_template
from consent.office import Joined, Office, Statement, TemplateMade, close_enrolment, open_enrolment
from consent.purposes import Purpose
from consent.records import Grant, require_grant

#: How long a capture may take once consent is given; then the flow is swept as abandoned.
CAPTURE_TIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer told. A part is None where its purpose was refused or nothing was said."""

    account: Account
    preferences: Preferences | None = None
    allergies: Allergies | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """What came of a capture.

    Attributes:
        result: The template, overwritten by now, or why there is none.
        likeness: Whether somebody who looks very much like this is a customer here already.
    """

    result: TemplateResult
    likeness: Likeness = Likeness.NONE


def begin(
    office: Office, statement: Statement, choices: Mapping[Purpose, bool], told: Told
) -> Joined:
    """Record the consents, then seal what was told under the keys they allow.

    A part whose purpose was refused is dropped, not stored.

    Raises:
        ConsentMissingError: not confirmed, under age, or an old notice; nothing is stored.
    """
    joined = open_enrolment(office, statement, choices)
    write(office, joined.grants[Purpose.ACCOUNT], told.account)
    if told.preferences is not None and Purpose.PREFERENCES in joined.grants:
        write(office, joined.grants[Purpose.PREFERENCES], told.preferences)
    if told.allergies is not None and Purpose.ALLERGIES in joined.grants:
        write(office, joined.grants[Purpose.ALLERGIES], told.allergies)
    if Purpose.RECOGNISE not in joined.grants:
        close_enrolment(office, joined.flow_id, template=None)
    return joined


def capture(
    office: Office,
    engine: Engine,
    *,
    flow_id: str,
    subject_id: str,
    images: Sequence[NDArray[np.uint8]],
    gate: QualityGate,
) -> Captured:
    """Make and store the template of a consented enrolment in progress, and close it.

    A look-alike among the customers changes nothing about that; whoever calls tells this customer.

    The images are overwritten before this returns. With no usable image nothing is stored and the
    enrolment stays open, so that the customer can try again.

    Raises:
        ConsentMissingError: the consent does not stand (any more).
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        grant = require_grant(identity, subject_id, Purpose.RECOGNISE, now)
    at = now.timestamp()
    permit = for_enrolment(flow_id, at + CAPTURE_TIME.total_seconds())
    try:
        result = make_template(engine, permit, images, at, gate)
        if result.vector is None:
            return Captured(result)
        try:
            alias, found = _keep(office, engine, grant, result.vector, result.accepted)
        finally:
            wipe(result.vector)
        made = TemplateMade(alias, engine.encoder.model_id, result.accepted)
        if close_enrolment(office, flow_id, template=made).recognise:
            look_alikes.note(office, subject_id, found)
        return Captured(result, found.likeness)
    finally:
        wipe(*images)


def _keep(
    office: Office, engine: Engine, grant: Grant, vector: NDArray[np.float32], images: int
) -> tuple[str, Resemblance]:
    """Store a new template; return its alias, and what it looks like."""
    found = look_alikes.compare(office, engine, grant.subject_id, vector)
    alias = store_template(
        office,
        grant,
        vector,
        model_id=engine.encoder.model_id,
        images=images,
        look_alike=found.likeness is not Likeness.NONE,
    )
    return alias, found


def abandon(office: Office, flow_id: str) -> None:
    """The customer stopped before a template was made: that purpose is closed as withdrawn."""
    close_enrolment(office, flow_id, template=None, reason="no template made")
