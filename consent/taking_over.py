"""Taking over customers whom the shop had before: the account alone, on the contract it rests on.

Nobody consents by standing in a file (GDPR 4(11)): every other purpose is asked of the customer
here. The record says what the account rests on and in which file it stood, and the customer gets a
receipt with a code as whoever joins does (R17), to be sent with what the law has them told
(GDPR 13 and 14).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from consent.clock import stamp
from consent.errors import ConsentMissingError
from consent.keystore import keys
from consent.models import SubjectRow
from consent.office import Office
from consent.proof import receipts
from consent.purposes import Purpose
from consent.recording import Act, record
from consent.records import Grant, State, subjects_granting

#: The method that records and receipts name.
METHOD: Final = "import"
#: The only basis on which somebody is a customer without having been asked here.
CONTRACT: Final = "contract:"


@dataclass(frozen=True, slots=True)
class Source:
    """Where customers come from.

    Attributes:
        basis: What their accounts rest on, "contract: loyalty programme 2024".
        file: SHA-256 of the file, hexadecimal.
        actor: Who takes them over.
    """

    basis: str
    file: str
    actor: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A customer who is taken over, and the withdrawal code to send."""

    subject_id: str
    code: str = field(repr=False)


def check_basis(basis: str) -> str:
    """Return the basis without spaces around it.

    Raises:
        ConsentMissingError: it is no contract, so that nobody is a customer by it.
    """
    said = basis.strip()
    if not said.startswith(CONTRACT) or not said.removeprefix(CONTRACT).strip():
        raise ConsentMissingError(
            "Only accounts that rest on a contract can be taken over from a file: name it, as "
            '"contract: loyalty programme 2024". What needs a consent is asked of the customer.'
        )
    return said


def take_over(
    identity: Session, office: Office, source: Source, rows: Sequence[int], now: datetime
) -> list[TakenOver]:
    """Record new customers, in the caller's transaction; `rows` say where each stood in the file.

    The caller makes the keys next (`open_accounts`), and seals what the file says.
    """
    taken = []
    for row in rows:
        subject_id = str(uuid.uuid4())
        identity.add(SubjectRow(id=subject_id, created_at=stamp(now)))
        act = Act(
            actor=source.actor,
            method=METHOD,
            notice=None,
            transferred=True,
            attestation=f"{source.basis}; file with SHA-256 {source.file}, row {row}",
        )
        recorded = record(identity, office, subject_id, Purpose.ACCOUNT, State.GIVEN, act, now)
        issued = receipts.issue(
            identity, office.ring, office.controller, subject_id, [recorded], now, code=True
        )
        assert issued.code is not None
        taken.append(TakenOver(subject_id, issued.code))
    return taken


def open_accounts(office: Office, subject_ids: Sequence[str]) -> tuple[Grant, ...]:
    """Make the keys of these accounts, some hundred; returns the grants of those that stand.

    What is there already stays, so that a process that died halfway can go on.
    """
    now = office.now()
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, Purpose.ACCOUNT, now, subject_ids)
    with office.databases.keys.write() as session:
        keys.create_data_keys(session, office.ring, grants, now)
    with office.databases.identity.read() as identity:
        stand = subjects_granting(identity, Purpose.ACCOUNT, office.now(), subject_ids)
    ended = {grant.subject_id for grant in grants} - {grant.subject_id for grant in stand}
    if ended:  # erased this very moment: no key may stay behind
        with office.databases.keys.write() as session:
            for subject_id in ended:
                keys.destroy_data_keys(session, subject_id, [Purpose.ACCOUNT])
    return stand
