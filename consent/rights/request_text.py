"""The free text of requests: sealed under the customer's account key, or under the request's own.

What a customer writes goes with the account: destroying that key ends it. Somebody who is no
customer (a passer-by may complain) has no account; their request has a key of its own.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from consent import records
from consent.errors import ConsentMissingError
from consent.keystore import keys, seals
from consent.keystore.keys import REQUEST
from consent.models import RequestRow
from consent.purposes import Purpose
from consent.records import Grant
from consent.sealing import AssociatedData, seal, unseal
from consent.setting import Office

#: Characters of a text or a reply; a page of writing.
LONGEST = 2000


def account_grant(identity: Session, subject_id: str, now: datetime) -> Grant:
    """Return the grant under whose key a customer's texts lie; also while restricted.

    Raises:
        ConsentMissingError: the account has ended.
    """
    grants = records.standing_for_the_customer(identity, subject_id, now)
    if Purpose.ACCOUNT not in grants:
        raise ConsentMissingError("This customer's account has ended; nothing more is kept.")
    return grants[Purpose.ACCOUNT]


def seal_text(
    office: Office, request_id: str, part: str, text: str, grant: Grant | None
) -> bytes | None:
    """Seal a text ("text") or a reply ("reply") of a request; None stays None: nothing was said.

    Raises:
        KeyUnavailableError: the account ended this very moment.
    """
    content = text.strip()[:LONGEST].encode()
    if not content:
        return None
    with office.databases.keys.write() as session:
        if grant is not None:
            aad = office.binding(grant, f"{part}:{request_id}")
            return seals.seal_for(session, office.ring, grant, content, aad)
        keys.create_request_key(session, office.ring, request_id, office.now())
        key = keys.request_key(session, office.ring, request_id)
        return seal(key.secret, content, _own_binding(office, request_id, part).encode())


def open_text(office: Office, row: RequestRow, part: str, grant: Grant | None) -> str:
    """Open a text or a reply; "" where there is none.

    Raises:
        KeyUnavailableError: its key is destroyed. SealError: it was altered or moved.
    """
    sealed = row.text if part == "text" else row.reply
    if sealed is None:
        return ""
    with office.databases.keys.read() as session:
        if grant is not None:
            aad = office.binding(grant, f"{part}:{row.id}")
            return seals.unseal_for(session, office.ring, grant, sealed, aad).decode()
        key = keys.request_key(session, office.ring, row.id)
    return unseal(key.secret, sealed, _own_binding(office, row.id, part).encode()).decode()


def _own_binding(office: Office, request_id: str, part: str) -> AssociatedData:
    return AssociatedData(
        tenant=office.controller.tenant,
        store=office.controller.store_id,
        subject=request_id,
        purpose=REQUEST,
        model=part,
        consent_id="",
    )
