"""when what a paper describes changed."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("paper_export", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.String(length=32), nullable=True))
