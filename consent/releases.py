"""The release that is signed before a face is captured, where the profile asks for one (R42).

740 ILCS 14/10 takes an electronic signature (SB 2979, 2024). On a screen the customer types their
full name. The record holds a salted commitment to it and to the text, and no name: the name and its
salt are sealed apart (`clienteling.customers.releases`). Who has both can check the commitment;
once they are erased nobody can.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.canonical import JSON, canonical
from consent.clock import stamp
from consent.errors import ConsentMissingError, PolicyRefusedError
from consent.models import ConsentRow
from consent.notices import Notice
from consent.purposes import FACES, Purpose
from consent.records import Grant
from consent.region.policy import RegionProfile

LONGEST_NAME = 120
_SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class TypedName:
    """A signature on a screen. `repr` shows neither the name nor its salt."""

    name: str = field(repr=False)
    salt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedForm:
    """A signature on paper: where the form is, for example "release 17"."""

    form: str


Signature = TypedName | SignedForm


def sign(name: str) -> TypedName:
    """Return the signature of somebody who typed their full name.

    Raises:
        ConsentMissingError: nothing was typed, or more than fits.
    """
    typed = " ".join(name.split())
    if not typed or len(typed) > LONGEST_NAME:
        raise ConsentMissingError(
            f"Type your full name (at most {LONGEST_NAME} letters) to sign the release."
        )
    return TypedName(typed, secrets.token_bytes(_SALT_BYTES))


def commitment(signature: TypedName, document_sha256: str) -> str:
    """Return the hex SHA-256 of the salt, then RFC 8785 JSON of name and text."""
    signed = canonical({"name": signature.name, "document": document_sha256})
    return hashlib.sha256(signature.salt + signed).hexdigest()


def opens(e_signature: Mapping[str, Any], signature: TypedName) -> bool:
    """Whether this name, with this salt, is the one that a record's `e_signature` commits to."""
    opened = commitment(signature, e_signature["document"]["sha256"])
    return hmac.compare_digest(opened, str(e_signature.get("commitment", "")))


def body_of(signature: Signature, text: Notice, now: datetime) -> dict[str, JSON]:
    """Return the signature under a release as a record's `e_signature` holds it."""
    document: dict[str, JSON] = {
        "version": text.version,
        "language": text.language,
        "sha256": text.sha256,
    }
    if isinstance(signature, SignedForm):
        process: dict[str, JSON] = {"process": "signed on paper", "form": signature.form}
    else:
        process = {
            "process": "full name typed on the screen under the release, then a second act",
            "commitment": commitment(signature, text.sha256),
            "opened_by": "SHA-256 of the salt, then RFC 8785 JSON of document (its sha256) and "
            "name; name and salt are in the customer's export until the account is erased",
        }
    return {**process, "document": document, "at": stamp(now)}


def check_signed(
    profile: RegionProfile, signature: Signature | None, choices: Mapping[Purpose, bool]
) -> None:
    """Refuse a yes to a face being captured without the release that the law here asks for.

    Raises:
        PolicyRefusedError: it is not signed.
    """
    if not profile.release_needed or not any(choices.get(one, False) for one in FACES):
        return
    if signature is None or (isinstance(signature, SignedForm) and not signature.form.strip()):
        raise PolicyRefusedError(
            f"In {profile.jurisdiction} a release is signed before a face is captured: on the "
            "kiosk's screen, or on paper (--release-signed FORM). Nothing was recorded."
        )


def require_release(identity: Session, profile: RegionProfile, grant: Grant) -> ConsentRow | None:
    """Return the record under which a face may be captured; None where no release is needed.

    Raises:
        PolicyRefusedError: the consent carries no signature.
    """
    if not profile.release_needed:
        return None
    row = identity.scalars(select(ConsentRow).filter_by(record_id=grant.record_id)).one()
    if row.body.get("e_signature") is None:
        raise PolicyRefusedError(
            f"No release is signed, and in {profile.jurisdiction} no face is captured without one. "
            "Let the customer sign at the kiosk, or on paper (--release-signed FORM)."
        )
    return row
