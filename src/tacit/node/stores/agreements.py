"""Project agreements: proposed, signed, ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from tacit.errors import NotFoundError
from tacit.node.database import AgreementRow, Database, OutboxRow
from tacit.node.stores.outbox import enqueue


class AgreementStore:
    """Rows of agreements that this node proposed or was asked to sign."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[AgreementRow]:
        with self._database.read() as session:
            return list(session.scalars(select(AgreementRow).order_by(AgreementRow.created_at.desc(), AgreementRow.id)))

    def find(self, agreement: str) -> AgreementRow | None:
        with self._database.read() as session:
            return session.get(AgreementRow, agreement)

    def get(self, agreement: str) -> AgreementRow:
        """Raises NotFoundError("agreement.unknown")."""
        row = self.find(agreement)
        if row is None:
            raise NotFoundError("agreement.unknown", "There is no such agreement here.", found=agreement)
        return row

    def add(self, row: AgreementRow, also: Iterable[OutboxRow] = ()) -> None:
        with self._database.write() as session:
            session.add(row)
            enqueue(session, also)

    def change(self, agreement: str, also: Iterable[OutboxRow] = (), **values: Any) -> AgreementRow:
        """Set fields; a given `signatures` is merged into those that are there."""
        with self._database.write() as session:
            row = session.get(AgreementRow, agreement)
            if row is None:
                raise NotFoundError("agreement.unknown", "There is no such agreement here.", found=agreement)
            for name, value in values.items():
                setattr(row, name, {**row.signatures, **value} if name == "signatures" else value)
            enqueue(session, also)
            return row
