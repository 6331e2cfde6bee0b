"""Where the audit trail lies: an append-only table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from tacit.ledger.audit import AuditEntry
from tacit.node.database import AuditRow, Database

_AT_ONCE = 1000


class AuditTable:
    """The AuditStore of `tacit.ledger.audit`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> AuditEntry | None:
        """The newest entry."""
        with self._database.read() as session:
            row = session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
        return None if row is None else AuditEntry.model_validate(row.entry)

    def append(self, entry: AuditEntry) -> None:
        """Durable when it returns; the primary key refuses a number that is taken."""
        with self._database.write() as session:
            session.add(AuditRow(number=entry.number, entry=entry.model_dump(mode="json")))

    def entries(self, after: int = 0, limit: int | None = None) -> Iterable[AuditEntry]:
        """Entries with a greater number, oldest first."""
        query = select(AuditRow).where(AuditRow.number > after).order_by(AuditRow.number).limit(limit)
        with self._database.read() as session:
            return [AuditEntry.model_validate(row.entry) for row in session.scalars(query)]

    def walk(self) -> Iterator[AuditEntry]:
        """All, oldest first, some at a time: a trail may be longer than memory."""
        after = 0
        while found := list(self.entries(after, _AT_ONCE)):
            yield from found
            after = found[-1].number
