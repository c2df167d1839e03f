"""Face templates at rest and on their way to an edge: always sealed, always under an alias."""

import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.transforms import Turn, current_turn, turn_anew
from clienteling.recognition.frames import wipe
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.memory import locked_matrix
from consent.clock import stamp
from consent.errors import KeyUnavailableError, SealError
from consent.keystore.holder import HolderSecret, seal_for_holder
from consent.keystore.seals import seal_for, unseal_for_into
from consent.log.ledger import gallery_version
from consent.office import Office
from consent.purposes import FACES, Purpose
from consent.records import Grant, grant_for, subjects_granting
from consent.sealing import SEAL_BYTES
from consent.storage import Databases

_FLOAT_BYTES = 4


@dataclass(frozen=True, slots=True)
class OpenTemplate:
    """A template in the clear. Lives in memory only, for as long as a comparison needs it.

    Attributes:
        vector: float32, shape (d,), L2-normalised.
        stricter: By how many steps a match must be further above the threshold (`tightening`).
    """

    alias: str
    vector: NDArray[np.float32]
    images: int
    stricter: int


def store_template(
    office: Office,
    grant: Grant,
    vector: NDArray[np.float32],
    *,
    model_id: str,
    images: int,
    look_alike: bool = False,
    holder: HolderSecret | None = None,
) -> str:
    """Seal a template under a new random alias and return the alias.

    It is kept as the store's transform key turns it (R23; `transforms`). Whatever template the
    subject had for this purpose, of this model or an earlier one, is replaced. `look_alike`
    says that another customer's is very near (`look_alikes`). With a `holder` it is sealed for the
    pass first, and then under the subject's key like any other: it takes both to open it (0145).

    Raises:
        KeyUnavailableError: consent was withdrawn meanwhile; nothing is stored.
    """
    alias = str(uuid.uuid4()) if holder is None else holder.alias
    made_at = stamp(office.now())
    binding = office.binding(grant, model_id)
    with office.databases.keys.write() as keys:
        if holder is not None:
            turn = None
            content = seal_for_holder(holder, as_sealed(vector), binding)
            sealed = seal_for(keys, office.ring, grant, content, binding)
        else:
            turn = current_turn(keys, office, model_id, len(vector))
            kept = turn(vector)
            sealed = seal_for(keys, office.ring, grant, as_sealed(kept), binding)
            wipe(kept)
    # The alias first: a template without one could not be found again to be erased.
    with office.databases.identity.write() as identity:
        earlier = tuple(
            row.alias for row in template_rows(identity, grant.subject_id, {grant.purpose})
        )
        identity.add(
            AliasRow(
                alias=alias,
                subject_id=grant.subject_id,
                consent_id=grant.consent_id,
                model_id=model_id,
                images=images,
                made_at=made_at,
                look_alike=look_alike,
                holder=holder is not None,
                purpose=grant.purpose.value,
            )
        )
    with office.databases.templates.write() as templates:
        templates.add(
            TemplateRow(
                alias=alias,
                model_id=model_id,
                sealed=sealed,
                made_at=made_at,
                transform=None if turn is None else turn.name,
            )
        )
    _remove(office.databases, earlier)
    return alias


def _remove(databases: Databases, aliases: tuple[str, ...]) -> None:
    with databases.templates.write() as templates:
        templates.execute(delete(TemplateRow).where(TemplateRow.alias.in_(aliases)))
    with databases.identity.write() as identity:
        identity.execute(delete(AliasRow).where(AliasRow.alias.in_(aliases)))


def aliases_of(identity: Session, subject_id: str, purposes: frozenset[Purpose]) -> tuple[str, ...]:
    """Return the aliases that edges must drop when these purposes end."""
    return tuple(row.alias for row in template_rows(identity, subject_id, purposes))


