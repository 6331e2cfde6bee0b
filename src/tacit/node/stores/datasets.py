"""The node's own datasets: where they lie and what was found when they were last read."""

from __future__ import annotations

from sqlalchemy import select

from tacit.errors import InputError, NotFoundError
from tacit.node.database import Database, DatasetRow

_ALL = select(DatasetRow).order_by(DatasetRow.name)


class DatasetStore:
    """Rows of registered datasets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[DatasetRow]:
        with self._database.read() as session:
            return list(session.scalars(_ALL))

    def find(self, name: str) -> DatasetRow | None:
        with self._database.read() as session:
            return session.get(DatasetRow, name)

    def get(self, name: str) -> DatasetRow:
        """Raises NotFoundError("dataset.unknown")."""
        row = self.find(name)
        if row is None:
            raise NotFoundError(
                "dataset.unknown",
                f"There is no dataset '{name}' here.",
                hint="See `tacit data list`, or register it with `tacit data add`.",
            )
        return row

    def add(self, row: DatasetRow) -> None:
        """Raises InputError("dataset.exists")."""
        with self._database.write() as session:
            if session.get(DatasetRow, row.name) is not None:
                raise InputError(
                    "dataset.exists",
                    f"There is a dataset '{row.name}' already.",
                    hint="Remove it first, or refresh it.",
                )
            session.add(row)

    def replace(self, row: DatasetRow) -> None:
        with self._database.write() as session:
            session.merge(row)

    def remove(self, name: str) -> None:
        with self._database.write() as session:
            row = session.get(DatasetRow, name)
            if row is not None:
                session.delete(row)
