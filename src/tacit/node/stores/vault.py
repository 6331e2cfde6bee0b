"""Rows of sealed secrets. What is in them only `tacit.node.vault` can read."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from tacit.node.database import Database
from tacit.node.tables.vault import SecretRow


class VaultStore:
    """Sealed secrets by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[SecretRow]:
        with self._database.read() as session:
            return list(session.scalars(select(SecretRow).order_by(SecretRow.name)))

    def find(self, name: str) -> SecretRow | None:
        with self._database.read() as session:
            return session.get(SecretRow, name)

    def put(self, row: SecretRow) -> None:
        with self._database.write() as session:
            session.merge(row)

    def remove(self, name: str) -> None:
        with self._database.write() as session:
            row = session.get(SecretRow, name)
            if row is not None:
                session.delete(row)

    def replace_wrapping(self, rows: Iterable[SecretRow]) -> None:
        """All or none."""
        with self._database.write() as session:
            for row in rows:
                changed = {"key_id": row.key_id, "wrapped": row.wrapped}
                session.execute(
                    update(SecretRow)
                    .where(SecretRow.name == row.name, SecretRow.version == row.version)
                    .values(changed)
                )
