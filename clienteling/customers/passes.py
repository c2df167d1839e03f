"""Templates that only a pass opens: what the hub can hand to a camera without opening any (R26)."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow
from clienteling.customers.templates import sealed_templates
from consent.errors import KeyUnavailableError
from consent.keystore.holder import binding_of
from consent.keystore.seals import unseal_for
from consent.leaving import ENROL
from consent.models import ConsentRow, FlowRow, RestrictionRow
from consent.office import Office
from consent.purposes import Purpose
from consent.records import State, grant_for


@dataclass(frozen=True, slots=True)
class SealedPass:
    """A template as it is sealed for its pass; the layer around it is taken off.

    Attributes:
        sealed: Opens with the pass and `binding` (`consent.keystore.holder.open_with_holder`).
        binding: Stands for whose, where and for what, and tells none of it.
        stricter: By how many steps a match must be further above the threshold (`tightening`).
    """

    alias: str
    model_id: str
    sealed: bytes
    binding: bytes
    images: int
    stricter: int


def sealed_passes(office: Office, model_id: str) -> tuple[SealedPass, ...]:
    """Return the passes' templates of everyone whose consent stands.

    Raises:
        SealError: a template in the database is damaged.
    """
    found: list[SealedPass] = []
    stored = sealed_templates(office, model_id, holder=True)
    with office.databases.keys.read() as keys:
        for one in stored:
            row, aad = one.row, office.binding(one.grant, model_id)
            with suppress(KeyUnavailableError):
                inner = unseal_for(keys, office.ring, one.grant, one.sealed, aad)
                found.append(
                    SealedPass(
                        row.alias, model_id, inner, binding_of(aad), row.images, row.stricter
                    )
                )
    return tuple(found)


def without_usable_template(identity: Session, *, by_pass: bool) -> int:
    """Count who consented to be recognised and has no template of the kind that is used here.

    After a change of policy: with passes only those count that a pass opens, else only those that
    need none. Who is enrolling this moment, or is restricted, is left out.
    """
    last = (
        select(func.max(ConsentRow.sequence))
        .where(ConsentRow.purpose == Purpose.RECOGNISE.value)
        .group_by(ConsentRow.subject_id)
    )
    usable = select(AliasRow.subject_id).where(
        AliasRow.holder.is_(by_pass), AliasRow.purpose == Purpose.RECOGNISE.value
    )
    enrolling = select(FlowRow.subject_id).where(FlowRow.kind == ENROL, FlowRow.closed_at.is_(None))
    found = identity.scalar(
        select(func.count()).where(
            ConsentRow.sequence.in_(last),
            ConsentRow.state == State.GIVEN.value,
            ConsentRow.subject_id.not_in(usable),
            ConsentRow.subject_id.not_in(enrolling),
            ConsentRow.subject_id.not_in(select(RestrictionRow.subject_id)),
        )
    )
    return found or 0


def is_valid_pass(identity: Session, office: Office, alias: str) -> bool:
    """Whether a pass of this alias exists here and the consent that it was made under stands."""
    row = identity.get(AliasRow, alias)
    if row is None or not row.holder:
        return False
    grant = grant_for(identity, row.subject_id, Purpose.RECOGNISE, office.now())
    return grant is not None and grant.consent_id == row.consent_id
