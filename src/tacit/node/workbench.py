"""Runs this party's side of steps: checks the start call against the agreement, starts workers, reports their end."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tacit.errors import InternalError, NotFoundError, RefusedError, ResourceError, TacitError
from tacit.flow.plan import PlannedStep
from tacit.interconnect.endpoints import TASK_CALLBACK
from tacit.interconnect.shapes import CallbackExtra, Empty, TaskCallback, TaskExtra, TaskStart
from tacit.node.database import JobRow, OutboxRow, TaskRow
from tacit.node.diary import Diary
from tacit.node.outbox import Outbox, message
from tacit.node.policing import Policing
from tacit.node.preparation import Preparation
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.runtime.pool import Failed, Progress, Succeeded, WorkerEvent
from tacit.runtime.task import StepReport, StepTask
from tacit.schema.states import JobState, TaskState

MAX_CODE = 120
_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
Key = tuple[str, str, int, str]  # job, step, attempt, party


class RunningWorker(Protocol):
    """`tacit.runtime.pool.Worker`, or a fake."""

    def hand_over(self, role: str, sock: socket.socket) -> None: ...
    def cancel(self, code: str = ...) -> None: ...


class Pool(Protocol):
    """`tacit.runtime.pool.WorkerPool`, or a fake."""

    def start(self, task: StepTask, on_event: Callable[[WorkerEvent], None]) -> RunningWorker: ...
    def close(self) -> None: ...


class Switchboard(Protocol):
    """`tacit.channel.port.PeerPort`, or a fake: brings connections of peers to workers."""

    def expect(self, session_name: str, handler: Callable[[socket.socket], None]) -> None: ...
    def forget(self, session_name: str) -> None: ...


@dataclass(slots=True)
class _Run:
    """One running step. `code`: why it was told to stop."""

    task: StepTask | None = None
    worker: RunningWorker | None = None
    code: str | None = None
    progress: tuple[int, int, str] | None = field(default=None)


class Workbench:
    """Owns all workers of this node. At most `slots` run at a time."""

    def __init__(
        self,
        me: str,
        *,
        jobs: JobStore,
        tasks: TaskStore,
        preparation: Preparation,
        pool: Pool,
        switchboard: Switchboard,
        outbox: Outbox,
        diary: Diary,
        policing: Policing,
        slots: int,
    ) -> None:
        self._me = me
        self._jobs = jobs
        self._tasks = tasks
        self._preparation = preparation
        self._pool = pool
        self._switchboard = switchboard
        self._outbox = outbox
        self._diary = diary
        self._policing = policing
        self._slots = slots
        self._lock = threading.RLock()
        self._runs: dict[Key, _Run] = {}
        self._closed = False
        self.changed: Callable[[str], None] = lambda _job_id: None  # the scheduler, for jobs of this node
        self.succeeded: Callable[[str, str, StepReport], None] = lambda _job, _step, _report: None

    # -- what the initiator asks for -------------------------------------------------------------------------

    def start(self, source: str, body: TaskStart) -> Empty:
        """Run one attempt. What to run stands in this node's own agreement; the call only names it.

        Raises RefusedError("task.…"), ResourceError("node.busy") when all slots are taken.
        """
        if self._jobs.circle(body.job_id).initiator != source:
            raise RefusedError("job.not_initiator", "Only the initiator of a job may start its steps.", found=source)
        with self._lock:
            self._check_slots((body.job_id, body.task_name))
        job = self._jobs.get(body.job_id)
        step, role = self._check(job, body)
        extra = body.tacit
        if extra is None:
            raise RefusedError("task.attempt_missing", "The start call does not name its attempt.")
        key = (job.id, step.id, extra.attempt, self._me)
        with self._lock:
            known = self._tasks.find(*key)
            if known is not None and (known.task_id, known.seed) != (body.task_id, extra.seed):
                raise RefusedError("task.conflict", "This attempt was started with another content.")
            if key in self._runs or (known is not None and known.state != TaskState.PENDING):
                return Empty()  # it runs or is just being started: the same call has come twice
            if known is None and extra.attempt <= self._tasks.last_attempt(job.id, step.id):
                raise RefusedError("task.replayed", "A later attempt at this step was started already.")
            self._take_slot(key)
        self._check_still_running(key)
        row = new_task(job.id, step.id, extra.attempt, self._me, role, body.task_id, extra.seed, job.retry)
        self._launch(job, step, row)
        return Empty()

    def _check(self, job: JobRow, body: TaskStart) -> tuple[PlannedStep, str]:
        if job.state != JobState.RUNNING:
            raise RefusedError("job.not_running", "The job does not run here.", found=job.state)
        step = next((step for step in self._preparation.steps(job) if step.id == body.task_name), None)
        if step is None:
            raise NotFoundError("step.unknown", "The job has no such step.", found=body.task_name)
        role = step.role_of(self._me)
        if role is None:
            raise RefusedError("step.not_a_party", "This node takes no part in the step.", found=step.id)
        return step, role

    def _check_still_running(self, key: Key) -> None:
        """The job may have ended while the call was checked; whoever ended it saw no slot of ours to stop."""
        state = self._jobs.state(key[0])
        if state != JobState.RUNNING:
            with self._lock:
                self._runs.pop(key, None)
            raise RefusedError("job.not_running", "The job does not run here.", found=state)

    def _check_slots(self, step: tuple[str, str]) -> None:
        """Raises ResourceError("node.busy", "node.stopping"). An earlier attempt at the step does not count."""
        if self._closed:
            raise ResourceError("node.stopping", "This node is about to stop.")
        taken = sum(1 for key in self._runs if key[:2] != step)
        if taken >= self._slots:
            raise ResourceError(
                "node.busy",
                "All workers of this node are taken.",
                found=f"{taken} running",
                expected=f"at most {self._slots}",
                hint="Raise max_workers in node.toml, or wait.",
            )

    def _take_slot(self, key: Key) -> None:
        """Raises as `_check_slots`. An earlier attempt at the step is stopped."""
        self._check_slots(key[:2])
        for other, run in self._runs.items():
            if other[:2] == key[:2]:
                self._cancel(run, "step.superseded")
        self._runs[key] = _Run()

    def _launch(self, job: JobRow, step: PlannedStep, row: TaskRow) -> None:
        key = _key(row)
        started = self._diary.event(job.id, "step.started", step=step.id, attempt=row.attempt)
        try:
            self._tasks.run(row, [started])
            task = self._policing.bind(job, step, row.attempt, self._preparation.task(job, step, row))
            worker = self._pool.start(task, lambda event: self._on_event(key, event))
        except TacitError as fault:
            self._finish(key, TaskState.FAILED, error=fault)
            return
        except BaseException:
            self._finish(key, TaskState.FAILED, error=InternalError("internal.fault", "The step could not be started."))
            raise
        self._connect(key, task, worker)
        self._diary.announce(job.id)

    def _connect(self, key: Key, task: StepTask, worker: RunningWorker) -> None:
        with self._lock:
            run = self._runs.get(key)
            if run is not None:
                run.task, run.worker = task, worker
        for role, line in task.lines.items():
            if line.side == "listen":
                self._switchboard.expect(line.session, _hand_over(worker, role))
        if run is None:
            self._forget_lines(task)  # it has ended already
        elif run.code is not None:
            worker.cancel(run.code)

    def stop(self, job_id: str, step: str | None, code: str) -> None:
        """Stop what runs of a job, or of one step of it. Returns at once; the end is reported as always."""
        with self._lock:
            for key, run in self._runs.items():
                if key[0] == job_id and step in (None, key[1]):
                    self._cancel(run, code)

    def stop_job(self, job_id: str, code: str) -> None:
        """Stop everything that runs of a job."""
        self.stop(job_id, None, code)

    def leave_former(self, job_id: str, retry: int) -> None:
        """A retry begins: what an earlier run left here without an end has ended now, and the initiator hears of it."""
        rows = [row for row in self._tasks.unfinished(self._me) if row.job_id == job_id and row.retry < retry]
        with self._lock:
            for row in rows:
                run = self._runs.get(_key(row))
                if run is not None:
                    self._cancel(run, "step.superseded")
        for row in rows:
            self.end(_key(row), TaskState.FAILED, error=ResourceError("step.superseded", "A retry of the job began."))

    def close(self) -> None:
        """Take no more work. The pool is closed by its owner; what runs ends with "node.stopping"."""
        with self._lock:
            self._closed = True

    def progress(self, job_id: str) -> dict[str, tuple[int, int, str]]:
        """Step -> done, total, note of what runs here."""
        with self._lock:
            return {key[1]: run.progress for key, run in self._runs.items() if key[0] == job_id and run.progress}

    def running(self) -> dict[str, dict[str, tuple[int, int, str]]]:
        """Job -> step -> done, total, note, of all that runs here."""
        found: dict[str, dict[str, tuple[int, int, str]]] = {}
        with self._lock:
            for key, run in self._runs.items():
                if run.progress:
                    found.setdefault(key[0], {})[key[1]] = run.progress
        return found

    def busy(self) -> int:
        """Number of taken slots."""
        with self._lock:
            return len(self._runs)

    # -- what workers say ------------------------------------------------------------------------------------

    def _on_event(self, key: Key, event: WorkerEvent) -> None:
        if isinstance(event, Progress):
            with self._lock:
                run = self._runs.get(key)
                if run is not None:
                    run.progress = (event.done, event.total, event.note)
            self._diary.ring(key[0])
        elif isinstance(event, Succeeded):
            refused = self._policing.refused_result(self._jobs.get(key[0]), key[1], event.report)
            if refused is None:
                self.succeeded(key[0], key[1], event.report)
                self._finish(key, TaskState.SUCCESS, report=event.report)
            else:
                self._finish(key, TaskState.FAILED, error=refused)
        elif isinstance(event, Failed):
            self._finish(key, TaskState.FAILED, error=event.error)

    def _finish(
        self, key: Key, state: TaskState, *, report: StepReport | None = None, error: TacitError | None = None
    ) -> None:
        with self._lock:
            run = self._runs.pop(key, _Run())
        if run.task is not None:
            self._forget_lines(run.task)
        if self._closed and error is not None:
            error = ResourceError("node.restarted", "The node was stopped while the step ran.")
        self.end(key, state, report=report, error=error)

    def end(
        self, key: Key, state: TaskState, *, report: StepReport | None = None, error: TacitError | None = None
    ) -> None:
        """Commit the end of an attempt together with its announcement."""
        initiator = self._jobs.circle(key[0]).initiator
        row = self._tasks.find(*key)
        code = safe_code(error) if error is not None else None
        event = self._diary.event(
            key[0],
            "step.succeeded" if error is None else "step.failed",
            step=key[1],
            level="info" if error is None else "warning",
            attempt=key[2],
            **({} if code is None else {"code": code}),
        )
        also: list[OutboxRow | object] = [event]
        document = report.model_dump(mode="json") if report is not None else None
        if row is not None and initiator != self._me:
            also.append(self._callback(initiator, row, state, code, document))
        fault = error.as_dict() if error is not None else None
        self._tasks.end(key, state, also, code=code, error=fault, report=document)  # type: ignore[arg-type]
        self._diary.announce(key[0])
        if initiator == self._me:
            self.changed(key[0])
        else:
            self._outbox.poke(initiator)

    def _callback(
        self, initiator: str, row: TaskRow, state: TaskState, code: str | None, report: dict[str, object] | None
    ) -> OutboxRow:
        fields = task_extra(row, code, report).model_dump(exclude_none=True)
        body = TaskCallback(
            task_id=row.task_id, status=state, role=row.role, tacit=CallbackExtra(job_id=row.job_id, **fields)
        )
        key = f"callback {row.task_id} {self._me}"
        return message(initiator, TASK_CALLBACK.path, body.document(), key=key, job_id=row.job_id)

    def _cancel(self, run: _Run, code: str) -> None:
        run.code = run.code or code
        if run.worker is not None:
            run.worker.cancel(run.code)

    def _forget_lines(self, task: StepTask) -> None:
        for line in task.lines.values():
            if line.side == "listen":
                self._switchboard.forget(line.session)


def new_task(
    job_id: str, step: str, attempt: int, party: str, role: str, task_id: str, seed: str, retry: int
) -> TaskRow:
    """An attempt that has not begun."""
    return TaskRow(
        job_id=job_id,
        step=step,
        attempt=attempt,
        party=party,
        task_id=task_id,
        role=role,
        state=TaskState.PENDING,
        seed=seed,
        retry=retry,
    )


def task_extra(row: TaskRow, code: str | None, report: dict[str, object] | None) -> TaskExtra:
    """What a peer learns about an attempt here: code, cost and transcripts, never data."""
    fields: dict[str, object] = {}
    if report is not None:
        cost = StepReport.model_validate(report)
        fields = {
            "seconds": cost.wall_s,
            "cpu_s": cost.cpu_s,
            "bytes_sent": cost.bytes_sent,
            "bytes_received": cost.bytes_received,
            "rounds": cost.rounds,
            "memory_mb": round(cost.rss_mb),
            "transcripts": cost.transcripts,
        }
    return TaskExtra.model_validate({"step": row.step, "attempt": row.attempt, "code": code, **fields})


def safe_code(error: TacitError) -> str:
    """The code as it may travel."""
    return error.code if len(error.code) <= MAX_CODE and _CODE.fullmatch(error.code) else "internal.fault"


def _key(row: TaskRow) -> Key:
    return (row.job_id, row.step, row.attempt, row.party)


def _hand_over(worker: RunningWorker, role: str) -> Callable[[socket.socket], None]:
    return lambda sock: worker.hand_over(role, sock)
