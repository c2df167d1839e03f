"""What a customer tells and signs with a consent, and agreeing to more, or for longer, later on."""

from collections.abc import Iterable, Mapping

from clienteling.customers.profile import Allergies, Preferences, write
from clienteling.customers.releases import seal_signature
from consent.office import Changed, Office, Statement, change
from consent.purposes import FACES, Purpose
from consent.records import Grant, standing
from consent.releases import TypedName
from consent.renewing import Renewed, renew


def seal_told(
    office: Office,
    grants: Mapping[Purpose, Grant],
    statement: Statement,
    preferences: Preferences | None,
    allergies: Allergies | None,
) -> None:
    """Keep what was told and signed with these consents. A part without its own is dropped.

    Args:
        office: The setting.
        grants: What was declared now and stands, and the account.
        statement: With the name under the release, which is kept beside each record that commits
            to it.
        preferences: As told; None: nothing was.
        allergies: As told; None: nothing was.
    """
    if isinstance(statement.signature, TypedName):
        for purpose in FACES:
            if purpose in grants:
                account, record_id = grants[Purpose.ACCOUNT], grants[purpose].record_id
                seal_signature(office, account, record_id, statement.signature)
    if preferences is not None and Purpose.PREFERENCES in grants:
        write(office, grants[Purpose.PREFERENCES], preferences)
    if allergies is not None and Purpose.ALLERGIES in grants:
        write(office, grants[Purpose.ALLERGIES], allergies)


def prolong(
    office: Office,
    subject_id: str,
    statement: Statement,
    choices: Mapping[Purpose, bool],
    *,
    preferences: Preferences | None = None,
    allergies: Allergies | None = None,
) -> Renewed:
    """Renew a customer's consents, and seal what was told anew with them.

    Allergies are told again, so that they are reconfirmed; nothing that was told before is shown.

    Raises:
        SubjectUnknownError, ConsentMissingError, NoticeError: as `consent.renewing.renew`.
    """
    done = renew(office, subject_id, statement, choices)
    declared = (*done.renewed, *done.begun)
    grants = _standing(office, subject_id, declared)
    seal_told(office, grants, statement, preferences, allergies)
    return done


def agree_further(
    office: Office,
    subject_id: str,
    statement: Statement,
    choices: Mapping[Purpose, bool],
    *,
    preferences: Preferences | None = None,
    allergies: Allergies | None = None,
) -> Changed:
    """Record what a customer agrees to in addition, and seal what was told for it.

    What was refused or withdrawn before and is declined again stays as it was. A face is captured
    afterwards, for what was granted here only.

    Raises:
        SubjectUnknownError, ConsentMissingError, NoticeError, PolicyRefusedError: as
            `consent.office.change`.
    """
    done = change(office, subject_id, statement, choices)
    grants = _standing(office, subject_id, done.grants)
    seal_told(office, grants, statement, preferences, allergies)
    return done


def _standing(office: Office, subject_id: str, declared: Iterable[Purpose]) -> dict[Purpose, Grant]:
    asked = {Purpose.ACCOUNT, *declared}
    with office.databases.identity.read() as identity:
        grants = standing(identity, subject_id, office.now())
    return {purpose: grant for purpose, grant in grants.items() if purpose in asked}
