"""Submits flows at their times, as ordinary jobs: the same checks, approvals and rules as for a job that a person
submits.

A run is claimed in the database, under the number that its job will have, before the job is submitted. After a crash
in between the job of that number is there or it is not: so no time is served twice, and none is lost.
Times that passed while the node was down are served by one run. While the last job of a schedule has not ended, a run
is left out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

import structlog

from tacit.errors import InternalError, ParameterError, RefusedError, TacitError
from tacit.ledger.audit import AuditTrail
from tacit.node.clock import now
from tacit.node.cron import next_due
from tacit.node.database import ScheduleRow
from tacit.node.forecasting import Forecasting
from tacit.node.scheduler import Scheduler
from tacit.node.stores.jobs import JobStore
from tacit.node.stores.schedules import ScheduleStore
from tacit.node.ticker import Ticker
from tacit.schema.flow import Flow
from tacit.schema.states import JOB_ENDED

TICK_S = 1.0
SUBMITTED, SKIPPED, FAILED = "submitted", "skipped", "failed"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_log = structlog.get_logger("schedules")


class Schedules:
    """A thread that looks at the clock; what it does is in `look`. `clock` tells seconds since 1970."""

    def __init__(
        self,
        *,
        store: ScheduleStore,
        jobs: JobStore,
        scheduler: Scheduler,
        forecasting: Forecasting,
        trail: AuditTrail,
        clock: Callable[[], float] = now,
    ) -> None:
        self.store = store
        self.clock = clock
        self._jobs = jobs
        self._scheduler = scheduler
        self._forecasting = forecasting
        self._trail = trail
        self._ticker = Ticker("schedules")

    def start(self) -> None:
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()

    # -- what the owner asks for -----------------------------------------------------------------------------------

    def add(
        self, flow: Flow, *, cron: str, timezone: str = "UTC", name: str | None = None, agreement: str | None = None
    ) -> ScheduleRow:
        """Keep a flow and its times. It is checked now as it would be if it were submitted.

        Raises ParameterError("schedule.…"), InputError("schedule.exists"), and what `Scheduler.submit` raises.
        """
        chosen = name if name is not None else _named_after(flow)
        if not _NAME.fullmatch(chosen):
            raise ParameterError(
                "schedule.name_invalid",
                "This cannot be the name of a schedule.",
                found=chosen,
                expected="a lower-case letter, then letters, digits, - or _, at most 63 in all",
                hint="Give it a name with --name.",
            )
        moment = self.clock()
        due_at = next_due(cron, timezone, moment)
        self._scheduler.examine(flow, agreement)
        row = ScheduleRow(
            name=chosen,
            flow=flow.document(),
            flow_hash=flow.hash(),
            agreement_id=agreement or "",
            cron=" ".join(cron.split()),
            timezone=timezone,
            paused=False,
            due_at=due_at,
            created_at=moment,
        )
        self.store.add(row)
        self._record("schedule.added", chosen, flow_hash=row.flow_hash)
        return row

    def remove(self, name: str) -> None:
        """Jobs that it submitted go on. Raises NotFoundError("schedule.unknown")."""
        self.store.remove(name)
        self._record("schedule.removed", name)

    def pause(self, name: str) -> ScheduleRow:
        """No runs until it is resumed. Raises NotFoundError("schedule.unknown")."""
        row = self.store.change(name, paused=True)
        self._record("schedule.paused", name)
        return row

    def resume(self, name: str) -> ScheduleRow:
        """Goes on with the next time; those that passed are not made up for. Raises NotFoundError."""
        row = self.store.get(name)
        if row.paused:
            row = self.store.change(name, paused=False, due_at=next_due(row.cron, row.timezone, self.clock()))
            self._record("schedule.resumed", name)
        return row

    # -- what the clock asks for -----------------------------------------------------------------------------------

    def look(self) -> None:
        """One round: finish what a crash left open, then serve what is due."""
        for row in self.store.claimed():
            self._serve(row, str(row.claim), float(row.claimed_due_at or 0.0))
        for row in self.store.due(self.clock()):
            self._take(row)

    def _take(self, row: ScheduleRow) -> None:
        number = secrets.token_hex(16)
        try:
            next_at = next_due(row.cron, row.timezone, self.clock())
        except TacitError as fault:  # the machine has lost the time zone
            self.store.change(row.name, paused=True, last=self._outcome(row.due_at, FAILED, fault=fault))
            return
        if self.store.claim(row, next_at, number):
            self._serve(row, number, row.due_at)

    def _serve(self, row: ScheduleRow, number: str, due_at: float) -> None:
        last = self._attempt(row, number, due_at)
        self.store.settle(row.name, number, last)
        details = {key: last[key] for key in ("job_id", "code") if last[key] is not None}
        _log.log(20 if last["outcome"] == SUBMITTED else 30, f"schedule.{last['outcome']}", name=row.name, **details)
        self._record(f"schedule.{last['outcome']}", row.name, actor="node", **details)

    def _attempt(self, row: ScheduleRow, number: str, due_at: float) -> dict[str, Any]:
        """Submit the job unless it is there already, or the one before it still runs."""
        job_id = f"job-{number}"
        try:
            if self._jobs.find(job_id) is None:
                self._check_free(row)
                self._submit(row, number)
        except TacitError as fault:
            kind = SKIPPED if fault.code == "schedule.overlap" else FAILED
            return self._outcome(due_at, kind, job_id=row.last_job if kind == SKIPPED else None, fault=fault)
        except Exception:
            _log.exception("schedules.fault", name=row.name)
            if self._jobs.find(job_id) is None:
                ours = InternalError("internal.fault", "A fault of the node.", hint="See logs/node.log.")
                return self._outcome(due_at, FAILED, fault=ours)
        return self._outcome(due_at, SUBMITTED, job_id=job_id)

    def _submit(self, row: ScheduleRow, number: str) -> None:
        self._scheduler.submit(
            Flow.model_validate(row.flow),
            name=row.name,
            agreement=row.agreement_id or None,
            forecast=self._forecasting.of,
            number=number,
        )

    def _check_free(self, row: ScheduleRow) -> None:
        """Raises RefusedError("schedule.overlap")."""
        last = self._jobs.find(row.last_job) if row.last_job is not None else None
        if last is not None and last.state not in JOB_ENDED:
            raise RefusedError(
                "schedule.overlap",
                "This run was left out: the job of the run before it has not ended.",
                found=last.state,
                hint="Wait for it or cancel it; look at it with `tacit job show`.",
            )

    def _outcome(
        self, due_at: float, outcome: str, *, job_id: str | None = None, fault: TacitError | None = None
    ) -> dict[str, Any]:
        told = {} if fault is None else fault.as_dict()
        shown = {key: told.get(key) for key in ("code", "message", "found", "hint")}
        return {"due_at": due_at, "at": self.clock(), "outcome": outcome, "job_id": job_id, **shown}

    def _record(self, act: str, name: str, actor: str = "person", **details: Any) -> None:
        self._trail.record(act, f"schedule:{name}", details, actor=actor)


def _named_after(flow: Flow) -> str:
    """The flow's name as it can name a schedule."""
    return re.sub(r"[^a-z0-9_]+", "-", flow.name.lower()).strip("-")[:63]
