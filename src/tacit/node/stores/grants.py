"""Grants: given to peers, and asked for at peers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update

from tacit.errors import NotFoundError
from tacit.governance.grants import MOVES, GrantState
from tacit.node.database import Database, OutboxRow
from tacit.node.stores.outbox import enqueue
from tacit.node.tables.inbox import GrantRow

GIVEN, ASKED = "given", "asked"


class GrantStore:
    """`move` is the only way to another state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, row: GrantRow, also: Iterable[OutboxRow] = ()) -> None:
        with self._database.write() as session:
            session.add(row)
            enqueue(session, also)

    def find(self, grant: str) -> GrantRow | None:
        with self._database.read() as session:
            return session.get(GrantRow, grant)

    def get(self, grant: str) -> GrantRow:
        """Raises NotFoundError("grant.unknown")."""
        row = self.find(grant)
        if row is None:
            raise NotFoundError("grant.unknown", "There is no such grant here.", found=grant)
        return row

    def all(self, *, side: str | None = None, state: str | None = None, peer: str | None = None) -> list[GrantRow]:
        """Newest first."""
        query = select(GrantRow).order_by(GrantRow.created_at.desc(), GrantRow.id)
        for column, value in ((GrantRow.side, side), (GrantRow.state, state), (GrantRow.peer, peer)):
            if value is not None:
                query = query.where(column == value)
        with self._database.read() as session:
            return list(session.scalars(query))

    def move(self, grant: str, state: GrantState, also: Iterable[OutboxRow] = (), **values: Any) -> bool:
        """Change the state and `values` in one commit; False if it may not go there from where it is."""
        sources = [each for each, targets in MOVES.items() if state in targets]
        query = update(GrantRow).where(GrantRow.id == grant, GrantRow.state.in_(sources))
        with self._database.write() as session:
            if not session.execute(query.values(state=state, **values)).rowcount:  # type: ignore[attr-defined]
                return False
            enqueue(session, also)
            return True
