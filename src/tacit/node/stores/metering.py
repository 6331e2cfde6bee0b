"""The meter's rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, tuple_

from tacit.governance.metering import Use
from tacit.node.database import Database, JobRow
from tacit.node.tables.metering import MeteredJobRow, UseRow
from tacit.schema.states import JobState


@dataclass(frozen=True, slots=True)
class Period:
    """Which uses are asked for; None: all. Times in Unix seconds, `until` excluded."""

    since: float | None = None
    until: float | None = None
    agreement: str | None = None
    dataset: str | None = None
    owner: str | None = None


class UsageStore:
    """Uses are written once and never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unmetered(self, limit: int) -> list[JobRow]:
        """Finished jobs that are not metered yet, oldest first."""
        metered = select(MeteredJobRow.job_id)
        wanted = select(JobRow).where(JobRow.state == JobState.FINISHED, JobRow.id.not_in(metered))
        with self._database.read() as session:
            return list(session.scalars(wanted.order_by(JobRow.ended_at).limit(limit)))

    def add(self, job: MeteredJobRow, uses: Iterable[Use]) -> bool:
        """False if the job was metered meanwhile."""
        with self._database.write() as session:
            if session.get(MeteredJobRow, job.job_id) is not None:
                return False
            session.add(job)
            session.add_all(_row(use) for use in uses)
            return True

    def page(self, period: Period, limit: int, after: Sequence[Any] | None) -> list[Use]:
        """Newest first; `after`: (at, job, owner, dataset) of the last one before."""
        query = _within(select(UseRow), period)
        keys = (UseRow.at, UseRow.job_id, UseRow.owner, UseRow.dataset)
        if after is not None:
            query = query.where(tuple_(*keys) < tuple(after))
        with self._database.read() as session:
            found = session.scalars(query.order_by(*(key.desc() for key in keys)).limit(limit))
            return [_use(row) for row in found]

    def all(self, period: Period) -> list[Use]:
        """Oldest first."""
        query = _within(select(UseRow), period).order_by(UseRow.at, UseRow.job_id, UseRow.owner, UseRow.dataset)
        with self._database.read() as session:
            return [_use(row) for row in session.scalars(query)]

    def jobs(self, period: Period) -> list[MeteredJobRow]:
        query = select(MeteredJobRow)
        if period.since is not None:
            query = query.where(MeteredJobRow.at >= period.since)
        if period.until is not None:
            query = query.where(MeteredJobRow.at < period.until)
        if period.agreement is not None:
            query = query.where(MeteredJobRow.agreement_id == period.agreement)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(MeteredJobRow.at)))


def _within(query: Select[Any], period: Period) -> Select[Any]:
    if period.since is not None:
        query = query.where(UseRow.at >= period.since)
    if period.until is not None:
        query = query.where(UseRow.at < period.until)
    for column, value in (
        (UseRow.agreement_id, period.agreement),
        (UseRow.dataset, period.dataset),
        (UseRow.owner, period.owner),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


_FIELDS = ("job_id", "agreement_id", "owner", "dataset", "initiator", "rows", "columns", "queries", "at")


def _row(use: Use) -> UseRow:
    return UseRow(
        users=list(use.users), operators=list(use.operators), **{name: getattr(use, name) for name in _FIELDS}
    )


def _use(row: UseRow) -> Use:
    return Use(users=tuple(row.users), operators=tuple(row.operators), **{name: getattr(row, name) for name in _FIELDS})
