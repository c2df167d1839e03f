"""What a person declares: the statement, what makes it explicit consent, and its records (R10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from consent.canonical import JSON
from consent.errors import ConsentMissingError, NoticeError
from consent.models import ConsentRow
from consent.purposes import FACES, Purpose
from consent.recording import Act, record
from consent.records import State
from consent.releases import Signature, body_of, check_signed
from consent.setting import Office


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person declared, and how it was collected.

    Attributes:
        language: "nl" or "en".
        notice_version: The version of the texts that were shown.
        method: "kiosk", "paper", ...
        collected_by: Who collected it: a device, a user, a command.
        attestation: For paper: where the signed form is, for example "paper form 17".
        confirmed: The second act after the statement (R10).
        age_confirmed: The person declared to be of age (R15).
        signature: Under the release for the face, where the region asks for one (R42).
    """

    language: str
    notice_version: str
    method: str
    collected_by: str
    attestation: str | None
    confirmed: bool
    age_confirmed: bool
    signature: Signature | None = None


def check_statement(office: Office, statement: Statement, choices: Mapping[Purpose, bool]) -> None:
    """Refuse a declaration that is no explicit consent (R10, R15, R42).

    Raises:
        ConsentMissingError, NoticeError, PolicyRefusedError: as `open_enrolment`.
    """
    # 1 of age
    if not statement.age_confirmed:
        raise ConsentMissingError("The person did not confirm to be of age. Nothing was recorded.")
    # 2 a statement and a second act
    if not statement.confirmed:
        raise ConsentMissingError(
            "The choices were not confirmed by a second act. Show them again and ask to confirm."
        )
    if statement.method == "paper" and not (statement.attestation or "").strip():
        raise ConsentMissingError("Consent on paper needs an attestation: where is the form?")
    # 3 to the texts that are current
    current = office.notices.current_version
    if statement.notice_version != current:
        raise NoticeError(
            f"The notice {statement.notice_version!r} is not the current one "
            f"({current!r}). Show the current texts and ask again."
        )
    # 4 for what can be carried out
    for purpose, given in choices.items():
        if given and purpose not in office.choices:
            raise ConsentMissingError(f"{purpose.value!r} is not offered here.")
    # 5 with the release that the law here asks for
    check_signed(office.profile, statement.signature, choices)


def declare(
    session: Session,
    office: Office,
    subject_id: str,
    statement: Statement,
    state: State,
    purposes: Iterable[Purpose],
    now: datetime,
) -> list[ConsentRow]:
    """Record these purposes as given or refused, each with the hash of the text that was shown."""
    rows = []
    for purpose in purposes:
        notice = office.notices.get(statement.notice_version, statement.language, purpose)
        shown: dict[str, JSON] = {
            "version": notice.version,
            "language": notice.language,
            "sha256": notice.sha256,
        }
        act = Act(
            actor=statement.collected_by,
            method=statement.method,
            notice=shown,
            attestation=statement.attestation,
            confirmed=statement.confirmed,
            age_confirmed=statement.age_confirmed,
            signature=_signature(office, statement, state, purpose, now),
        )
        rows.append(record(session, office, subject_id, purpose, state, act, now))
    return rows


def _signature(
    office: Office, statement: Statement, state: State, purpose: Purpose, now: datetime
) -> dict[str, JSON] | None:
    if statement.signature is None or state is not State.GIVEN or purpose not in FACES:
        return None
    text = office.notices.release(statement.notice_version, statement.language)
    return body_of(statement.signature, text, now)
