"""Templates that only a pass opens: what the hub can hand to a camera without opening any (R26)."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clienteling.customers.models import AliasRow
from clienteling.customers.templates import sealed_templates
from consent.errors import KeyUnavailableError
from consent.holder import binding_of
from consent.keys import unseal_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import grant_for


@dataclass(frozen=True, slots=True)
class SealedPass:
    """A template as it is sealed for its pass; the layer around it is taken off.

    Attributes:
        sealed: Opens with the pass and `binding` (`consent.holder.open_with_holder`).
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


def is_valid_pass(identity: Session, office: Office, alias: str) -> bool:
    """Whether a pass of this alias exists here and the consent that it was made under stands."""
    row = identity.get(AliasRow, alias)
    if row is None or not row.holder:
        return False
    grant = grant_for(identity, row.subject_id, Purpose.RECOGNISE, office.now())
    return grant is not None and grant.consent_id == row.consent_id
