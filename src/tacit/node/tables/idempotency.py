"""Requests that bore an idempotency key, and what was answered."""

from __future__ import annotations

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Table


class RequestRow(Table):
    """`id`: digest of who asked and of the key. `answer` is sealed: its key is made from the idempotency key, which is
    not kept. Without a status the request has not ended, or the node went down meanwhile."""

    __tablename__ = "requests"
    id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]  # of method, address and body
    status: Mapped[int | None]
    media: Mapped[str | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[float]
    __table_args__ = (Index("requests_by_expiry", "expires_at"),)
