"""Brings the steps of one job to their end: starts what is ready, judges what failed, looks after the silent."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tacit.errors import PeerError, TacitError
from tacit.flow.plan import Plan, PlannedStep
from tacit.interconnect.endpoints import JOB_STATUS, JOB_STOP, TASK_START
from tacit.interconnect.shapes import (
    Empty,
    JobRef,
    JobStatus,
    JobStop,
    StopCause,
    TaskStart,
    TaskStartExtra,
)
from tacit.node.asking import Asking, Broken, Ended, code_of, is_silence
from tacit.node.causes import Cause, cause_of, counts, may_pass
from tacit.node.database import TaskRow
from tacit.node.workbench import new_task
from tacit.schema.states import JOB_ENDED, TASK_ENDED, JobState, TaskState

if TYPE_CHECKING:
    from tacit.node.scheduler import Scheduler

ECHO_S = 1.0  # how long the other parties of a failed step have to say what they saw
BUSY_S = 5.0  # how long a free slot is waited for before the other parties' slots are given back
BUSY_PAUSE_S = 0.4
RETRY_S = (0.1, 0.5, 1.0, 2.0)


class Steps:
    """Used by the driver's thread; start calls and status calls run on the scheduler's pool."""

    def __init__(
        self, job_id: str, retry: int, scheduler: Scheduler, asking: Asking, plan: Plan, wake: Callable[[], None]
    ) -> None:
        self._id = job_id
        self._retry = retry
        self._s = scheduler
        self._asking = asking
        self._plan = plan
        self._wake = wake
        self._lock = threading.Lock()
        self._pulse = threading.Condition()
        self._doors = {party: threading.Lock() for party in plan.parties}
        self._starting: set[tuple[str, int]] = set()  # (step, attempt) whose start calls are under way
        self._asked: set[str] = set()  # parties with a status call under way
        self._failed_at: dict[tuple[str, int], float] = {}
        self._judged: set[tuple[str, int]] = set()
        self._next_try: dict[str, float] = {}
        self._looked = time.monotonic()

    # -- the driver's turn -----------------------------------------------------------------------------------

    def advance(self) -> bool:
        """Do what can be done now; True when all steps are done. Raises Broken."""
        with self._pulse:
            self._pulse.notify_all()
        attempts = self._attempts()
        done = {step for step, rows in attempts.items() if _succeeded(rows)}
        for step in self._plan.steps:
            if step.id in done:
                continue
            rows = attempts.get(step.id, [])
            if rows and self._is_open(rows):
                self._watch(step, rows)
            elif set(step.after) <= done:
                self._try(step, rows)
        return len(done) == len(self._plan.steps)

    def patience(self) -> float:
        """Seconds until something is due without news."""
        now = time.monotonic()
        due = [self._looked + self._s.settings.poll_s, *self._next_try.values()]
        with self._lock:
            due += [at + ECHO_S for key, at in self._failed_at.items() if key not in self._judged]
        return max(0.02, min(due) - now)

    def look_around(self) -> None:
        """Ask all other parties for their state, at most every `poll_s`; answers come as news."""
        if time.monotonic() - self._looked < self._s.settings.poll_s - 0.01:
            return
        self._looked = time.monotonic()
        for party in self._plan.parties:
            with self._lock:
                if party == self._s.me or party in self._asked:
                    continue
                self._asked.add(party)
            self._s.calls.submit(self._ask_status, party)

    def _attempts(self) -> dict[str, list[TaskRow]]:
        """Step -> rows of its latest attempt, one per party."""
        latest: dict[str, list[TaskRow]] = {}
        for row in self._s.tasks.of_job(self._id):
            rows = latest.setdefault(row.step, [])
            if rows and rows[0].attempt < row.attempt:
                rows.clear()
            rows.append(row)
        return latest

    def _is_open(self, rows: list[TaskRow]) -> bool:
        with self._lock:
            starting = (rows[0].step, rows[0].attempt) in self._starting
        return starting or any(row.state not in TASK_ENDED for row in rows)

    # -- failures --------------------------------------------------------------------------------------------

    def _watch(self, step: PlannedStep, rows: list[TaskRow]) -> None:
        """An attempt that failed at one party is ended at the others, after they had time to say what they saw."""
        if all(row.state != TaskState.FAILED for row in rows):
            return
        key = (step.id, rows[0].attempt)
        with self._lock:
            since = self._failed_at.setdefault(key, time.monotonic())
        if time.monotonic() - since < ECHO_S:
            return
        for row in rows:
            if row.state not in TASK_ENDED:
                self._s.calls.submit(self._supersede, row)

    def _supersede(self, row: TaskRow) -> None:
        """Stop one party's side of a failed attempt. What is stopped or out of reach counts as ended."""
        body = JobStop(job_id=self._id, task_name=row.step, tacit=StopCause(party=self._s.me, code="step.superseded"))
        try:
            self._s.courier.call(row.party, JOB_STOP, body, Empty)
        except TacitError as fault:
            if isinstance(fault, PeerError) and is_silence(fault):
                self._asking.misses(row.party, code_of(fault))
        self._end(row, "step.superseded")

    def _try(self, step: PlannedStep, rows: list[TaskRow]) -> None:
        """Start a first or a further attempt. Raises Broken when the failure will not pass."""
        attempt = rows[0].attempt if rows else 0
        if rows and rows[0].retry == self._retry and (step.id, attempt) not in self._judged:
            self._judge(step, rows)
        if time.monotonic() < self._next_try.get(step.id, 0.0):
            return
        if any(self._asking.is_silent(party) for party in step.parties):
            self._next_try[step.id] = time.monotonic() + RETRY_S[1]  # the status calls notice when it is back
            return
        self._next_try.pop(step.id, None)
        self._start(step, attempt + 1)

    def _judge(self, step: PlannedStep, rows: list[TaskRow]) -> None:
        cause = cause_of(rows)
        self._judged.add((step.id, rows[0].attempt))
        tried = sum(1 for code in self._causes(step.id) if counts(code))
        if not may_pass(cause.code) or tried >= self._s.settings.max_attempts:
            raise Broken(cause)
        if cause.code == "peer.unreachable" and cause.party != self._s.me:
            self._asking.misses(cause.party, cause.code)
        delay = RETRY_S[min(rows[0].attempt - 1, len(RETRY_S) - 1)] * random.uniform(0.5, 1.5)  # noqa: S311
        self._next_try[step.id] = time.monotonic() + delay
        event, peer = ("step.busy", cause.party) if cause.code == "node.busy" else ("step.retry", cause.party)
        self._s.diary.write(self._id, event, step=step.id, level="warning", peer=peer, code=cause.code)

    def _causes(self, step: str) -> list[str]:
        """The cause of each failed attempt so far in this retry of the job."""
        by_attempt: dict[int, list[TaskRow]] = {}
        for row in self._s.tasks.of_job(self._id):
            if row.step == step and row.retry == self._retry and row.state == TaskState.FAILED:
                by_attempt.setdefault(row.attempt, []).append(row)
        return [cause_of(rows).code for rows in by_attempt.values()]

    # -- starting --------------------------------------------------------------------------------------------

    def _start(self, step: PlannedStep, attempt: int) -> None:
        task_id, seed = f"task_{secrets.token_hex(16)}", secrets.token_hex(32)
        roles = {party: role for role, party in step.at.items()}
        rows = [
            new_task(self._id, step.id, attempt, party, role, task_id, seed, self._retry)
            for party, role in roles.items()
        ]
        self._s.tasks.add(rows)
        key = (step.id, attempt)
        with self._lock:
            self._starting.add(key)
        left = set(roles)

        def begin(row: TaskRow) -> None:
            try:
                self._start_at(row)
            finally:
                with self._lock:
                    left.discard(row.party)
                    if not left:
                        self._starting.discard(key)
                self._wake()

        for row in rows:
            self._s.calls.submit(begin, row)

    def _start_at(self, row: TaskRow) -> None:
        """One party's start call. A party without a free slot is asked again for a while."""
        body = TaskStart(
            task_id=row.task_id,
            job_id=self._id,
            task_name=row.step,
            tacit=TaskStartExtra(attempt=row.attempt, seed=row.seed),
        )
        with self._doors[row.party]:  # one at a time knocks: who stands behind a busy door need not ask
            self._knock(row, body)

    def _knock(self, row: TaskRow, body: TaskStart) -> None:
        alone = len(self._plan.step(row.step).at) == 1  # holds nobody else's slot while it waits
        until = time.monotonic() + (float("inf") if alone else BUSY_S * random.uniform(0.5, 1.5))  # noqa: S311
        while True:
            try:
                self._asking.check_open()
                self._s.courier.call(row.party, TASK_START, body, Empty)
            except Ended:
                return
            except TacitError as fault:
                code = code_of(fault) if isinstance(fault, PeerError) else fault.code
                if code == "node.busy" and time.monotonic() < until and not self._has_failed(row):
                    self._await_pulse()
                    continue
                if code == "peer.unreachable" and not self._has_failed(row):
                    # It may have begun, and only its answer was lost: the same call again never begins it twice.
                    self._asking.misses(row.party, code)
                    self._await_pulse()
                    continue
                self._end(row, code)
            else:
                self._asking.hears(row.party)
            return

    def _await_pulse(self) -> None:
        """Until something happened to this job, which may have freed a slot; other jobs free theirs unseen."""
        with self._pulse:
            self._pulse.wait(BUSY_PAUSE_S)

    def _has_failed(self, row: TaskRow) -> bool:
        rows = self._attempts().get(row.step, [])
        return any(other.state == TaskState.FAILED for other in rows)

    def _end(self, row: TaskRow, code: str) -> None:
        if self._s.tasks.end((row.job_id, row.step, row.attempt, row.party), TaskState.FAILED, code=code):
            self._wake()

    # -- looking around --------------------------------------------------------------------------------------

    def _ask_status(self, party: str) -> None:
        try:
            self._asking.check_open()  # a thread of a former run has nothing to say of this one
            begun = self._begun(party)  # before the question: what begins meanwhile may be missing in the answer
            status = self._s.courier.call(party, JOB_STATUS, JobRef(job_id=self._id), JobStatus)
            self._asking.hears(party)
            self._compare(party, status, begun)
            if status.job_status in JOB_ENDED:
                self._end_as_told(party, status)
        except Ended:
            pass
        except PeerError as fault:
            if is_silence(fault):
                self._asking.misses(party, code_of(fault))
            else:
                self._fail(Cause(party, code_of(fault)), fault)
        except TacitError as fault:
            self._fail(Cause(party, fault.code), fault)
        finally:
            with self._lock:
                self._asked.discard(party)
            self._wake()

    def _end_as_told(self, party: str, status: JobStatus) -> None:
        """The party has given up or cancelled; its message may still be on the way."""
        told = status.tacit.cause if status.tacit is not None else None
        code = told.code if told is not None else "job.not_running"
        state = JobState.CANCELLED if status.job_status is JobState.CANCELLED else JobState.FAILED
        step, what = (told.step, told.what) if told is not None else (None, None)
        self._s.end(self._id, state, Cause(party, code, step, what), of_retry=self._retry)

    def _fail(self, cause: Cause, error: TacitError) -> None:
        self._s.end(self._id, JobState.FAILED, cause, error=error, of_retry=self._retry)

    def _begun(self, party: str) -> set[tuple[str, int]]:
        """Attempts that the party has been told to start, and has answered."""
        rows = [row for rows in self._attempts().values() for row in rows if row.party == party]
        with self._lock:
            return {(row.step, row.attempt) for row in rows} - self._starting

    def _compare(self, party: str, status: JobStatus, begun: set[tuple[str, int]]) -> None:
        """Take over what a party says of attempts that are open here: its report may still be on the way."""
        if status.tacit is None:
            return
        from tacit.node.driver import Driver

        for rows in self._attempts().values():
            row = next((row for row in rows if row.party == party and row.state not in TASK_ENDED), None)
            if row is None or (row.step, row.attempt) not in begun:
                continue
            told = status.tacit.tasks.get(row.step)
            if told is None or told.attempt < row.attempt:
                self._end(row, "node.restarted")  # it never heard of this attempt
            elif told.attempt == row.attempt:
                Driver.record(self._s.tasks, row, status.status.get(row.step, TaskState.RUNNING), told)


def _succeeded(rows: list[TaskRow]) -> bool:
    return all(row.state == TaskState.SUCCESS for row in rows)
