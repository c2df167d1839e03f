"""templates by purpose."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("template_alias") as batch_op:
        batch_op.add_column(
            sa.Column("purpose", sa.String(length=20), server_default="recognise", nullable=False)
        )
