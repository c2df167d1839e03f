"""Joining: consent first, then what the customer tells, then (if asked for) the template.

The kiosk and the command line walk the same steps; both encode here, in the hub's process.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from clienteling.customers import look_alikes
from clienteling.customers.agreeing import seal_told
from clienteling.customers.profile import Account, Allergies, Preferences, write
from clienteling.customers.releases import require_signed
from clienteling.customers.templates import erase_templates, store_template
from clienteling.recognition.engine import Engine
from clienteling.recognition.frames import wipe
from clienteling.recognition.likeness import Likeness, Resemblance
from clienteling.recognition.permit import for_enrolment
from clienteling.recognition.quality import QualityGate
from clienteling.recognition.template import TemplateResult, make_template
from consent.errors import ConsentMissingError
from consent.keystore.holder import HolderSecret
from consent.office import (
    Joined,
    Office,
    Statement,
    TemplateMade,
    close_enrolment,
    faces_of,
    note_template,
    open_enrolment,
)
from consent.purposes import FACES, Purpose
from consent.records import Grant, require_grant, standing

#: How long a capture may take once consent is given; then the flow is swept as abandoned.
CAPTURE_TIME = timedelta(minutes=10)

_NO_RESEMBLANCE = Resemblance(Likeness.NONE, None)


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
        PolicyRefusedError: no release is signed where one is needed; nothing is stored.
    """
    joined = open_enrolment(office, statement, choices)
    write(office, joined.grants[Purpose.ACCOUNT], told.account)
    seal_told(office, joined.grants, statement, told.preferences, told.allergies)
    if not joined.grants.keys() & set(FACES):
        close_enrolment(office, joined.flow_id)
    return joined


def capture(
    office: Office,
    engine: Engine,
    *,
    flow_id: str,
    subject_id: str,
    images: Iterable[NDArray[np.uint8]],
    gate: QualityGate,
    holder: HolderSecret | None = None,
) -> Captured:
    """Make and store the templates of a consented enrolment in progress, and close it.

    There is one for each purpose among `FACES` that the enrolment is about, from the same pictures,
    each under its key; what stood before keeps its own.

    A look-alike among the customers changes nothing about that; whoever calls tells this customer.
    With a `holder` only that pass opens the template; whoever calls hands it over (policy `pass`).

    Each image is overwritten before the next is taken. With no usable image nothing is stored and
    the enrolment stays open, so that the customer can try again.

    Raises:
        ConsentMissingError: the consent does not stand (any more).
        PolicyRefusedError: no release is signed where one is needed.
    """
    asked = faces_of(office, flow_id)
    kept = _make(office, engine, subject_id, flow_id, images, gate, holder, asked)
    if not kept.made:
        return Captured(kept.result)
    stands = close_enrolment(office, flow_id, *kept.made).stands
    _note_likenesses(office, subject_id, kept, stands)
    return Captured(kept.result, kept.likeness)


def renew(
    office: Office,
    engine: Engine,
    *,
    subject_id: str,
    images: Iterable[NDArray[np.uint8]],
    gate: QualityGate,
    actor: str,
    holder: HolderSecret | None = None,
) -> Captured:
    """Replace templates: another encoder is in use, the face has changed, or a pass is lost.

    The images are overwritten before this returns. With no usable image the old ones stay.

    Raises:
        ConsentMissingError: no consent for which a face is captured stands, or one ended
            meanwhile; then nothing of it is left.
    """
    kept = _make(office, engine, subject_id, f"renewal-{uuid.uuid4()}", images, gate, holder)
    if not kept.made:
        return Captured(kept.result)
    with office.databases.identity.write() as identity:
        stands = frozenset(standing(identity, subject_id, office.now()))
        for made in kept.made:
            if made.purpose in stands:
                note_template(identity, office, made, about=subject_id, actor=actor)
    over = frozenset(made.purpose for made in kept.made) - stands
    if over:
        erase_templates(office.databases, subject_id, over)
        raise ConsentMissingError("The customer withdrew the consent to be recognised meanwhile.")
    _note_likenesses(office, subject_id, kept, stands)
    return Captured(kept.result, kept.likeness)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The templates that were made and stored, and what each looks like."""

    result: TemplateResult
    made: tuple[TemplateMade, ...] = ()
    found: tuple[Resemblance, ...] = ()

    @property
    def likeness(self) -> Likeness:
        """The strongest."""
        return max((one.likeness for one in self.found), key=list(Likeness).index)


def _make(
    office: Office,
    engine: Engine,
    subject_id: str,
    reference: str,
    images: Iterable[NDArray[np.uint8]],
    gate: QualityGate,
    holder: HolderSecret | None,
    purposes: Collection[Purpose] = FACES,
) -> _Kept:
    """Encode once; compare and store for each purpose; the images and vectors are overwritten.

    For a pass nothing is compared: nobody else's template may be opened (0145).
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        stands = standing(identity, subject_id, now)
        grants = [stands[one] for one in FACES if one in stands and one in purposes]
        if not grants:
            require_grant(identity, subject_id, Purpose.RECOGNISE, now)
        for grant in grants:
            require_signed(identity, office, grant)
    at = now.timestamp()
    permit = for_enrolment(reference, at + CAPTURE_TIME.total_seconds())
    remaining = iter(images)
    try:
        result = make_template(engine, permit, remaining, at, gate)
        if result.vector is None:
            return _Kept(result)
        try:
            kept = [_keep(office, engine, one, result.vector, result, holder) for one in grants]
        finally:
            wipe(result.vector)
        return _Kept(result, tuple(made for made, _ in kept), tuple(found for _, found in kept))
    finally:
        wipe(*remaining)  # those that were not come to


def _keep(
    office: Office,
    engine: Engine,
    grant: Grant,
    vector: NDArray[np.float32],
    result: TemplateResult,
    holder: HolderSecret | None,
) -> tuple[TemplateMade, Resemblance]:
    """Seal the vector under one purpose's key; what resembles it is looked for in its gallery."""
    found = _NO_RESEMBLANCE
    if holder is None:
        found = look_alikes.compare(office, engine, grant.subject_id, vector, grant.purpose)
    alias = store_template(
        office,
        grant,
        vector,
        model_id=engine.encoder.model_id,
        images=result.accepted,
        look_alike=found.likeness is not Likeness.NONE,
        holder=holder,
    )
    return TemplateMade(alias, engine.encoder.model_id, result.accepted, grant.purpose), found


def _note_likenesses(
    office: Office, subject_id: str, kept: _Kept, stands: Collection[Purpose]
) -> None:
    for made, found in zip(kept.made, kept.found, strict=True):
        if made.purpose in stands:
            look_alikes.note(office, subject_id, found)


def abandon(office: Office, flow_id: str) -> None:
    """The customer stopped before a template was made: what it was for is closed as withdrawn."""
    close_enrolment(office, flow_id, reason="no template made")
