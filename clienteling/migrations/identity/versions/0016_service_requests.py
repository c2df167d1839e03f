"""keep service requests, the reasons behind them, and what is said to who would tell others."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_reason",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=60), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_reason")),
    )
    op.create_table(
        "contact_reason_count",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("reason", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=36), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "month", "reason", "product_id", name=op.f("pk_contact_reason_count")
        ),
    )
    op.create_table(
        "smile_invitation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=280), server_default="", nullable=False),
        sa.Column("link", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_smile_invitation")),
    )
    op.create_table(
        "help_request",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("consent_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.String(length=32), nullable=True),
        sa.Column("appointment_at", sa.String(length=32), nullable=True),
        sa.Column("queue_day", sa.String(length=10), nullable=True),
        sa.Column("queue_number", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.String(length=36), nullable=True),
        sa.Column("product_id", sa.String(length=36), nullable=True),
        sa.Column("counted_in", sa.String(length=7), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
    )
    op.create_index(op.f("ix_help_request_changed_at"), "help_request", ["changed_at"])
    op.create_index(op.f("ix_help_request_queue_day"), "help_request", ["queue_day"])
    op.create_index("ix_help_request_status_due", "help_request", ["status", "due_at"])
    op.create_index(op.f("ix_help_request_subject_id"), "help_request", ["subject_id"])
    op.create_table(
        "help_note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["help_request.id"],
            name=op.f("fk_help_note_request_id_help_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_note")),
    )
    op.create_index(op.f("ix_help_note_request_id"), "help_note", ["request_id"])
    op.create_index(op.f("ix_help_note_subject_id"), "help_note", ["subject_id"])
