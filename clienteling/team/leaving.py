"""Somebody leaves: what of them stays without a name, and what goes.

Their stories and compliments stay, of "a former colleague", until their time is over; what they
spent stays for whoever checks the till. Their private notes, their coach, those whom they coached
and an amount of their own go at once.
"""

from sqlalchemy import delete, or_

from clienteling.access.register import Person, deactivate
from clienteling.access.users import RoleName
from clienteling.team.learning import forget
from clienteling.team.models import AllowanceRow, CoachRow
from clienteling.team.people import number_of
from consent.office import Office


def leave(office: Office, person_id: str, *, holder: frozenset[RoleName], actor: str) -> Person:
    """End somebody's access and forget what was private. Killed in between, the sweep goes on.

    Raises:
        UsageError: no such person, already ended, or oneself.
        RefusedError: officers and admins are ended by an admin only.
    """
    with office.databases.identity.write() as identity:
        person = deactivate(
            identity, office.ring, person_id, holder=holder, actor=actor, now=office.now()
        )
        number = number_of(person.id)
        identity.execute(
            delete(CoachRow).where(or_(CoachRow.user_id == number, CoachRow.coach_id == number))
        )
        identity.execute(delete(AllowanceRow).where(AllowanceRow.user_id == number))
    forget(office, [number])
    return person
