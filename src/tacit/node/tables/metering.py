"""What finished jobs used: one row per dataset and job, and one per job for what is not a dataset's alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Table


class UseRow(Table):
    """One dataset in one job, of whichever party."""

    __tablename__ = "usage"
    job_id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(primary_key=True)
    dataset: Mapped[str] = mapped_column(primary_key=True)
    agreement_id: Mapped[str | None]
    initiator: Mapped[str]
    users: Mapped[list[Any]]
    operators: Mapped[list[Any]]
    rows: Mapped[int] = mapped_column(BigInteger)
    columns: Mapped[int]
    queries: Mapped[int]
    at: Mapped[float]
    __table_args__ = (Index("usage_by_time", "at"), Index("usage_by_agreement", "agreement_id", "at"))


class MeteredJobRow(Table):
    """A job that was metered. `bytes_sent`, `bytes_received`, `cpu_s`: of this node's workers."""

    __tablename__ = "metered_jobs"
    job_id: Mapped[str] = mapped_column(primary_key=True)
    agreement_id: Mapped[str | None]
    initiator: Mapped[str]
    bytes_sent: Mapped[int] = mapped_column(BigInteger)
    bytes_received: Mapped[int] = mapped_column(BigInteger)
    cpu_s: Mapped[float]
    at: Mapped[float]
