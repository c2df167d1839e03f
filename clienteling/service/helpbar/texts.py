"""The words of service requests: sealed under the customer's account key, or the request's own.

What is asked on behalf of a customer goes with the account: destroying that key ends it. Somebody
without an account has none; their request has a key of its own, which goes when its time is over.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from clienteling.errors import UsageError
from consent.keystore import keys, seals
from consent.keystore.keys import REQUEST
from consent.purposes import Purpose
from consent.records import Grant, require_grant
from consent.sealing import AssociatedData, Opener, seal
from consent.setting import Office

#: (which part of which request or note, its content)
Sealed = tuple[str, bytes]


def cleaned(text: str, longest: int, empty: str) -> str:
    """Return what was typed without spaces around it.

    Raises:
        UsageError: it is too long, or nothing is left and `empty` says what to do.
    """
    text = text.strip()
    if not text and empty:
        raise UsageError(empty)
    if len(text) > longest:
        raise UsageError(f"Keep it to {longest} characters; this has {len(text)}.")
    return text


def grant_of(office: Office, identity: Session, subject_id: str | None) -> Grant | None:
    """Return the grant under whose key a customer's requests lie; None for somebody without one.

    Raises:
        ConsentMissingError: the account has ended, or its data is used for nothing at present.
    """
    if subject_id is None:
        return None
    return require_grant(identity, subject_id, Purpose.ACCOUNT, office.now())


def seal_words(
    office: Office,
    session: Session,
    request_id: str,
    grant: Grant | None,
    item: str,
    content: bytes,
) -> bytes:
    """Seal a part of a request; `session` writes to the key database.

    Raises:
        KeyUnavailableError: the account ended this very moment.
    """
    if grant is not None:
        return seals.seal_for(
            session, office.ring, grant, content, office.binding(grant, item=item)
        )
    keys.create_request_key(session, office.ring, request_id, office.now())
    key = keys.request_key(session, office.ring, request_id)
    return seal(key.secret, content, _own(office, request_id, item).encode())


def open_words(
    office: Office,
    session: Session,
    request_id: str,
    grant: Grant | None,
    several: Sequence[Sealed],
) -> list[bytes]:
    """Open parts of a request, at the cost of opening its key once.

    Raises:
        KeyUnavailableError: its key is destroyed. SealError: it was altered or moved.
    """
    if grant is not None:
        bound = [(sealed, office.binding(grant, item=item)) for item, sealed in several]
        return seals.unseal_all_for(session, office.ring, grant, bound)
    opener = Opener(keys.request_key(session, office.ring, request_id).secret)
    return [
        opener.open(sealed, _own(office, request_id, item).encode()) for item, sealed in several
    ]


def request_item(request_id: str) -> str:
    """Return what the words of a request are bound to, besides whose they are."""
    return f"help:{request_id}"


def note_item(note_id: str) -> str:
    """Return what a note is bound to."""
    return f"help-note:{note_id}"


def _own(office: Office, request_id: str, item: str) -> AssociatedData:
    return AssociatedData(
        tenant=office.controller.tenant,
        store=office.controller.store_id,
        subject=request_id,
        purpose=REQUEST,
        model="",
        consent_id="",
        item=item,
    )
