"""Labels of columns, their history, and what scans found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class ColumnLabelRow(Table):
    """What is known of one column. `source`: "suggested", "confirmed", or "inherited" from a dataset that was removed.

    `type`: of the column when it was labelled. `suggested`: the highest suggestion of all scans: level, klass, rule.
    `seen`: up to which suggested level a person has decided. `pending`: a change that waits for a second person.
    """

    __tablename__ = "column_labels"
    dataset: Mapped[str] = mapped_column(primary_key=True)
    column: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    level: Mapped[int]
    klass: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[float | None]
    rule: Mapped[str | None]
    reasons: Mapped[list[Any]]
    confirmed_by: Mapped[str | None]
    reason: Mapped[str]
    at: Mapped[float]
    suggested: Mapped[Document | None]
    seen: Mapped[int]
    pending: Mapped[Document | None]


class LabelHistoryRow(Table):
    """One change of a label; never changed, never removed."""

    __tablename__ = "label_history"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dataset: Mapped[str]
    column: Mapped[str]
    level: Mapped[int]
    klass: Mapped[str]
    source: Mapped[str]
    confidence: Mapped[float | None]
    rule: Mapped[str | None]
    by: Mapped[str]
    reason: Mapped[str]
    at: Mapped[float]
    __table_args__ = (Index("label_history_by_dataset", "dataset", "number"), {"sqlite_autoincrement": True})


class LabelScanRow(Table):
    """The last scan of a dataset. `state`: "running", "done", "failed" (with `code`)."""

    __tablename__ = "label_scans"
    dataset: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    code: Mapped[str | None]
    rows: Mapped[int] = mapped_column(BigInteger)
    sampled: Mapped[int]
    findings: Mapped[list[Any]]
    started_at: Mapped[float]
    ended_at: Mapped[float | None]
