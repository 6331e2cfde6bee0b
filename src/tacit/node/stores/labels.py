"""Labels of columns. Reading a label and changing it happens in one transaction, together with its history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tacit.node.database import Database
from tacit.node.tables.labels import ColumnLabelRow, LabelHistoryRow, LabelScanRow


class Sheet:
    """The labels of one dataset inside one transaction."""

    def __init__(self, session: Session, dataset: str) -> None:
        self._session, self._dataset = session, dataset
        self.rows = _rows(session, dataset, lock=True)

    def put(self, row: ColumnLabelRow, by: str) -> None:
        """Keep a row whose label has changed, and write down who changed it."""
        self.keep(row)
        self._session.add(
            LabelHistoryRow(
                dataset=self._dataset,
                column=row.column,
                level=row.level,
                klass=row.klass,
                source=row.source,
                confidence=row.confidence,
                rule=row.rule,
                by=by,
                reason=row.reason,
                at=row.at,
            )
        )

    def keep(self, row: ColumnLabelRow) -> None:
        """Keep a row whose label itself is as it was."""
        if row.column not in self.rows:
            self._session.add(row)
            self.rows[row.column] = row


class LabelStore:
    """Labels, their history, and the last scan of each dataset."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, dataset: str) -> dict[str, ColumnLabelRow]:
        """Column -> row."""
        with self._database.read() as session:
            return _rows(session, dataset)

    @contextmanager
    def changing(self, dataset: str) -> Iterator[Sheet]:
        """One transaction around the labels of a dataset."""
        with self._database.write() as session:
            yield Sheet(session, dataset)

    def history(self, dataset: str) -> list[LabelHistoryRow]:
        """Oldest first."""
        query = select(LabelHistoryRow).where(LabelHistoryRow.dataset == dataset)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(LabelHistoryRow.number)))

    def scan(self, dataset: str) -> LabelScanRow | None:
        with self._database.read() as session:
            return session.get(LabelScanRow, dataset)

    def scans(self, state: str) -> list[LabelScanRow]:
        """Scans in this state."""
        with self._database.read() as session:
            return list(session.scalars(select(LabelScanRow).where(LabelScanRow.state == state)))

    def begin_scan(self, dataset: str, at: float) -> LabelScanRow:
        """A scan has been asked for; what the last one found stays until this one ends."""
        with self._database.write() as session:
            row = session.get(LabelScanRow, dataset)
            if row is None:
                row = LabelScanRow(dataset=dataset, state="", rows=0, sampled=0, findings=[], started_at=at)
                session.add(row)
            row.state, row.code, row.started_at, row.ended_at = "running", None, at, None
            return row

    def end_scan(self, dataset: str, **values: Any) -> None:
        """Nothing if the dataset has been removed meanwhile."""
        with self._database.write() as session:
            row = session.get(LabelScanRow, dataset)
            for name, value in values.items() if row is not None else ():
                setattr(row, name, value)

    def forget_scan(self, dataset: str) -> None:
        with self._database.write() as session:
            row = session.get(LabelScanRow, dataset)
            if row is not None:
                session.delete(row)


def _rows(session: Session, dataset: str, *, lock: bool = False) -> dict[str, ColumnLabelRow]:
    """`lock`: nobody else changes them until the transaction ends (PostgreSQL; SQLite has one writer anyway)."""
    query = select(ColumnLabelRow).where(ColumnLabelRow.dataset == dataset).order_by(ColumnLabelRow.column)
    query = query.with_for_update() if lock else query
    return {row.column: row for row in session.scalars(query)}
