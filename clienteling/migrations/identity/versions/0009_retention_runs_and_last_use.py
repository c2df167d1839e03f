"""Retention runs, the month of last use, and the day of a visit instead of its last day."""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: What a visit was kept for until this revision.
_KEPT = timedelta(days=90)


def upgrade() -> None:
    op.create_table(
        "retention_run",
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_retention_run")),
    )
    with op.batch_alter_table("template_alias") as batch_op:
        batch_op.add_column(
            sa.Column("used_in", sa.String(length=7), nullable=False, server_default="")
        )
    # Counted from when they were made: nobody noted the use before.
    op.execute("UPDATE template_alias SET used_in = substr(made_at, 1, 7)")
    with op.batch_alter_table("template_alias") as batch_op:
        batch_op.alter_column("used_in", server_default=None)
        batch_op.create_index(batch_op.f("ix_template_alias_used_in"), ["used_in"], unique=False)

    with op.batch_alter_table("visit") as batch_op:
        batch_op.add_column(
            sa.Column("day", sa.String(length=10), nullable=False, server_default="")
        )
    visit = sa.table("visit", sa.column("id"), sa.column("day"), sa.column("kept_until"))
    connection = op.get_bind()
    for visit_id, until in connection.execute(sa.select(visit.c.id, visit.c.kept_until)).all():
        day = (date.fromisoformat(until) - _KEPT).isoformat()
        connection.execute(visit.update().where(visit.c.id == visit_id).values(day=day))
    with op.batch_alter_table("visit") as batch_op:
        batch_op.alter_column("day", server_default=None)
        batch_op.drop_index(batch_op.f("ix_visit_kept_until"))
        batch_op.create_index(batch_op.f("ix_visit_day"), ["day"], unique=False)
        batch_op.drop_column("kept_until")
