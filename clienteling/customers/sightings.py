"""From an alias that a camera saw to the customer, for commands: consent first, and logged."""

from dataclasses import dataclass

from clienteling.customers.profile import Account, read
from clienteling.customers.templates import subject_of
from consent.log.ledger import EventKind, append
from consent.office import Office
from consent.purposes import Purpose
from consent.records import require_grant


@dataclass(frozen=True, slots=True)
class Seen:
    """Who it was; empty when nobody, or when consent does not stand."""

    customer: str | None = None
    name: str | None = None


def resolve(office: Office, alias: str | None, *, names: bool, actor: str) -> Seen:
    """Return the customer behind an alias, and the name if asked for; the read is logged."""
    subject_id = None if alias is None else subject_of(office, alias)
    if subject_id is None:
        return Seen()
    name = None
    if names:
        with office.databases.identity.read() as identity:
            grant = require_grant(identity, subject_id, Purpose.ACCOUNT, office.now())
        account = read(office, grant, Account)
        name = None if account is None else account.name
    with office.databases.identity.write() as identity:
        append(
            identity,
            office.ring,
            EventKind.REPLAY_READ,
            actor=actor,
            about=subject_id,
            detail={"name": names},
            now=office.now(),
        )
    return Seen(subject_id, name)
