"""Meters finished jobs and makes bills of them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from pydantic import ValidationError

from tacit.errors import NotFoundError, TacitError
from tacit.governance.metering import Bill, Use, bill, uses_of
from tacit.node.blueprint import Planner
from tacit.node.clock import iso
from tacit.node.database import JobRow
from tacit.node.stores.agreements import AgreementStore
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.stores.metering import Period, UsageStore
from tacit.node.tables.metering import MeteredJobRow
from tacit.schema.agreement import ProjectAgreement
from tacit.schema.job import JobAgreement

Grouping = Literal["agreement", "dataset", "owner", "initiator", "month"]
BATCH = 200  # jobs that are looked at together
_log = structlog.get_logger("metering")
COLUMNS = ("time", "job", "agreement", "owner", "dataset", "initiator", "users", "operators", "rows", "columns")


@dataclass(frozen=True, slots=True)
class Metering:
    """Wired by `tacit.node.wiring`. A job is metered when somebody first asks after it has ended, exactly once: what is
    needed lies in the job's own signed records, so that no end of a job can be missed."""

    me: str
    store: UsageStore
    jobs: JobStore
    tasks: TaskStore
    planner: Planner
    agreements: AgreementStore

    def catch_up(self) -> None:
        """Meter what has ended since. A job whose flow cannot be read with the operators that are installed now stays
        for later."""
        unread: set[str] = set()
        while rows := [row for row in self.store.unmetered(BATCH + len(unread)) if row.id not in unread]:
            for row in rows:
                try:
                    self._meter(row)
                except (TacitError, ValidationError) as fault:
                    unread.add(row.id)
                    _log.warning("metering.job_unreadable", job=row.id, reason=type(fault).__name__)

    def page(self, period: Period, limit: int, after: Sequence[Any] | None) -> list[Use]:
        """Newest first."""
        self.catch_up()
        return self.store.page(period, limit, after)

    def summary(self, period: Period, by: Grouping) -> list[dict[str, Any]]:
        """Jobs, queries, rows and bytes per group, in the order of the groups."""
        self.catch_up()
        groups: dict[str, list[Use]] = defaultdict(list)
        for use in self.store.all(period):
            groups[_group(use, by)].append(use)
        traffic = {job.job_id: job for job in self.store.jobs(period)}
        return [_summed(name, groups[name], traffic) for name in sorted(groups)]

    def export(self, period: Period) -> Iterator[str]:
        """Lines of CSV, oldest first."""
        self.catch_up()
        yield _line(COLUMNS)
        for use in self.store.all(period):
            yield _line(
                [
                    *(iso(use.at), use.job_id, use.agreement_id or "", use.owner, use.dataset, use.initiator),
                    *(" ".join(use.users), " ".join(use.operators), use.rows, use.columns),
                ]
            )

    def bill(self, agreement_id: str, since: float | None, until: float | None) -> Bill:
        """What the jobs of an agreement cost in a period.

        Raises NotFoundError("agreement.unknown", "usage.no_prices").
        """
        terms = ProjectAgreement.model_validate(self.agreements.get(agreement_id).document)
        if not terms.prices:
            raise NotFoundError(
                "usage.no_prices", "The agreement has no prices.", hint="Its members can agree on an amendment."
            )
        self.catch_up()
        return bill(self.store.all(Period(since, until, agreement_id)), terms)

    def _meter(self, row: JobRow) -> None:
        ended = row.ended_at or row.created_at
        reports = [task.report for task in self.tasks.of_job(row.id) if task.party == self.me and task.report]
        job = MeteredJobRow(
            job_id=row.id,
            agreement_id=row.agreement_id or None,
            initiator=row.initiator,
            bytes_sent=sum(int(report.get("bytes_sent") or 0) for report in reports),
            bytes_received=sum(int(report.get("bytes_received") or 0) for report in reports),
            cpu_s=sum(float(report.get("cpu_s") or 0) for report in reports),
            at=ended,
        )
        agreement = JobAgreement.model_validate(row.pact)
        self.store.add(job, uses_of(agreement, self.planner.of_job(row).plan, ended))


def _group(use: Use, by: Grouping) -> str:
    names = {
        "agreement": use.agreement_id or "",
        "dataset": f"{use.owner}.{use.dataset}",
        "owner": use.owner,
        "initiator": use.initiator,
        "month": (iso(use.at) or "")[:7],
    }
    return names[by]


def _summed(name: str, uses: list[Use], traffic: dict[str, MeteredJobRow]) -> dict[str, Any]:
    jobs = {use.job_id for use in uses}
    metered = [traffic[job] for job in jobs if job in traffic]
    return {
        "group": name,
        "jobs": len(jobs),
        "queries": sum(use.queries for use in uses),
        "rows": sum(use.rows for use in uses),
        "bytes_sent": sum(job.bytes_sent for job in metered),
        "bytes_received": sum(job.bytes_received for job in metered),
        "cpu_s": round(sum(job.cpu_s for job in metered), 3),
    }


def _line(cells: Sequence[Any]) -> str:
    """A cell that a spreadsheet would take for a formula is made plain text."""
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if str(cell)[:1] in "=+-@" else cell for cell in cells])
    return out.getvalue()
