"""Face templates at rest and on their way to an edge: always sealed, always under an alias."""

import uuid
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.recognition.gallery import Gallery
from consent.clock import stamp
from consent.errors import KeyUnavailableError
from consent.keys import seal_for, unseal_for
from consent.ledger import gallery_version
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for, subjects_granting
from consent.storage import Databases


@dataclass(frozen=True, slots=True)
class OpenTemplate:
    """A template in the clear. Lives in memory only, for as long as a comparison needs it.

    Attributes:
        vector: float32, shape (d,), L2-normalised.
    """

    alias: str
    vector: NDArray[np.float32]
    images: int


def store_template(
    office: Office, grant: Grant, vector: NDArray[np.float32], *, model_id: str, images: int
) -> str:
    """Seal a template under a new random alias and return the alias.

    The subject's earlier template of the same model is replaced.

    Raises:
        KeyUnavailableError: consent was withdrawn meanwhile; nothing is stored.
    """
    alias = str(uuid.uuid4())
    made_at = stamp(office.now())
    content = np.ascontiguousarray(vector, dtype="<f4").tobytes()
    with office.databases.keys.write() as keys:
        sealed = seal_for(keys, office.ring, grant, content, office.binding(grant, model_id))
    # The alias first: a template without one could not be found again to be erased.
    with office.databases.identity.write() as identity:
        earlier = tuple(
            identity.scalars(
                select(AliasRow.alias).where(
                    AliasRow.subject_id == grant.subject_id, AliasRow.model_id == model_id
                )
            )
        )
        identity.add(
            AliasRow(
                alias=alias,
                subject_id=grant.subject_id,
                consent_id=grant.consent_id,
                model_id=model_id,
                images=images,
                made_at=made_at,
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
    query = select(AliasRow.alias).where(AliasRow.subject_id == subject_id)
    return tuple(identity.scalars(query))


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


def template_count(office: Office, subject_id: str) -> int:
    """Return how many templates the subject has."""
    with office.databases.identity.read() as identity:
        return len(aliases_of(identity, subject_id, frozenset({Purpose.RECOGNISE})))


def open_templates(office: Office, model_id: str) -> tuple[OpenTemplate, ...]:
    """Open the templates of everyone whose consent stands; of this model only.

    A template whose key is already destroyed is left out: forgetting wins.
    """
    with office.databases.identity.read() as identity:
        grants = {
            grant.subject_id: grant
            for grant in subjects_granting(identity, Purpose.RECOGNISE, office.now())
        }
        rows = identity.scalars(select(AliasRow).where(AliasRow.model_id == model_id))
        aliases = [row for row in rows if row.subject_id in grants]
    with office.databases.templates.read() as templates:
        sealed = {
            row.alias: row.sealed
            for row in templates.scalars(
                select(TemplateRow).where(TemplateRow.model_id == model_id)
            )
        }
    opened = []
    with office.databases.keys.read() as keys:
        for row in aliases:
            grant = grants[row.subject_id]
            if row.alias not in sealed or row.consent_id != grant.consent_id:
                continue
            try:
                content = unseal_for(
                    keys, office.ring, grant, sealed[row.alias], office.binding(grant, model_id)
                )
            except KeyUnavailableError:
                continue
            vector = np.frombuffer(content, dtype="<f4").astype(np.float32)
            opened.append(OpenTemplate(row.alias, vector, row.images))
    return tuple(opened)


def open_gallery(office: Office, model_id: str) -> Gallery:
    """Return the current gallery in the clear, for a comparison in this process (`replay`)."""
    with office.databases.identity.read() as identity:
        version = gallery_version(identity)
    templates = open_templates(office, model_id)
    matrix = np.stack([template.vector for template in templates]) if templates else None
    return Gallery(
        model_id=model_id,
        version=version,
        aliases=tuple(template.alias for template in templates),
        matrix=np.zeros((0, 128), dtype=np.float32) if matrix is None else matrix,
        enrol_images=max((template.images for template in templates), default=None),
    )
