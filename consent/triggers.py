"""Triggers that keep the log insert-only, as DDL for SQLite and for PostgreSQL.

They stop mistakes, and whoever gets hold of the application's own connection. Somebody who can
write the file, or owns the tables, can drop them; that is what verification is for.
"""

from sqlalchemy import Connection, Table, event, text

_INSERT_ONLY = ("UPDATE", "DELETE")

#: What is refused on which table, and the words for it; everything else is allowed.
REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    **{
        table: (_INSERT_ONLY, f"{table} is insert-only")
        for table in ("log_entry", "log_node", "log_checkpoint", "log_cosignature")
    },
    # A consent record is proof; its state changes by adding the next record.
    "consent_record": (("UPDATE",), "consent_record is never changed"),
    # Deleting a detail unlinks its leaf (retention, erasure); changing it would be forgery.
    "log_detail": (("UPDATE",), "log_detail is never changed"),
}


def _refuse(table: str, operation: str, reason: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{reason}'); END"
    )


def _refuse_on_server(table: str, operation: str, reason: str) -> str:
    # Per statement: TRUNCATE knows no rows, and nothing here is updated or deleted by design.
    return (
        f"CREATE OR REPLACE TRIGGER {table}_no_{operation.lower()} BEFORE {operation} ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION clienteling_refuse('{reason}')"
    )


#: For SQLite, by table name; the migrations execute the same ones.
INSERT_ONLY_TRIGGERS: dict[str, tuple[str, ...]] = {
    table: tuple(_refuse(table, operation, reason) for operation in operations)
    for table, (operations, reason) in REFUSED.items()
}

_REFUSING = """
CREATE OR REPLACE FUNCTION clienteling_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$
"""

#: For PostgreSQL, by table name; may be executed again and again.
SERVER_TRIGGERS: dict[str, tuple[str, ...]] = {
    table: (
        _REFUSING,
        *(_refuse_on_server(table, operation, reason) for operation in (*operations, "TRUNCATE")),
    )
    for table, (operations, reason) in REFUSED.items()
}


def attach(table: Table) -> None:
    """Make `metadata.create_all` create the triggers of `table` with it."""

    def create(_table: Table, connection: Connection, **_options: object) -> None:
        served = connection.dialect.name == "postgresql"
        for statement in (SERVER_TRIGGERS if served else INSERT_ONLY_TRIGGERS)[table.name]:
            connection.execute(text(statement))

    event.listen(table, "after_create", create)
