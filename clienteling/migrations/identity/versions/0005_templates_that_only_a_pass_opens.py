"""templates that only a pass opens."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("template_alias") as batch_op:
        batch_op.add_column(
            sa.Column("holder", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
