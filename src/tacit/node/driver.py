"""Drives one job from "all have approved" to its end: one thread that reads the records, acts, and waits for news.

The records are the only state: a driver that starts after a crash does the same as one that ran all the time.

    agree   every party signs the agreement, then every party hears all signatures   PENDING → READY → RUNNING
    work    start each step whose inputs are there, at all its parties at once; try again what may pass
    settle  collect the statements, let all sign the receipt, hand it out            RUNNING → FINISHED
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import structlog

from tacit.errors import InternalError, TacitError
from tacit.interconnect.endpoints import JOB_CREATE, JOB_START, RECEIPT_PUT
from tacit.interconnect.projection import project
from tacit.interconnect.shapes import (
    AllSignatures,
    Empty,
    JobCreate,
    JobStart,
    ReceiptPut,
    Signed,
    SignedAgreement,
    TaskExtra,
)
from tacit.ledger.agreement import assemble, check_signatures
from tacit.ledger.receipt import verify_receipt
from tacit.node.asking import Asking, Broken, Ended
from tacit.node.blueprint import Blueprint, proposal_of
from tacit.node.causes import Cause
from tacit.node.database import JobRow, TaskRow
from tacit.node.outbox import message
from tacit.node.receipts import gather
from tacit.node.steps import Steps
from tacit.node.stores.jobs import TaskStore
from tacit.schema.job import JobAgreement, SignedPart, SignedReceipt
from tacit.schema.states import TASK_ENDED, JobState, TaskState

if TYPE_CHECKING:
    from tacit.node.scheduler import Scheduler

_log = structlog.get_logger("driver")


class Driver:
    """The thread of one job. `wake` may be called from anywhere; everything else happens on the thread."""

    def __init__(self, job_id: str, retry: int, scheduler: Scheduler, retire: Callable[[str], None]) -> None:
        self._id = job_id
        self._retry = retry
        self._s = scheduler
        self._retire = retire
        self._news = threading.Event()
        self._closed = threading.Event()
        self._asking = Asking(job_id, retry, scheduler, self._closed)
        self._thread = threading.Thread(target=self._run, name=f"driver {job_id[:12]}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Look again now."""
        self._news.set()

    def note(self, task: TaskRow, state: TaskState, extra: TaskExtra) -> None:
        """A party's report, committed before this returns."""
        if self.record(self._s.tasks, task, state, extra):
            self.wake()

    def close(self) -> None:
        """Stop as soon as possible; the job stays as it is."""
        self._closed.set()
        self._news.set()

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    @staticmethod
    def record(tasks: TaskStore, task: TaskRow, state: TaskState, extra: TaskExtra) -> bool:
        """Keep what a party says of its side of an attempt; False if that is known."""
        if state not in TASK_ENDED:
            return False
        key = (task.job_id, task.step, task.attempt, task.party)
        code = extra.code or ("step.failed" if state is TaskState.FAILED else None)
        return tasks.end(key, state, code=code, report=extra.model_dump(mode="json", exclude_none=True))

    def _run(self) -> None:
        try:
            self._agree()
            self._work()
            self._settle()
        except Ended:
            pass
        except Broken as broken:
            self._fail(broken.cause, broken.error)
        except TacitError as fault:
            self._fail(Cause(self._s.me, fault.code), fault)
        except Exception:
            if not self._closed.is_set():
                _log.exception("driver.fault", job=self._id)
                ours = InternalError("internal.fault", "A fault of the scheduler.", hint="See logs/node.log.")
                self._fail(Cause(self._s.me, ours.code), ours)
        finally:
            self._retire(self._id)

    def _fail(self, cause: Cause, error: TacitError | None) -> None:
        self._s.end(self._id, JobState.FAILED, cause, error=error, of_retry=self._retry)

    def _job(self) -> JobRow:
        """The job as it is now. Raises Ended."""
        self._asking.check_open()
        return self._s.jobs.get(self._id)

    def _blueprint(self) -> Blueprint:
        return self._s.planner.of_job(self._job())

    # -- agree -----------------------------------------------------------------------------------------------

    def _agree(self) -> None:
        row = self._job()
        if row.state == JobState.RUNNING:
            return
        agreement = self._agreement(row)
        signatures = self._signatures(agreement)
        keys = self._s.keys.of(agreement.parts)
        check_signatures(agreement, signatures, keys=keys)
        if not self._retry:
            self._s.diary.write(self._id, "job.ready")
        said = AllSignatures(agreement_hash=agreement.hash(), signatures=dict(signatures), retry=self._retry or None)
        body = JobStart(job_id=self._id, tacit=said)
        self._asking.all(self._others(), lambda party: self._asking.one(party, JOB_START, body, Empty))
        self._asking.one(self._s.me, JOB_START, body, Empty)
        self._s.diary.note(self._id, "job.running")

    def _agreement(self, row: JobRow) -> JobAgreement:
        """The one that this node has signed before, or a new one."""
        if row.pact is not None:
            return JobAgreement.model_validate(row.pact)
        blueprint = self._s.planner.of_job(row)
        rows = self._s.jobs.parts(self._id)
        return assemble(
            proposal_of(row, blueprint),
            {party: SignedPart.model_validate(part.part) for party, part in rows.items()},
            keys=self._s.keys.of(blueprint.plan.parties),
            created=int(time.time() * 1000),
        )

    def _signatures(self, agreement: JobAgreement) -> Mapping[str, str]:
        """Ask everybody to sign; this node first, so that it never hands out two agreements for one job."""
        dag, config = project(agreement.flow, self._s.planner.specs, agreement.initiator)

        def sign(party: str) -> str:
            known = {} if party == self._s.me else {self._s.me: own}
            pact = SignedAgreement(agreement=agreement, signatures=known)
            body = JobCreate(job_id=self._id, dag=dag, config=config, tacit=pact)
            answer = self._asking.one(party, JOB_CREATE, body, Signed)
            if answer.tacit is None:
                raise Broken(Cause(party, "job.signature_missing"))
            return answer.tacit.signature

        own = ""
        own = sign(self._s.me)
        return {self._s.me: own, **self._asking.all(self._others(), sign)}

    # -- work ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        steps = Steps(self._id, self._retry, self._s, self._asking, self._blueprint().plan, self.wake)
        while True:
            self._news.clear()
            self._asking.check_open()
            if steps.advance():
                return
            self._asking.check_patience()
            steps.look_around()
            self._news.wait(steps.patience())

    # -- settle ----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        row = self._job()
        signed = gather(self._asking, row, self._s.keys, self._blueprint().plan.parties)
        verify_receipt(signed, keys=self._s.keys.of(signed.receipt.agreement.parts))
        self._finish(signed)

    def _finish(self, signed: SignedReceipt) -> None:
        body = ReceiptPut(receipt=signed).document()
        others = self._others()
        mail = [
            message(party, RECEIPT_PUT.path, body, key=f"receipt {self._id} {party}", job_id=self._id)
            for party in others
        ]
        event = self._s.diary.event(self._id, "job.finished")
        receipt = signed.document()
        if not self._s.jobs.move(self._id, JobState.FINISHED, [*mail, event], of_retry=self._retry, receipt=receipt):
            raise Ended
        self._s.diary.audit(self._id, "job.finished", receipt=signed.receipt.hash())
        for party in others:
            self._s.outbox.poke(party)
        self._s.diary.announce(self._id)

    def _others(self) -> list[str]:
        return [party for party in self._s.jobs.circle(self._id).parties if party != self._s.me]
