"""Auto-approve rules of this node."""

from __future__ import annotations

from sqlalchemy import select

from tacit.errors import NotFoundError
from tacit.node.database import Database, RuleRow


class RuleStore:
    """Rules in the order in which they were made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[RuleRow]:
        with self._database.read() as session:
            return list(session.scalars(select(RuleRow).order_by(RuleRow.created_at, RuleRow.id)))

    def add(self, row: RuleRow) -> None:
        with self._database.write() as session:
            session.add(row)

    def remove(self, rule: str) -> None:
        """Raises NotFoundError("rule.unknown")."""
        with self._database.write() as session:
            row = session.get(RuleRow, rule)
            if row is None:
                raise NotFoundError("rule.unknown", "There is no such rule.", found=rule)
            session.delete(row)
