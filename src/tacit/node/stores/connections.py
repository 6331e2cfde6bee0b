"""Named connections, without their credentials."""

from __future__ import annotations

from sqlalchemy import select, update

from tacit.errors import InputError, NotFoundError
from tacit.node.database import Database, Document
from tacit.node.tables.vault import ConnectionRow


class ConnectionStore:
    """Rows of connections."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ConnectionRow]:
        with self._database.read() as session:
            return list(session.scalars(select(ConnectionRow).order_by(ConnectionRow.name)))

    def get(self, name: str) -> ConnectionRow:
        """Raises NotFoundError("connection.unknown")."""
        with self._database.read() as session:
            row = session.get(ConnectionRow, name)
        if row is None:
            raise NotFoundError(
                "connection.unknown",
                f"There is no connection '{name}' here.",
                hint="See `tacit connection list`, or make it with `tacit connection add`.",
            )
        return row

    def add(self, row: ConnectionRow) -> None:
        """Raises InputError("connection.exists")."""
        with self._database.write() as session:
            if session.get(ConnectionRow, row.name) is not None:
                raise InputError(
                    "connection.exists",
                    f"There is a connection '{row.name}' already.",
                    hint="Change it with `tacit connection change`, or remove it first.",
                )
            session.add(row)

    def replace(self, row: ConnectionRow) -> None:
        with self._database.write() as session:
            session.merge(row)

    def remove(self, name: str) -> None:
        with self._database.write() as session:
            row = session.get(ConnectionRow, name)
            if row is not None:
                session.delete(row)

    def note_test(self, name: str, at: float, outcome: Document) -> None:
        with self._database.write() as session:
            session.execute(update(ConnectionRow).where(ConnectionRow.name == name).values(tested_at=at, test=outcome))
