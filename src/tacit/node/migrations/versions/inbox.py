"""Tables of inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_items()
    _add_grants()
    _add_standing()
    op.create_table(
        "approval_uses",
        _text("source"),
        _text("job_id"),
        _time("at"),
        sa.PrimaryKeyConstraint("source", "job_id"),
    )
    op.create_index("uses_by_time", "approval_uses", ["source", "at"])
    op.create_table(
        "approval_counters",
        _text("source"),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )


def downgrade() -> None:
    for table in (
        "approval_counters",
        "approval_uses",
        "standing_approvals",
        "grants",
        "delegations",
        "inbox_items",
    ):
        op.drop_table(table)


def _add_items() -> None:
    op.create_table(
        "inbox_items",
        *(_text(name) for name in ("id", "kind", "subject")),
        _text("open_key", nullable=True),
        _json("title"),
        _json("summary"),
        _text("requested_by"),
        sa.Column("level", sa.Integer(), nullable=False),
        _text("state"),
        _json("decisions"),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _time("due_at", nullable=True),
        _time("created_at"),
        _time("ended_at", nullable=True),
        _time("reminded_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
    )
    op.create_index("inbox_by_state", "inbox_items", ["state", "kind"])
    op.create_index("inbox_by_subject", "inbox_items", ["kind", "subject"])
    op.create_table(
        "delegations",
        *(_text(name) for name in ("id", "delegator", "delegate")),
        _json("roles"),
        _json("kinds"),
        _time("from_at"),
        _time("until"),
        _text("note"),
        _time("created_at"),
        _time("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _add_grants() -> None:
    op.create_table(
        "grants",
        *(_text(name) for name in ("id", "side", "peer", "selector")),
        _json("datasets"),
        _text("agreement", nullable=True),
        _text("purpose", nullable=True),
        _json("operators", nullable=True),
        _time("until", nullable=True),
        sa.Column("max_jobs", sa.Integer(), nullable=True),
        _text("state"),
        _json("permit", nullable=True),
        _text("requested_by"),
        _text("decided_by", nullable=True),
        _time("created_at"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("grants_by_peer", "grants", ["peer", "side", "state"])


def _add_standing() -> None:
    op.create_table(
        "standing_approvals",
        *(_text(name) for name in ("id", "name")),
        _json("flow"),
        *(_text(name) for name in ("flow_hash", "initiator", "agreement")),
        sa.Column("max_runs", sa.Integer(), nullable=True),
        _time("until", nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        _json("disclosures"),
        _text("state"),
        _text("requested_by"),
        _time("created_at"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("standing_by_hash", "standing_approvals", ["flow_hash"])


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _json(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=nullable)
