"""Labels of columns, their history, and what scans found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "column_labels",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        *_label(),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("suggested", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("pending", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("dataset", "column"),
    )
    op.create_table(
        "label_history",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        *_label(),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index("label_history_by_dataset", "label_history", ["dataset", "number"])
    op.create_table(
        "label_scans",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("sampled", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("dataset"),
    )


def downgrade() -> None:
    op.drop_table("label_scans")
    op.drop_index("label_history_by_dataset", "label_history")
    op.drop_table("label_history")
    op.drop_table("column_labels")


def _label() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("klass", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
    )
