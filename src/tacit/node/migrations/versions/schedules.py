"""Flows that the node submits at set times."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("flow", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("flow_hash", sa.String(), nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("cron", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claimed_due_at", sa.Double(), nullable=True),
        sa.Column("last", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("last_job", sa.String(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("schedules")
