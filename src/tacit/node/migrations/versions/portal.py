"""Tables of portal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_applications()
    op.create_table(
        "products",
        *(_text(name) for name in ("name", "state")),
        sa.Column("version", sa.Integer(), nullable=False),
        _json("offer"),
        _json("document", nullable=True),
        _json("audience", nullable=True),
        _time("created_at"),
        _time("changed_at"),
        _text("changed_by"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "peer_products",
        *(_text(name) for name in ("peer", "name")),
        _json("document"),
        sa.PrimaryKeyConstraint("peer", "name"),
    )
    op.create_table(
        "product_fetches",
        _text("peer"),
        _time("fetched_at", nullable=True),
        _time("tried_at"),
        _text("error", nullable=True),
        sa.PrimaryKeyConstraint("peer"),
    )


def downgrade() -> None:
    for table in ("product_fetches", "peer_products", "products", "applications"):
        op.drop_table(table)


def _add_applications() -> None:
    op.create_table(
        "applications",
        *(_text(name) for name in ("id", "side")),
        _text("open_key", nullable=True),
        *(_text(name) for name in ("node_id", "institution", "address", "fingerprint", "certificate", "version")),
        *(_text(name) for name in ("message", "state")),
        _text("reason", nullable=True),
        _text("host"),
        sa.Column("compared", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        _json("times"),
        _text("decided_by", nullable=True),
        _text("error", nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        *(_time(name) for name in ("next_at", "created_at", "expires_at")),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("open_key"),
    )
    op.create_index("applications_by_state", "applications", ["side", "state"])


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _time(name: str, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def _json(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=nullable)
