"""Which retry of a job this is, and which one an attempt belongs to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("jobs", "tasks"):
        op.add_column(table, sa.Column("retry", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for table in ("jobs", "tasks"):
        op.drop_column(table, "retry")
