"""Runs the migrations on the connection that `tacit.node.database.migrate` hands over."""

from __future__ import annotations

from alembic import context

from tacit.node.database import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
