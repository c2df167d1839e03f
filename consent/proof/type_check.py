"""Checking that every stored value is of its column's kind, before anything is made of it.

SQLite keeps whatever it is given: text where bytes belong, text that is no UTF-8, no JSON.
Whoever alters a file can use that to make its readers stumble.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Integer,
    LargeBinary,
    Table,
    cast,
    func,
    inspect,
    null,
    select,
)
from sqlalchemy.orm import Session

from consent.canonical import canonical
from consent.models import (
    ConsentRow,
    IdentityBase,
    LogCheckpointRow,
    LogCosignatureRow,
    LogDetailRow,
    LogEntryRow,
    LogNodeRow,
    LogWitnessRow,
)

_BATCH = 500

#: Each table of the log with the entry that a row belongs to.
_TABLES: tuple[tuple[type[IdentityBase], ColumnElement[Any]], ...] = (
    (LogEntryRow, LogEntryRow.leaf_index.expression),
    (LogDetailRow, LogDetailRow.leaf_index.expression),
    (LogCheckpointRow, LogCheckpointRow.tree_size - 1),
    (LogCosignatureRow, LogCosignatureRow.tree_size - 1),
    (LogWitnessRow, null()),
    (LogNodeRow, LogNodeRow.position.op("<<")(LogNodeRow.level)),
    (ConsentRow, ConsentRow.leaf_index.expression),
)


def check_types(identity: Session) -> Iterator[tuple[int | None, str]]:
    """Yield (entry, what) for each value that is not of its column's kind. SQLite only needs it."""
    if identity.get_bind().dialect.name != "sqlite":
        return
    for model, index in _TABLES:
        table = inspect(model).local_table
        assert isinstance(table, Table)
        columns = tuple(table.columns)
        kinds = (func.typeof(c).label(f"{c.name}_kind") for c in columns)
        values = (cast(c, LargeBinary).label(f"{c.name}_value") for c in columns)
        query = select(index.label("entry"), *kinds, *values).execution_options(yield_per=_BATCH)
        for number, *read in identity.execute(query):
            for column, kind, value in zip(
                columns, read[: len(columns)], read[len(columns) :], strict=True
            ):
                if not _fits(column, kind, value):
                    yield (
                        number if isinstance(number, int) else None,
                        f"A value of {table.name}.{column.name} cannot be read: altered.",
                    )


def _fits(column: Column[Any], kind: str, value: bytes | None) -> bool:
    if value is None:
        return column.nullable is True
    if isinstance(column.type, Integer):
        return kind == "integer"
    if isinstance(column.type, LargeBinary):
        return kind == "blob"
    read = _is_json_object if isinstance(column.type, JSON) else _is_text
    return kind == "text" and read(value)


def _is_text(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except ValueError:
        return False
    return True


def _is_json_object(value: bytes) -> bool:
    try:
        stored = json.loads(value)
        canonical(stored)  # what is not canonical JSON was never hashed
    except (ValueError, RecursionError):
        return False
    return isinstance(stored, dict)
