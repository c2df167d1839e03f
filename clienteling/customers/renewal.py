"""Renewing every template of the store: a new transform key, without new pictures (R23).

    1 key      a new transform key is made; from now on it turns what is stored
    2 turned   each template is opened, turned anew and sealed again, one at a time
    3 gone     the key before goes with the last template that it turned

Meanwhile galleries hold everything as the new key turns it, so that a camera never sees two. The
process may stop anywhere: the sweeper carries on. A template whose consent has lapsed cannot be
opened; the old key waits until it is swept.
"""

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import func, select, update

from clienteling.customers.models import AliasRow, TemplateRow
from clienteling.customers.templates import as_sealed, dimension_of
from clienteling.customers.transforms import current_turn, turn_anew
from clienteling.recognition.memory import locked_matrix
from consent.errors import KeyUnavailableError
from consent.keystore import transforms
from consent.keystore.seals import seal_for, unseal_for_into
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant, grant_for

Tell = Callable[[int, int], None]


def renew_templates(office: Office, *, actor: str, tell: Tell) -> int:
    """Make a new transform key and turn every template; or finish what was begun.

    Args:
        office: The setting.
        actor: Who renews.
        tell: Called with how many are turned, of how many.

    Returns:
        How many templates still wait for the key before (their consent has lapsed).
    """
    with office.databases.keys.write() as keys:
        if len(transforms.names(keys)) == 1:
            name = transforms.add(keys, office.ring.roots()[0], office.now())
            _log(office, EventKind.KEY_CREATED, actor, {"key": name})
    office.after_step("key")
    return carry_on(office, actor=actor, tell=tell)


def is_under_way(office: Office) -> bool:
    """Whether a renewal was begun and is not finished."""
    with office.databases.keys.read() as keys:
        return len(transforms.names(keys)) > 1


def without_turn(office: Office) -> tuple[str, ...]:
    """Return the customers whose template no transform key here can turn back."""
    with office.databases.keys.read() as keys:
        held = transforms.names(keys)
    with office.databases.templates.read() as templates:
        lost = set(
            templates.scalars(select(TemplateRow.alias).where(TemplateRow.transform.not_in(held)))
        )
    with office.databases.identity.read() as identity:
        rows = identity.execute(select(AliasRow.alias, AliasRow.subject_id))
        return tuple(sorted(subject_id for alias, subject_id in rows if alias in lost))


def carry_on(office: Office, *, actor: str = "clienteling", tell: Tell | None = None) -> int:
    """Turn what an unfinished renewal left, and remove the key before. Nothing is begun.

    Returns:
        How many templates still wait for the key before.
    """
    with office.databases.keys.read() as keys:
        current, *before = transforms.names(keys)
    if not before:
        return 0
    waiting = _stored_otherwise(office, current)
    for done, alias in enumerate(waiting, 1):
        with suppress(KeyUnavailableError):  # withdrawn meanwhile: forgetting wins
            _turn_one(office, alias)
        office.after_step("turned")
        if tell is not None:
            tell(done, len(waiting))
    left = 0
    for name in before:
        with office.databases.templates.read() as templates:
            held = templates.scalar(select(func.count()).where(TemplateRow.transform == name))
        left += held or 0
        if not held:
            _remove(office, name, actor)
    return left


def _remove(office: Office, name: str, actor: str) -> None:
    with office.databases.keys.write() as keys:
        transforms.remove(keys, name)
    _log(office, EventKind.TEMPLATES_RENEWED, actor, {"key": name})
    office.databases.keys.scrub()
    office.databases.templates.scrub()
    office.after_step("gone")


def _stored_otherwise(office: Office, current: str) -> tuple[str, ...]:
    """Return the aliases of what no pass seals and another key, or none, has turned."""
    with office.databases.identity.read() as identity:
        ours = set(identity.scalars(select(AliasRow.alias).where(AliasRow.holder.is_(False))))
    with office.databases.templates.read() as templates:
        rows = templates.scalars(
            select(TemplateRow.alias).where(TemplateRow.transform.is_distinct_from(current))
        )
        return tuple(alias for alias in rows if alias in ours)


def _turn_one(office: Office, alias: str) -> None:
    grant = _grant_of(office, alias)
    with office.databases.templates.read() as templates:
        row = templates.get(TemplateRow, alias)
    if grant is None or row is None:
        return
    binding = office.binding(grant, row.model_id)
    buffer = locked_matrix(1, dimension_of(row.sealed))
    vector = buffer[0]
    try:
        with office.databases.keys.write() as keys:
            turn = current_turn(keys, office, row.model_id, len(vector))
            unseal_for_into(keys, office.ring, grant, row.sealed, binding, vector.data.cast("B"))
            turn_anew(keys, office, turn, row.transform, vector)
            sealed = seal_for(keys, office.ring, grant, as_sealed(vector), binding)
    finally:
        buffer.fill(0)
    with office.databases.templates.write() as templates:
        # Only what is still as it was read: it may be gone or replaced by now.
        templates.execute(
            update(TemplateRow)
            .where(TemplateRow.alias == alias, TemplateRow.sealed == row.sealed)
            .values(sealed=sealed, transform=turn.name)
        )


def _grant_of(office: Office, alias: str) -> Grant | None:
    with office.databases.identity.read() as identity:
        row = identity.get(AliasRow, alias)
        if row is None:
            return None
        grant = grant_for(identity, row.subject_id, Purpose(row.purpose), office.now())
        return grant if grant is not None and grant.consent_id == row.consent_id else None


def _log(office: Office, kind: EventKind, actor: str, detail: dict[str, str]) -> None:
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            kind,
            actor=actor,
            about=None,
            detail=dict(detail),
            now=office.now(),
        )
