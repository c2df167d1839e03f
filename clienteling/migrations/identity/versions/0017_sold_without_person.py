"""what forgotten people bought, as counts."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sold_without_person",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "product_id", name=op.f("pk_sold_without_person")),
    )
