"""After a backup was restored: ending again what had ended since, before anything is read (R38)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent import office, records
from consent.erasure import ERASE, WITHDRAW
from consent.keystore import keys
from consent.models import DataKeyRow, FlowRow, SubjectRow
from consent.purposes import WITHDRAWABLE, Purpose
from consent.rights.request_notes import owed_requests, put_back
from consent.rights.restriction import owed_restrictions, restrict
from consent.setting import Ended, Office

#: How the log and the records name what a restore did.
ACTOR = "restore"
METHOD = "restored backup"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    Attributes:
        erasures: Ended again.
        withdrawals: Ended again.
        restrictions: Set again (GDPR 18).
        requests: Put back, or their answers: without their words.
        keys: Destroyed: they came back, but no consent accounts for them.
        without_key: Consents that stand, but whose key is not in the copy: they open nothing.
    """

    erasures: int
    withdrawals: int
    restrictions: int
    requests: int
    keys: int
    without_key: int


def owed(identity: Session, endings: Iterable[Ended]) -> tuple[Ended, ...]:
    """Return what ended after these databases were copied, of customers whom they hold."""
    return tuple(
        ended
        for ended in endings
        if ended.kind in {ERASE, WITHDRAW}
        and identity.get(FlowRow, ended.flow_id) is None
        and identity.get(SubjectRow, ended.subject_id) is not None
    )


def replay(setting: Office, endings: Sequence[Ended]) -> Replayed:
    """End again what ended since, restrict again, and destroy keys without a consent.

    What was open is carried on; requests since are put back.

    An erasure or withdrawal that these databases know of is left alone; its key may still have come
    back with an older copy of the keys, so keys that no standing record accounts for go too.

    Raises:
        StorageError, LedgerError: not all is done; call it again.
    """
    with setting.databases.identity.read() as identity:
        requests = owed_requests(identity, endings)
    for request in requests:  # first: of who is erased below they stay as proof
        put_back(setting, request, actor=ACTOR)
    with setting.databases.identity.read() as identity:
        known = owed(identity, endings)
    erasures = withdrawals = 0
    for ended in known:
        with setting.databases.identity.read() as identity:
            if identity.get(SubjectRow, ended.subject_id) is None:
                continue  # an earlier line erased it
        if ended.kind == ERASE:
            office.erase(setting, ended.subject_id, actor=ACTOR, method=METHOD)
            erasures += 1
        else:
            purposes = [p for p in WITHDRAWABLE if p.value in ended.purposes]
            done = office.withdraw(setting, ended.subject_id, purposes, actor=ACTOR, method=METHOD)
            withdrawals += bool(done.purposes)
    office.resume(setting)
    with setting.databases.identity.read() as identity:
        restricted = owed_restrictions(identity, endings)
    for subject_id, ground in restricted.items():
        restrict(setting, subject_id, ground, actor=ACTOR)
    with setting.databases.keys.read() as session:
        rows = session.execute(select(DataKeyRow.subject_id, DataKeyRow.purpose)).all()
    held = {(subject_id, Purpose(purpose)) for subject_id, purpose in rows}
    with setting.databases.identity.read() as identity:
        given = records.given(identity)
    lost = held - given
    if lost:
        with setting.databases.keys.write() as session:
            for subject_id, purpose in lost:
                keys.destroy_data_keys(session, subject_id, [purpose])
    return Replayed(
        erasures, withdrawals, len(restricted), len(requests), len(lost), len(given - held)
    )
