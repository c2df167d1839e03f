"""What the modules of single kinds share: a kind's content, read, added, changed and removed.

A `Drawer` is one kind of record with the type of its content. Whoever reads has a grant and logs
that it was shown; whoever changes something names the customer, and that is logged here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from clienteling.config import explain
from clienteling.customers import records
from clienteling.customers.records import PURPOSE_OF, NewRecord, Record, RecordKind
from clienteling.errors import UsageError
from consent.log.events import EventKind
from consent.log.ledger import append
from consent.office import Office
from consent.records import Grant, require_grant

C = TypeVar("C")


class ToldBy(StrEnum):
    """Who put something in: the customer at a screen of theirs, or staff who were told."""

    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Kept(Generic[C]):
    """One opened thing; `repr` shows none of its content."""

    id: str
    day: str
    content: C = field(repr=False)


@dataclass(frozen=True, slots=True)
class Drawer(Generic[C]):
    """One kind of record.

    Attributes:
        type: A frozen pydantic dataclass.
        most: So many of one customer are kept; then one must go first.
        each_day: So many for each day, and not in all.
    """

    kind: RecordKind
    type: type[C]
    most: int
    each_day: bool = False

    def made(self, **values: Any) -> C:
        """Return content of what a person typed.

        Raises:
            UsageError: a value is missing, too long or not known; the message names the field.
        """
        try:
            return TypeAdapter(self.type).validate_python(values)
        except ValidationError as error:
            raise UsageError(f"{self.type.__name__}: {explain(error)}") from error

    def read(self, office: Office, grant: Grant) -> tuple[Kept[C], ...]:
        """Return the customer's, the newest day first. The caller logs that they were shown.

        Raises:
            As `records.records_of`.
        """
        adapter = TypeAdapter(self.type)
        return tuple(
            Kept(one.id, one.day, adapter.validate_json(one.content))
            for one in records.records_of(office, grant, self.kind)
        )

    def add(
        self,
        office: Office,
        subject_id: str,
        content: C,
        *,
        actor: str,
        day: str | None = None,
        id: str | None = None,  # noqa: A002 - as `NewRecord` names it
    ) -> str:
        """Keep one more and log it; returns its id. The same id again replaces what was there.

        Raises:
            ConsentMissingError: the customer did not give the purpose, or withdrew it.
            UsageError: so many are kept already.
        """
        grant = self._grant(office, subject_id)
        there = {
            one.id
            for one in records.records_of(office, grant, self.kind)
            if not self.each_day or one.day == day
        }
        if id not in there and len(there) >= self.most:
            raise UsageError(f"{self.most} of these are kept already. Remove one first.")
        self._log(office, EventKind.RECORD_KEPT, subject_id, actor)
        return records.keep(office, grant, NewRecord(self.kind, self._json(content), day, id))

    def get(self, office: Office, grant: Grant, record_id: str) -> Kept[C] | None:
        """Return one of this customer's, or None: gone, another's, or of another kind.

        Raises:
            As `records.record`.
        """
        found = self._find(office, grant, record_id)
        if found is None:
            return None
        return Kept(found.id, found.day, TypeAdapter(self.type).validate_json(found.content))

    def change(
        self, office: Office, subject_id: str, record_id: str, content: C, *, actor: str
    ) -> bool:
        """Put other content into one and log it; returns whether it was there.

        Raises:
            ConsentMissingError: the purpose does not stand.
        """
        grant = self._grant(office, subject_id)
        if self._find(office, grant, record_id) is None:
            return False
        self._log(office, EventKind.RECORD_CHANGED, subject_id, actor)
        return records.change(office, grant, record_id, self._json(content))

    def remove(self, office: Office, subject_id: str, record_id: str, *, actor: str) -> bool:
        """Remove one and log it; returns whether it was there.

        Raises:
            ConsentMissingError: the purpose does not stand; then it is gone, or will be.
        """
        grant = self._grant(office, subject_id)
        if self._find(office, grant, record_id) is None:
            return False
        self._log(office, EventKind.RECORD_REMOVED, subject_id, actor)
        return records.remove(office, grant, record_id)

    def _find(self, office: Office, grant: Grant, record_id: str) -> Record | None:
        found = records.record(office, grant, record_id)
        return found if found is not None and found.kind is self.kind else None

    def _grant(self, office: Office, subject_id: str) -> Grant:
        with office.databases.identity.read() as identity:
            return require_grant(identity, subject_id, PURPOSE_OF[self.kind], office.now())

    def _json(self, content: C) -> bytes:
        return TypeAdapter(self.type).dump_json(content)

    def _log(self, office: Office, kind: EventKind, subject_id: str, actor: str) -> None:
        with office.databases.identity.write() as identity:
            append(
                identity,
                office.ring,
                kind,
                actor=actor,
                about=subject_id,
                detail={"kind": self.kind.value},
                now=office.now(),
            )


def log_shown(office: Office, subject_ids: Iterable[str], reader: str, part: str) -> None:
    """Log of each of these customers, once, that a part of what is kept was shown.

    Raises:
        LedgerError: it cannot be logged; then it must not be shown.
    """
    with office.databases.identity.write() as identity:
        for subject_id in dict.fromkeys(subject_ids):
            append(
                identity,
                office.ring,
                EventKind.PROFILE_READ,
                actor=reader,
                about=subject_id,
                detail={"part": part},
                now=office.now(),
            )
