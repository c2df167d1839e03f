"""Face templates at rest and on their way to an edge: always sealed, always under an alias."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.recognition.gallery import Gallery
from clienteling.recognition.memory import locked_matrix
from consent.clock import stamp
from consent.errors import KeyUnavailableError, SealError
from consent.holder import HolderSecret, seal_for_holder
from consent.keys import seal_for, unseal_for_into
from consent.ledger import gallery_version
from consent.office import Office
from consent.purposes import Purpose
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

    Whatever template the subject had, of this model or an earlier one, is replaced. `look_alike`
    says that another customer's is very near (`look_alikes`). With a `holder` it is sealed for the
    pass first, and then under the subject's key like any other: it takes both to open it (0145).

    Raises:
        KeyUnavailableError: consent was withdrawn meanwhile; nothing is stored.
    """
    alias = str(uuid.uuid4()) if holder is None else holder.alias
    made_at = stamp(office.now())
    binding = office.binding(grant, model_id)
    content: bytes | memoryview = as_sealed(vector)
    if holder is not None:
        content = seal_for_holder(holder, content, binding)
    with office.databases.keys.write() as keys:
        sealed = seal_for(keys, office.ring, grant, content, binding)
    # The alias first: a template without one could not be found again to be erased.
    with office.databases.identity.write() as identity:
        earlier = tuple(row.alias for row in template_rows(identity, grant.subject_id))
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
            )
        )
    with office.databases.templates.write() as templates:
        templates.add(TemplateRow(alias=alias, model_id=model_id, sealed=sealed, made_at=made_at))
    _remove(office.databases, earlier)
    return alias


def _remove(databases: Databases, aliases: tuple[str, ...]) -> None:
    with databases.templates.write() as templates:
        templates.execute(delete(TemplateRow).where(TemplateRow.alias.in_(aliases)))
    with databases.identity.write() as identity:
        identity.execute(delete(AliasRow).where(AliasRow.alias.in_(aliases)))


def aliases_of(identity: Session, subject_id: str, purposes: frozenset[Purpose]) -> tuple[str, ...]:
    """Return the aliases that edges must drop when these purposes end."""
    if Purpose.RECOGNISE not in purposes:
        return ()
    return tuple(row.alias for row in template_rows(identity, subject_id))


def erase_templates(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: remove the subject's templates; returns the aliases that edges must drop."""
    with databases.identity.read() as identity:
        aliases = aliases_of(identity, subject_id, purposes)
    _remove(databases, aliases)
    return aliases


def subject_of(office: Office, alias: str) -> str | None:
    """Return whose alias it is while that person's consent to be recognised stands, else None."""
    with office.databases.identity.read() as identity:
        row = identity.get(AliasRow, alias)
        if row is None:
            return None
        grant = grant_for(identity, row.subject_id, Purpose.RECOGNISE, office.now())
        return None if grant is None else row.subject_id


def template_rows(identity: Session, subject_id: str) -> tuple[AliasRow, ...]:
    """Return what stands beside each of the subject's templates; the templates stay sealed."""
    return tuple(identity.scalars(select(AliasRow).where(AliasRow.subject_id == subject_id)))


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
    query = select(AliasRow.model_id, func.count()).group_by(AliasRow.model_id)
    counted = [(model, number) for model, number in identity.execute(query) if model != model_id]
    recognised = sum(number for model, number in counted if model in also)
    return Earlier(recognised, sum(number for _, number in counted) - recognised)


def as_sealed(vector: NDArray[np.float32]) -> memoryview:
    """Look at a template as the bytes that are sealed: little-endian float32, without a copy."""
    return np.ascontiguousarray(vector, dtype="<f4").data.cast("B")


def open_templates(office: Office, model_id: str) -> tuple[OpenTemplate, ...]:
    """Open the templates of everyone whose consent stands; of this model only.

    The vectors are rows of one locked buffer; the caller overwrites them after use. A template
    whose key is already destroyed is left out: forgetting wins.

    Raises:
        SealError: one is damaged or was moved; none is kept open then.
    """
    return _opened(office, model_id)[0]


def open_gallery(office: Office, model_id: str, *also: str) -> Gallery:
    """Return the current gallery in the clear, for a comparison in this process (`replay`).

    `also` names earlier models, for those of whom there is a template of theirs only.
    """
    with office.databases.identity.read() as identity:
        version = gallery_version(identity)
    current = _gallery(office, model_id, version)
    older = (_gallery(office, one, version) for one in also)
    return replace(current, older=tuple(gallery for gallery in older if len(gallery)))


def _gallery(office: Office, model_id: str, version: int) -> Gallery:
    templates, matrix = _opened(office, model_id)
    return Gallery(
        model_id=model_id,
        version=version,
        aliases=tuple(template.alias for template in templates),
        matrix=matrix,
        enrol_images=max((template.images for template in templates), default=None),
        stricter=tuple(template.stricter for template in templates),
    )


def _opened(office: Office, model_id: str) -> tuple[tuple[OpenTemplate, ...], NDArray[np.float32]]:
    """The templates, and the table whose rows are their vectors."""
    found = sealed_templates(office, model_id, holder=False)
    width = max((len(sealed) - SEAL_BYTES for _, _, sealed in found), default=0)
    matrix = locked_matrix(len(found), width // _FLOAT_BYTES)
    opened: list[OpenTemplate] = []
    try:
        with office.databases.keys.read() as keys:
            for row, grant, sealed in found:
                vector = matrix[len(opened)]
                target = vector.data.cast("B")
                binding = office.binding(grant, model_id)
                with suppress(KeyUnavailableError):
                    unseal_for_into(keys, office.ring, grant, sealed, binding, target)
                    opened.append(OpenTemplate(row.alias, vector, row.images, row.stricter))
    except SealError:
        matrix.fill(0)
        raise
    return tuple(opened), matrix[: len(opened)]


def sealed_templates(
    office: Office, model_id: str, *, holder: bool
) -> list[tuple[AliasRow, Grant, bytes]]:
    """Everyone's whose consent stands, and is the one that the template was made under.

    `holder`: those that a pass opens; else those that need none. Never both.
    """
    with office.databases.identity.read() as identity:
        grants = {
            grant.subject_id: grant
            for grant in subjects_granting(identity, Purpose.RECOGNISE, office.now())
        }
        query = select(AliasRow).where(AliasRow.model_id == model_id, AliasRow.holder.is_(holder))
        aliases = list(identity.scalars(query))
    with office.databases.templates.read() as templates:
        rows = select(TemplateRow).where(TemplateRow.model_id == model_id)
        sealed = {row.alias: row.sealed for row in templates.scalars(rows)}
    return [
        (row, grant, sealed[row.alias])
        for row in aliases
        if (grant := grants.get(row.subject_id)) is not None
        and row.consent_id == grant.consent_id
        and row.alias in sealed
    ]
