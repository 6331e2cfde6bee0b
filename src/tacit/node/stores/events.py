"""The log of a job: safe events only, kept at every party."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tacit.node.database import Database, EventRow


def append(session: Session, row: EventRow) -> None:
    """Add an own event to this transaction; sets its serial."""
    query = select(func.max(EventRow.serial)).where(EventRow.job_id == row.job_id, EventRow.party == row.party)
    row.serial = (session.scalar(query) or 0) + 1
    session.add(row)
    session.flush()


class EventStore:
    """Append and read. `number` is the node's own order, `serial` the order of the party that wrote it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, row: EventRow) -> None:
        """Keep an own event."""
        with self._database.write() as session:
            append(session, row)

    def merge(self, rows: Iterable[EventRow]) -> int:
        """Keep copies of other parties' events; returns how many were new."""
        new = 0
        with self._database.write() as session:
            for row in rows:
                query = select(EventRow.number).where(
                    EventRow.job_id == row.job_id, EventRow.party == row.party, EventRow.serial == row.serial
                )
                if session.scalar(query) is None:
                    session.add(row)
                    session.flush()
                    new += 1
        return new

    def after(self, job_id: str | None, number: int, limit: int = 1000) -> list[EventRow]:
        """Events of one job (None: of all) with a greater number, oldest first."""
        query = select(EventRow).where(EventRow.number > number).order_by(EventRow.number).limit(limit)
        if job_id is not None:
            query = query.where(EventRow.job_id == job_id)
        with self._database.read() as session:
            return list(session.scalars(query))

    def of_codes(self, job_ids: Iterable[str], codes: Iterable[str]) -> dict[str, list[EventRow]]:
        """Events of some codes, by job, oldest first."""
        wanted = list(job_ids)
        found: dict[str, list[EventRow]] = {job_id: [] for job_id in wanted}
        query = select(EventRow).where(EventRow.job_id.in_(wanted), EventRow.code.in_(list(codes)))
        with self._database.read() as session:
            for row in session.scalars(query.order_by(EventRow.number)):
                found[row.job_id].append(row)
        return found

    def last_number(self) -> int:
        with self._database.read() as session:
            return session.scalar(select(func.max(EventRow.number))) or 0
