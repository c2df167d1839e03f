"""Rows of a table in the order of a number, in step with other tables, never all held at once."""

from collections.abc import Iterator
from typing import Any, Final, Generic, Self, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from consent.models import IdentityBase

BATCH: Final = 500
_Row = TypeVar("_Row", bound=IdentityBase)


class Aligned(Generic[_Row]):
    """Rows in the order of a number, asked for one number after the other.

    A context: what was not asked for stays behind, and a server keeps a cursor for it until then.
    """

    def __init__(
        self, identity: Session, model: type[_Row], key: InstrumentedAttribute[int], *where: Any
    ) -> None:
        query = select(model).where(key >= 0, *where).order_by(key)
        self._result = identity.scalars(query.execution_options(yield_per=BATCH))
        self._rows: Iterator[_Row] = iter(self._result)
        self._key = key.key
        self._session = identity
        self._next: _Row | None = next(self._rows, None)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Leave the rest unread."""
        self._result.close()

    def at(self, number: int) -> _Row | None:
        """Return the row with this number, if there is one."""
        row = self._next
        if row is None or getattr(row, self._key) != number:
            return None
        self._next = next(self._rows, None)
        self._session.expunge(row)
        return row
