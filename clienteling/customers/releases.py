"""Names under releases: sealed under the account's key, beside the record that commits to them.

They outlive a withdrawal, so that the shop can show that the release was signed, and go with the
account (docs/decisions/0181).
"""

import json
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from clienteling.customers.models import ReleaseRow
from consent import releases
from consent.errors import PolicyRefusedError
from consent.keystore.seals import seal_for, unseal_for
from consent.office import Office
from consent.purposes import Purpose
from consent.records import Grant
from consent.releases import TypedName
from consent.storage import Databases


def seal_signature(office: Office, account: Grant, record_id: str, signature: TypedName) -> None:
    """Seal the name and salt that the record of a consent to be recognised commits to."""
    content = json.dumps({"name": signature.name, "salt": signature.salt.hex()}).encode()
    with office.databases.keys.write() as keys:
        sealed = seal_for(keys, office.ring, account, content, office.binding(account))
    with office.databases.identity.write() as identity:
        identity.merge(
            ReleaseRow(
                record_id=record_id,
                subject_id=account.subject_id,
                consent_id=account.consent_id,
                sealed=sealed,
            )
        )


def open_signature(office: Office, row: ReleaseRow, account: Grant) -> TypedName:
    """Open a name under a release.

    Raises:
        KeyUnavailableError: the key was destroyed. SealError: the stored bytes were altered.
    """
    with office.databases.keys.read() as keys:
        plain = unseal_for(keys, office.ring, account, row.sealed, office.binding(account))
    content: dict[str, Any] = json.loads(plain)
    return TypedName(content["name"], bytes.fromhex(content["salt"]))


def require_signed(identity: Session, office: Office, grant: Grant) -> None:
    """Let nobody capture a face without the release that the law here asks for (R42).

    Raises:
        PolicyRefusedError: none is signed, or the name under it was not kept.
    """
    record = releases.require_release(identity, office.profile, grant)
    if record is None or "commitment" not in record.body["e_signature"]:
        return
    if identity.get(ReleaseRow, record.record_id) is None:
        raise PolicyRefusedError(
            "The name under the release was not kept. Let the customer join again and sign anew."
        )


def erase_releases(
    databases: Databases, subject_id: str, purposes: frozenset[Purpose]
) -> tuple[str, ...]:
    """Eraser: with the account go the names under its releases."""
    if Purpose.ACCOUNT in purposes:
        with databases.identity.write() as identity:
            identity.execute(delete(ReleaseRow).where(ReleaseRow.subject_id == subject_id))
    return ()
