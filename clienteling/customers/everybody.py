"""Records of all customers at once: for what is learnt, listed or counted about everybody."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import select

from clienteling.customers.models import RecordRow
from clienteling.customers.records import PURPOSE_OF, Record, RecordKind, opened_with
from clienteling.customers.sections import batched
from consent.errors import KeyUnavailableError
from consent.office import Office
from consent.records import Grant, subjects_granting


def everybodys(office: Office, kind: RecordKind) -> Iterator[Record]:
    """Open the records of a kind of everyone whose consent stands, customer by customer.

    Some hundred customers are read at a time, so that memory does not grow with the shop.

    A record whose key is already destroyed is left out: forgetting wins. Each key is opened once.

    Raises:
        SealError: stored bytes were altered or moved.
    """
    with office.databases.identity.read() as identity:
        grants = subjects_granting(identity, PURPOSE_OF[kind], office.now())
    for some in batched(sorted(grants, key=lambda grant: grant.subject_id)):
        yield from _of_some(office, kind, some)


def _of_some(office: Office, kind: RecordKind, grants: Sequence[Grant]) -> Iterator[Record]:
    theirs = {grant.subject_id: grant for grant in grants}
    with office.databases.identity.read() as identity:
        rows = identity.scalars(
            select(RecordRow).where(RecordRow.subject_id.in_(theirs), RecordRow.kind == kind.value)
        ).all()
    # Ordered here: asked to, SQLite would go through this kind of all customers each time.
    rows = sorted(rows, key=lambda row: (row.subject_id, row.day, row.id))
    found = list[Record]()
    with office.databases.keys.read() as keys:
        for subject_id, several in groupby(rows, key=lambda row: row.subject_id):
            grant = theirs[subject_id]
            standing = [row for row in several if row.consent_id == grant.consent_id]
            try:
                found += opened_with(keys, office, grant, standing)
            except KeyUnavailableError:
                continue
    yield from found


def holders(office: Office, kind: RecordKind) -> tuple[str, ...]:
    """Return the numbers of the customers of whom records of a kind are kept; opens nothing."""
    with office.databases.identity.read() as identity:
        found = identity.scalars(
            select(RecordRow.subject_id).where(RecordRow.kind == kind.value).distinct()
        )
        return tuple(sorted(found))
