"""Drafts of flows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import defer

from tacit.errors import InputError, NotFoundError, ResourceError
from tacit.node.database import Database
from tacit.node.tables.flows import FlowDraftRow

MOST = 1000  # drafts of one node


class FlowDraftStore:
    """A change names the version that it is made to, and loses against a change that came before it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, limit: int, *, agreement: str | None = None, before: tuple[float, str] | None = None
    ) -> list[FlowDraftRow]:
        """The latest changed first, without their documents."""
        query = select(FlowDraftRow).options(defer(FlowDraftRow.document, raiseload=True))
        query = query.order_by(FlowDraftRow.updated_at.desc(), FlowDraftRow.id).limit(limit)
        if agreement is not None:
            query = query.where(FlowDraftRow.agreement_id == agreement)
        if before is not None:
            at, draft = before
            same = (FlowDraftRow.updated_at == at) & (FlowDraftRow.id > draft)
            query = query.where(or_(FlowDraftRow.updated_at < at, same))
        with self._database.read() as session:
            return list(session.scalars(query))

    def get(self, draft: str) -> FlowDraftRow:
        """Raises NotFoundError("flow.draft_unknown")."""
        with self._database.read() as session:
            row = session.get(FlowDraftRow, draft)
        if row is None:
            raise _unknown(draft)
        return row

    def add(self, row: FlowDraftRow) -> None:
        """Raises ResourceError("flow.drafts_full")."""
        with self._database.write() as session:
            if (session.scalar(select(func.count()).select_from(FlowDraftRow)) or 0) >= MOST:
                raise ResourceError(
                    "flow.drafts_full",
                    "This node keeps no more drafts of flows.",
                    expected=f"at most {MOST}",
                    hint="Remove drafts that nobody needs.",
                )
            session.add(row)

    def change(self, draft: str, version: int, **values: Any) -> FlowDraftRow:
        """Set fields of this very version. Raises NotFoundError, InputError("flow.conflict")."""
        query = update(FlowDraftRow).where(FlowDraftRow.id == draft, FlowDraftRow.version == version)
        with self._database.write() as session:
            done = session.execute(query.values(version=version + 1, **values))
            row = session.get(FlowDraftRow, draft, populate_existing=True)
            if row is None:
                raise _unknown(draft)
            if not done.rowcount:  # type: ignore[attr-defined]
                raise InputError(
                    "flow.conflict",
                    "Somebody else has changed this draft meanwhile.",
                    found=f"version {row.version} by {row.updated_by}",
                    expected=f"version {version}",
                    hint="Read it again, and put the changes together.",
                )
            return row

    def remove(self, draft: str) -> FlowDraftRow:
        """The draft as it was. Raises NotFoundError("flow.draft_unknown")."""
        with self._database.write() as session:
            row = session.get(FlowDraftRow, draft)
            if row is None:
                raise _unknown(draft)
            session.delete(row)
            return row


def _unknown(draft: str) -> NotFoundError:
    return NotFoundError("flow.draft_unknown", "There is no such draft of a flow.", found=draft)
