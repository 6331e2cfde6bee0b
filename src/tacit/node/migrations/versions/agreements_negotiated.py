"""Agreements are negotiated: the stage, the offers and the moves; old agreements keep their documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STAGES = (
    "UPDATE agreements SET stage = 'FINALIZED', final_at = created_at WHERE state = 'ACTIVE'",
    "UPDATE agreements SET stage = 'TERMINATED', reason = 'project.terminated' WHERE state = 'TERMINATED'",
    "UPDATE agreements SET stage = 'TERMINATED', reason = 'project.rejected' WHERE state = 'REJECTED'",
    "UPDATE agreements SET author = proposer",
    "INSERT INTO agreement_offers (agreement_id, hash, version, author, document, created_at)"
    " SELECT id, hash, 1, proposer, document, created_at FROM agreements",
)


def upgrade() -> None:
    op.create_table(
        "agreement_offers",
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "hash"),
    )
    op.create_table(
        "agreement_moves",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("move", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_agreement_moves_agreement_id", "agreement_moves", ["agreement_id"])
    with op.batch_alter_table("agreements") as batch:
        batch.add_column(sa.Column("stage", sa.String(), nullable=False, server_default="OFFERED"))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("author", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("verified", sa.JSON(none_as_null=True), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("amends_id", sa.String(), nullable=True))
        batch.add_column(sa.Column("amends_hash", sa.String(), nullable=True))
        batch.add_column(sa.Column("reason", sa.String(), nullable=True))
        batch.add_column(sa.Column("final_at", sa.Double(), nullable=True))
    for statement in _STAGES:
        op.execute(statement)
    _drop_defaults()
    _mark_accepted()


def _drop_defaults() -> None:
    """They were only for the rows that were there."""
    with op.batch_alter_table("agreements") as batch:
        for name, kind in (
            ("stage", sa.String()),
            ("version", sa.Integer()),
            ("author", sa.String()),
            ("verified", sa.JSON(none_as_null=True)),
        ):
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)


def _mark_accepted() -> None:
    """What this node signed for another proposer waits for the others: ACCEPTED. A proposal of its own is OFFERED."""
    op.execute(
        "UPDATE agreements SET stage = 'ACCEPTED'"
        " WHERE state = 'PROPOSED' AND decision = 'APPROVED' AND EXISTS"
        " (SELECT 1 FROM peers WHERE peers.name = agreements.proposer)"
    )


def downgrade() -> None:
    with op.batch_alter_table("agreements") as batch:
        for name in ("final_at", "reason", "amends_hash", "amends_id", "verified", "author", "version", "stage"):
            batch.drop_column(name)
    op.drop_index("ix_agreement_moves_agreement_id", "agreement_moves")
    op.drop_table("agreement_moves")
    op.drop_table("agreement_offers")
