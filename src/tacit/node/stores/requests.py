"""Requests with an idempotency key: claimed before they run, answered once, forgotten when they expire."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from tacit.node.clock import now
from tacit.node.database import Database
from tacit.node.tables.idempotency import RequestRow


@dataclass(frozen=True, slots=True)
class Sealed:
    """An answer as it is kept."""

    status: int
    media: str
    answer: bytes


class RequestStore:
    """The primary key decides who was first, also between several processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, request: str, fingerprint: str, seconds: float) -> RequestRow | None:
        """None when the request is now the caller's to run; else what is known of the one before."""
        try:
            with self._database.write() as session:
                session.execute(delete(RequestRow).where(RequestRow.expires_at < now()))
                known = session.get(RequestRow, request)
                if known is None:
                    session.add(RequestRow(id=request, fingerprint=fingerprint, expires_at=now() + seconds))
                return known
        except IntegrityError:
            return self.find(request)

    def find(self, request: str) -> RequestRow | None:
        with self._database.read() as session:
            return session.get(RequestRow, request)

    def keep(self, request: str, sealed: Sealed) -> None:
        """Durable when it returns."""
        values = {"status": sealed.status, "media": sealed.media, "answer": sealed.answer}
        with self._database.write() as session:
            session.execute(update(RequestRow).where(RequestRow.id == request).values(**values))

    def release(self, request: str) -> None:
        """Nothing was done: it may be tried again."""
        with self._database.write() as session:
            session.execute(delete(RequestRow).where(RequestRow.id == request, RequestRow.status.is_(None)))
