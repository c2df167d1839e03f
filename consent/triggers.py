"""Triggers that keep the log insert-only, as DDL for SQLite.

They stop mistakes, and whoever gets hold of the application's own connection. Somebody who can
write the file can drop them; that is what verification is for.
"""

from sqlalchemy import Connection, Table, event, text


def _refuse(table: str, operation: str, reason: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
    )


#: Statements by table name; the migrations execute the same ones.
INSERT_ONLY_TRIGGERS: dict[str, tuple[str, ...]] = {
    **{
        table: tuple(
            _refuse(table, operation, f"{table} is insert-only")
            for operation in ("UPDATE", "DELETE")
        )
        for table in ("log_entry", "log_node", "log_checkpoint", "log_cosignature")
    },
    # A consent record is proof; its state changes by adding the next record.
    "consent_record": (_refuse("consent_record", "UPDATE", "consent_record is never changed"),),
    # Deleting a detail unlinks its leaf (retention, erasure); changing it would be forgery.
    "log_detail": (_refuse("log_detail", "UPDATE", "log_detail is never changed"),),
}


def attach(table: Table) -> None:
    """Make `metadata.create_all` create the triggers of `table` with it."""

    def create(_table: Table, connection: Connection, **_options: object) -> None:
        for statement in INSERT_ONLY_TRIGGERS[table.name]:
            connection.execute(text(statement))

    event.listen(table, "after_create", create)
