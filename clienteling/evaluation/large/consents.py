"""What the invented customers agree to and tell, recorded many at a time.

At a kiosk each customer is a transaction of their own (`consent.office.change`); here the same
records, receipts and keys are made, fifty customers in one transaction, because joining one by one
is not what is measured.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from clienteling.customers.profile import Preferences, as_json, stated, stated_allergies
from clienteling.customers.sections import section_row
from clienteling.evaluation.large.files import WORDS
from consent.declaring import Statement, check_statement, declare
from consent.keystore import keys, seals
from consent.office import Office
from consent.proof import receipts
from consent.purposes import Purpose
from consent.records import Grant, State, subjects_granting

_BATCH: Final = 50
#: Of so many customers one agrees to it; of four of these, one says nothing.
_ONE_IN: Final[Mapping[Purpose, int]] = {
    Purpose.PURCHASES: 1,
    Purpose.PREFERENCES: 2,
    Purpose.ALLERGIES: 4,
    Purpose.RECOGNISE: 5,
}
_SILENT: Final = 4
_CODES: Final = ("milk", "nuts", "eggs", "peanuts")


def agree(office: Office, chance: random.Random, tell: Callable[[int], None]) -> int:
    """Record consents of every customer, and seal tastes and allergies; returns how many."""
    with office.databases.identity.read() as identity:
        accounts = subjects_granting(identity, Purpose.ACCOUNT, office.now())
    everybody = [grant.subject_id for grant in accounts]
    for start in range(0, len(everybody), _BATCH):
        some = everybody[start : start + _BATCH]
        chosen = {
            who: [purpose for purpose, one in _ONE_IN.items() if (start + n) % one == 0]
            for n, who in enumerate(some)
        }
        _record(office, chosen)
        for purpose in _ONE_IN:
            theirs = [who for who, purposes in chosen.items() if purpose in purposes]
            _seal(office, purpose, theirs, chance)
        tell(start + len(some))
    return len(everybody)


def _record(office: Office, chosen: Mapping[str, Sequence[Purpose]]) -> None:
    statement = Statement(
        language="en",
        notice_version=office.notices.current_version,
        method="kiosk",
        collected_by="device:bench",
        attestation=None,
        confirmed=True,
        age_confirmed=True,
    )
    check_statement(office, statement, dict.fromkeys(_ONE_IN, True))
    now = office.now()
    with office.databases.identity.write() as identity:
        for who, purposes in chosen.items():
            rows = declare(identity, office, who, statement, State.GIVEN, purposes, now)
            receipts.issue(identity, office.ring, office.controller, who, rows, now, code=False)


def _seal(office: Office, purpose: Purpose, theirs: Sequence[str], chance: random.Random) -> None:
    if not theirs:
        return
    now = office.now()
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, purpose, now, theirs)
    said = {Purpose.PREFERENCES: _likes, Purpose.ALLERGIES: _allergies}.get(purpose)
    content = [
        (grant, said(office, chance), office.binding(grant))
        for n, grant in enumerate(grants)
        if said is not None and n % _SILENT
    ]
    with office.databases.keys.write() as session:
        keys.create_data_keys(session, office.ring, grants, now)
        sealed = seals.seal_each_for(session, office.ring, content)
    with office.databases.identity.write() as identity:
        for one, bytes_ in zip(content, sealed, strict=True):
            grant: Grant = one[0]
            identity.add(section_row(grant, bytes_))


def _likes(_office: Office, chance: random.Random) -> bytes:
    return as_json(stated(Preferences, likes=tuple(chance.sample(WORDS, 3))))


def _allergies(office: Office, chance: random.Random) -> bytes:
    return as_json(stated_allergies(office, (chance.choice(_CODES),)))
