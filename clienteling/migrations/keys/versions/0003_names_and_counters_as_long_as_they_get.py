"""names and counters as long as they get: SQLite never held them to it, PostgreSQL does."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service_key") as batch_op:
        batch_op.alter_column(
            "name", existing_type=sa.String(length=40), type_=sa.String(length=46)
        )
    if op.get_context().dialect.name != "sqlite":
        for table in ("data_key", "store_key"):
            op.alter_column(table, "uses", type_=sa.BigInteger())
