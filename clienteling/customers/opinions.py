"""What a customer thought of a product that was suggested, under `preferences`: one tap each."""

import hashlib
import hmac
import uuid
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from clienteling.customers.kept import Drawer, Kept, ToldBy
from clienteling.customers.records import RecordKind
from consent.office import Office
from consent.records import Grant

#: So long what was refused is not suggested again; tastes change.
REFUSED_FOR = timedelta(days=180)


class Verdict(StrEnum):
    """What the customer said."""

    LIKED = "liked"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Opinion:
    """An opinion of a product of the catalogue. `what`: its name, as it was then."""

    product_id: Annotated[str, StringConstraints(min_length=1, max_length=36)]
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    verdict: Verdict
    told_by: ToldBy = ToldBy.STAFF


_OPINIONS = Drawer(RecordKind.OPINION, Opinion, most=1_000)


def read(office: Office, grant: Grant) -> tuple[Kept[Opinion], ...]:
    """Return the customer's opinions, the newest first. The caller logs that they were read.

    Raises:
        As `records.records_of`.
    """
    return _OPINIONS.read(office, grant)


def say(
    office: Office,
    subject_id: str,
    product_id: str,
    what: str,
    verdict: Verdict,
    *,
    actor: str,
    told_by: ToldBy = ToldBy.STAFF,
) -> str:
    """Keep an opinion in place of an earlier one of this product; logged. Returns its id.

    Raises:
        UsageError: `what` is empty or too long, or 1,000 are kept already.
        ConsentMissingError: the customer does not share preferences.
    """
    made = _OPINIONS.made(product_id=product_id, what=what, verdict=verdict, told_by=told_by)
    id_ = _id(office, subject_id, product_id)
    return _OPINIONS.add(office, subject_id, made, actor=actor, id=id_)


def take_back(office: Office, subject_id: str, product_id: str, *, actor: str) -> bool:
    """Remove the opinion of a product (a tap by mistake); logged. Returns whether it was there.

    Raises:
        ConsentMissingError: as `say`.
    """
    id_ = _id(office, subject_id, product_id)
    return _OPINIONS.remove(office, subject_id, id_, actor=actor)


def liked(opinions: tuple[Kept[Opinion], ...]) -> frozenset[str]:
    """Return the products, by id, that were liked."""
    return frozenset(
        one.content.product_id for one in opinions if one.content.verdict is Verdict.LIKED
    )


def refused(opinions: tuple[Kept[Opinion], ...], today: date) -> frozenset[str]:
    """Return the products, by id, that were refused within the last half year."""
    since = today - REFUSED_FOR
    return frozenset(
        one.content.product_id
        for one in opinions
        if one.content.verdict is Verdict.REFUSED and date.fromisoformat(one.day) > since
    )


def _id(office: Office, subject_id: str, product_id: str) -> str:
    """One opinion for each customer and product; a keyed hash, so that no id tells of which."""
    said = f"opinion\0{subject_id}\0{product_id}".encode()
    return str(uuid.UUID(bytes=hmac.digest(office.ring.lookup, said, hashlib.sha256)[:16]))
