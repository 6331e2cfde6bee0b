"""Messages that wait for their peer. `enqueue` is called inside other stores' transactions: state and announcement
are committed together, so that nothing is announced that is not kept and nothing kept stays unannounced."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tacit.node.clock import now
from tacit.node.database import Database, EventRow, OutboxRow
from tacit.node.stores.events import append


def enqueue(session: Session, also: Iterable[OutboxRow | EventRow]) -> None:
    """Add messages and log events to this transaction. A message whose key waits already is dropped."""
    for row in also:
        if isinstance(row, EventRow):
            append(session, row)
        elif session.scalar(select(OutboxRow.number).where(OutboxRow.key == row.key)) is None:
            session.add(row)


class OutboxStore:
    """What waits, per peer, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, messages: Iterable[OutboxRow]) -> None:
        with self._database.write() as session:
            enqueue(session, messages)

    def first(self, peer: str) -> OutboxRow | None:
        query = select(OutboxRow).where(OutboxRow.peer == peer).order_by(OutboxRow.number).limit(1)
        with self._database.read() as session:
            return session.scalar(query)

    def remove(self, number: int) -> None:
        with self._database.write() as session:
            session.execute(delete(OutboxRow).where(OutboxRow.number == number))

    def peers(self) -> list[str]:
        """Peers for whom something waits."""
        with self._database.read() as session:
            return list(session.scalars(select(OutboxRow.peer).distinct()))

    def drop_expired(self) -> None:
        with self._database.write() as session:
            session.execute(delete(OutboxRow).where(OutboxRow.expires_at < now()))
