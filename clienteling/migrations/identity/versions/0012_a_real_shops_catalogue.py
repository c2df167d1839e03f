"""a real shop's catalogue: declared allergens, stock, versions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_CODES = (
    *("gluten", "crustaceans", "eggs", "fish", "peanuts", "soybeans", "milk", "nuts"),
    *("celery", "mustard", "sesame", "sulphites", "lupin", "molluscs"),
)


def upgrade() -> None:
    with op.batch_alter_table("product") as batch_op:
        batch_op.add_column(sa.Column("sku", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("name_nl", sa.String(200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("name_en", sa.String(200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("brand", sa.String(120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("image", sa.String(80), nullable=True))
        batch_op.add_column(sa.Column("launched", sa.String(10), nullable=True))
        batch_op.add_column(sa.Column("season", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("tastes", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("description", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ingredients", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("declaration", sa.JSON(), server_default="{}", nullable=False)
        )
        batch_op.add_column(
            sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        batch_op.add_column(sa.Column("updated_at", sa.String(32), nullable=True))
        batch_op.alter_column("name", existing_type=sa.String(120), type_=sa.String(200))
        batch_op.alter_column("category", existing_type=sa.String(60), type_=sa.String(300))
        batch_op.alter_column("price_cents", existing_type=sa.Integer(), nullable=True)
        batch_op.create_unique_constraint(batch_op.f("uq_product_sku"), ["sku"])
    _carry_over()
    op.drop_column("product", "allergens")
    op.drop_column("product", "traces")
    op.create_table(
        "product_stock",
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name=op.f("fk_product_stock_product_id_product"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "store_id", name=op.f("pk_product_stock")),
    )
    with op.batch_alter_table("product_stock") as batch_op:
        batch_op.create_index(batch_op.f("ix_product_stock_store_id"), ["store_id"])
    op.create_table(
        "catalogue_version",
        sa.Column("part", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_catalogue_version")),
    )


def _carry_over() -> None:
    """Two lists declared all fourteen; where one was missing, what it did not name is not known."""
    product = sa.table(
        "product",
        sa.column("id", sa.String()),
        sa.column("allergens", sa.JSON()),
        sa.column("traces", sa.JSON()),
        sa.column("declaration", sa.JSON()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(product)).all():
        told = {} if None in (row.allergens, row.traces) else dict.fromkeys(_CODES, "free")
        told |= dict.fromkeys(row.traces or (), "traces")
        told |= dict.fromkeys(row.allergens or (), "contained")
        connection.execute(product.update().where(product.c.id == row.id).values(declaration=told))