def erase_templates(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: remove these purposes' templates; returns the aliases that edges must drop."""
    with databases.identity.read() as identity:
        aliases = aliases_of(identity, subject_id, purposes)
    _remove(databases, aliases)
    return aliases


def subject_of(office: Office, alias: str) -> str | None:
    """Return whose alias it is while that person's consent to be recognised stands, else None."""
    with office.databases.identity.read() as identity:
        row = identity.get(AliasRow, alias)
        if row is None or row.purpose != Purpose.RECOGNISE:
            return None
        grant = grant_for(identity, row.subject_id, Purpose.RECOGNISE, office.now())
        return None if grant is None else row.subject_id


def note_use(identity: Session, subject_id: str, now: datetime) -> None:
    """Note that recognition was of use to this customer this month; no day, and no more often."""
    for row in template_rows(identity, subject_id, {Purpose.RECOGNISE}):
        row.used_in = stamp(now)[:7]


def template_rows(
    identity: Session, subject_id: str, purposes: Collection[Purpose] = FACES
) -> tuple[AliasRow, ...]:
    """Return what stands beside each of the subject's templates; the templates stay sealed."""
    query = select(AliasRow).where(
        AliasRow.subject_id == subject_id, AliasRow.purpose.in_([one.value for one in purposes])
    )
    return tuple(identity.scalars(query))


@dataclass(frozen=True, slots=True)
class Earlier:
    """How many customers have a template of an earlier face model, and no other.

    Attributes:
        recognised: Those of models that cameras still compare with.
        lost: Those whom no camera can recognise until new pictures are taken.
    """

    recognised: int
    lost: int


def earlier_templates(identity: Session, model_id: str, also: tuple[str, ...]) -> Earlier:
    """Count the templates of other models than the shop's; `also`: those that still count."""
    query = (
        select(AliasRow.model_id, func.count())
        .where(AliasRow.purpose == Purpose.RECOGNISE.value)
        .group_by(AliasRow.model_id)
    )
    counted = [(model, number) for model, number in identity.execute(query) if model != model_id]
    recognised = sum(number for model, number in counted if model in also)
    return Earlier(recognised, sum(number for _, number in counted) - recognised)


def as_sealed(vector: NDArray[np.float32]) -> memoryview:
    """Look at a template as the bytes that are sealed: little-endian float32, without a copy."""
    return np.ascontiguousarray(vector, dtype="<f4").data.cast("B")


def dimension_of(sealed: bytes) -> int:
    """Return how many values a sealed template holds."""
    return (len(sealed) - SEAL_BYTES) // _FLOAT_BYTES


@dataclass(frozen=True, slots=True)
class OpenTemplates:
    """The templates of one model in the clear, in one locked buffer; overwrite it after use.

    Attributes:
        matrix: (n, d) float32; the templates' vectors are its rows.
        turn: How all of them are turned; None when there are none.
    """

    templates: tuple[OpenTemplate, ...]
    matrix: NDArray[np.float32]
    turn: Turn | None


def open_templates(
    office: Office, model_id: str, purpose: Purpose = Purpose.RECOGNISE
) -> OpenTemplates:
    """Open the templates of everyone whose consent stands; of this model and purpose only.

    All are turned by the store's current transform key, also while they are renewed. A template
    whose key is already destroyed is left out: forgetting wins.

    Raises:
        SealError: one is damaged or was moved; none is kept open then.
    """
    found = sealed_templates(office, model_id, holder=False, purpose=purpose)
    if not found:
        return OpenTemplates((), locked_matrix(0, 0), None)
    matrix = locked_matrix(len(found), dimension_of(found[0].sealed))
    opened: list[OpenTemplate] = []
    try:
        with office.databases.keys.read() as keys:
            turn = current_turn(keys, office, model_id, matrix.shape[1])
            for one in found:
                vector = matrix[len(opened)]
                with suppress(KeyUnavailableError):
                    binding, target = office.binding(one.grant, model_id), vector.data.cast("B")
                    unseal_for_into(keys, office.ring, one.grant, one.sealed, binding, target)
                    turn_anew(keys, office, turn, one.transform, vector)
                    row = one.row
                    opened.append(OpenTemplate(row.alias, vector, row.images, row.stricter))
    except SealError:
        matrix.fill(0)
        raise
    return OpenTemplates(tuple(opened), matrix[: len(opened)], turn)


def open_gallery(
    office: Office, model_id: str, *also: str, purpose: Purpose = Purpose.RECOGNISE
) -> Gallery:
    """Return the current gallery in the clear, for a comparison in this process (`replay`).

    `also` names earlier models, for those of whom there is a template of theirs only.
    """
    with office.databases.identity.read() as identity:
        version = gallery_version(identity)
    current = _gallery(office, model_id, version, purpose)
    older = (_gallery(office, one, version, purpose) for one in also)
    return replace(current, older=tuple(gallery for gallery in older if len(gallery)))


def _gallery(office: Office, model_id: str, version: int, purpose: Purpose) -> Gallery:
    opened = open_templates(office, model_id, purpose)
    templates = opened.templates
    return Gallery(
        model_id=model_id,
        version=version,
        aliases=tuple(template.alias for template in templates),
        matrix=opened.matrix,
        enrol_images=max((template.images for template in templates), default=None),
        stricter=tuple(template.stricter for template in templates),
        turn=None if opened.turn is None else opened.turn.matrix,
    )


@dataclass(frozen=True, slots=True)
class SealedTemplate:
    """A template at rest, and the consent that it was made under, which stands.

    Attributes:
        transform: The key that turned it (`transforms`); None: none did.
    """

    row: AliasRow
    grant: Grant
    sealed: bytes
    transform: str | None


def sealed_templates(
    office: Office, model_id: str, *, holder: bool, purpose: Purpose = Purpose.RECOGNISE
) -> tuple[SealedTemplate, ...]:
    """Everyone's whose consent stands, and is the one that the template was made under.

    `holder`: those that a pass opens; else those that need none. Never both.
    """
    with office.databases.identity.read() as identity:
        grants = {
            grant.subject_id: grant for grant in subjects_granting(identity, purpose, office.now())
        }
        query = select(AliasRow).where(
            AliasRow.model_id == model_id,
            AliasRow.holder.is_(holder),
            AliasRow.purpose == purpose.value,
        )
        aliases = list(identity.scalars(query))
    with office.databases.templates.read() as templates:
        rows = select(TemplateRow).where(TemplateRow.model_id == model_id)
        stored = {row.alias: row for row in templates.scalars(rows)}
    return tuple(
        SealedTemplate(row, grant, stored[row.alias].sealed, stored[row.alias].transform)
        for row in aliases
        if (grant := grants.get(row.subject_id)) is not None
        and row.consent_id == grant.consent_id
        and row.alias in stored
    )
