"""Policies of datasets, with every version; what was charged to datasets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class PolicyRow(Table):
    """One version of the policy of a dataset. `activated_at` none: a draft."""

    __tablename__ = "policies"
    dataset: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[Document]
    hash: Mapped[str]
    drafted_by: Mapped[str]
    drafted_at: Mapped[float]
    activated_by: Mapped[str | None]
    activated_at: Mapped[float | None]


class PolicyHeadRow(Table):
    """Which version of a dataset's policy is in force; none: the level defaults alone. `latest`: the last draft."""

    __tablename__ = "policy_heads"
    dataset: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int | None]
    latest: Mapped[int]


class BudgetRow(Table):
    """What all noised queries on a dataset have spent, in the units of `tacit.governance.budgets`. Never falls."""

    __tablename__ = "budgets"
    dataset: Mapped[str] = mapped_column(primary_key=True)
    epsilon: Mapped[int] = mapped_column(BigInteger)
    delta: Mapped[int] = mapped_column(BigInteger)
    rho: Mapped[int] = mapped_column(BigInteger)
    touched_at: Mapped[float]


class ChargeRow(Table):
    """One charge. `key` makes one of two charges for the same thing. `kind`: "job" or "noise"."""

    __tablename__ = "budget_charges"
    key: Mapped[str] = mapped_column(primary_key=True)
    dataset: Mapped[str]
    kind: Mapped[str]
    job_id: Mapped[str]
    step: Mapped[str | None]
    rows: Mapped[int] = mapped_column(BigInteger)
    epsilon: Mapped[int] = mapped_column(BigInteger)
    delta: Mapped[int] = mapped_column(BigInteger)
    rho: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[float]
    __table_args__ = (Index("budget_charges_by_time", "dataset", "kind", "at"),)
