"""The jobs that this node initiated: takes them in, collects approvals, and keeps a driver for each that runs."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tacit import __version__
from tacit.errors import ParameterError, RefusedError, TacitError
from tacit.interconnect.endpoints import JOB_APPLY, JOB_STOP
from tacit.interconnect.projection import project
from tacit.interconnect.shapes import Empty, JobApply, JobConfirm, JobProposal, JobStop, TaskCallback
from tacit.ledger.agreement import check_part
from tacit.node.acting import current
from tacit.node.blueprint import Blueprint, Planner, proposal_of
from tacit.node.causes import REVOKED, Cause
from tacit.node.contribution import Contribution
from tacit.node.courier import Courier
from tacit.node.database import EventRow, JobRow, OutboxRow, PartRow
from tacit.node.diary import Diary
from tacit.node.driver import Driver
from tacit.node.keys import Keys
from tacit.node.outbox import Outbox, message
from tacit.node.participant import (
    APPROVED,
    CANCELLED,
    REJECTED,
    WAITING,
    approved_row,
    new_job,
    new_parts,
    not_retriable,
)
from tacit.node.policing import Asked, Policing
from tacit.node.projects import Projects
from tacit.node.settings import Settings
from tacit.node.stores.jobs import JobStore, TaskStore, wrong_state
from tacit.node.workbench import Workbench
from tacit.schema.flow import Flow
from tacit.schema.job import SignedPart
from tacit.schema.states import JOB_ENDED, JobState
from tacit.schema.wire import PROTOCOL_VERSION

CALLS_AT_ONCE = 128  # threads that wait for answers; made when needed


@dataclass(slots=True)
class Scheduler:
    """Wired by `tacit.node.process`."""

    settings: Settings
    jobs: JobStore
    tasks: TaskStore
    planner: Planner
    contribution: Contribution
    projects: Projects
    keys: Keys
    courier: Courier
    outbox: Outbox
    workbench: Workbench
    diary: Diary
    policing: Policing
    check_retry: Callable[[JobRow], None]
    held: Callable[[JobRow, Blueprint], bool] = lambda _row, _blueprint: False
    calls: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(CALLS_AT_ONCE, "call"))
    _drivers: dict[str, Driver] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    @property
    def me(self) -> str:
        return self.settings.name

    # -- taking in -------------------------------------------------------------------------------------------

    def submit(
        self,
        flow: Flow,
        *,
        name: str | None = None,
        agreement: str | None = None,
        forecast: Callable[[Blueprint], dict[str, Any]] = lambda _blueprint: {},
        number: str | None = None,
    ) -> str:
        """Propose a job to all parties of its flow; this node approves by submitting. Returns the job's id.

        `number`: 32 random hex digits for its id, from a caller who must know it before.
        A job for which `held` is true stays here until it is released: see `release`.

        Raises FlowProblems, RefusedError("job.party_unknown", "project.…"), NotFoundError("dataset.unknown").
        """
        blueprint = self.examine(flow, agreement)
        row = self._new_row(flow, blueprint, name, agreement, number or secrets.token_hex(16))
        row.forecast = forecast(blueprint)
        if self.held(row, blueprint):
            self._hold(row, flow)
        else:
            self._store(row, blueprint)
        return row.id

    def examine(self, flow: Flow, agreement: str | None) -> Blueprint:
        """What can be known to be wrong with a job of this node before it is proposed. Raises as `submit`."""
        if self.me not in flow.parties:
            raise ParameterError(
                "job.initiator_not_party",
                "The node that submits a job must be a party of its flow.",
                found=", ".join(flow.parties),
                expected=self.me,
                hint="Name this node among the parties, or submit at one of them.",
            )
        mine = [row.name for row in self.contribution.catalogue.all()]
        blueprint = self.planner.draw(flow, {self.me: mine})
        self.keys.of(flow.parties)
        self.contribution.check(blueprint)
        rows = self.contribution.rows(blueprint)
        self.projects.check_covers(agreement or "", blueprint, initiator=self.me, rows=rows)
        self.policing.check(blueprint, Asked(self.me, agreement))
        return blueprint

    def _new_row(
        self, flow: Flow, blueprint: Blueprint, name: str | None, agreement: str | None, number: str
    ) -> JobRow:
        row = new_job(f"job-{number}", f"audit-{number}", name or flow.name, self.me, agreement or "", flow)
        row.disclosures = {party: [line.document() for line in lines] for party, lines in blueprint.disclosures.items()}
        row.decision, row.decided_by = APPROVED, "initiator"
        return row

    def _store(self, row: JobRow, blueprint: Blueprint) -> None:
        self.policing.charge_job(row, blueprint)
        own = approved_row(row.id, self.contribution.sign(row, blueprint))
        others = [part for part in new_parts(row, blueprint.plan.flow) if part.party != self.me]
        self.jobs.add(row, [own, *others], self._proposals(row, blueprint))
        self._sent(row)

    def _proposals(self, row: JobRow, blueprint: Blueprint) -> list[OutboxRow | EventRow]:
        others = [party for party in blueprint.plan.flow.parties if party != self.me]
        mail = [self._application(row, blueprint, party) for party in others]
        return [*mail, self.diary.event(row.id, "job.submitted")]

    def _sent(self, row: JobRow, actor: str = "node") -> None:
        self.diary.audit(row.id, "job.submitted", actor=actor, flow_hash=row.flow_hash)
        for party in self.jobs.circle(row.id).parties:
            if party != self.me:
                self.outbox.poke(party)
        self.diary.announce(row.id)
        self._consider(row.id)

    # -- what needs a second person --------------------------------------------------------------------------

    def _hold(self, row: JobRow, flow: Flow) -> None:
        """Keep a job that nobody else hears of before enough people here have approved it."""
        row.decision, row.decided_by = WAITING, current().actor
        self.jobs.add(row, new_parts(row, flow), [self.diary.event(row.id, "job.held")])
        self.diary.audit(row.id, "job.held", actor="person", flow_hash=row.flow_hash)
        self.diary.ring(row.id)

    def release(self, job_id: str, *, by: str) -> None:
        """Propose a held job to its parties. Raises InputError("job.wrong_state"), and what `submit` raises."""
        row = self.jobs.get(job_id)
        if row.state != JobState.PENDING or row.decision != WAITING or row.initiator != self.me:
            raise wrong_state(row, "approved")
        blueprint = self.examine(Flow.model_validate(row.flow), row.agreement_id or None)
        self.policing.charge_job(row, blueprint)
        own = approved_row(row.id, self.contribution.sign(row, blueprint))
        if not self.jobs.decide(own, self._proposals(row, blueprint), decision=APPROVED, decided_by=by):
            raise wrong_state(self.jobs.get(job_id), "approved")
        self._sent(row, by)

    def withhold(self, job_id: str, *, by: str) -> None:
        """Refuse a held job. Raises InputError("job.wrong_state")."""
        row = self.jobs.get(job_id)
        part = PartRow(job_id=job_id, party=self.me, decision=REJECTED, code="job.rejected")
        if row.decision != WAITING or not self.jobs.decide(part, decision=REJECTED, decided_by=by):
            raise wrong_state(row, "rejected")
        others = tuple(party for party in self.jobs.circle(job_id).parties if party != self.me)
        self.end(job_id, JobState.REJECTED, Cause(self.me, "job.rejected"), untold=others)

    def _application(self, row: JobRow, blueprint: Blueprint, party: str) -> OutboxRow:
        dag, config = project(blueprint.plan.flow, self.planner.specs, row.initiator)
        proposal = JobProposal(
            flow=blueprint.plan.flow,
            flow_hash=row.flow_hash,
            operators=blueprint.versions,
            software=__version__,
            protocol=PROTOCOL_VERSION,
            initiator=row.initiator,
        )
        body = JobApply(
            audit_id=row.audit_id,
            job_id=row.id,
            flow_id=row.flow_hash[:32],
            name=row.name,
            project_id=row.agreement_id,
            dag=dag,
            conf=config,
            tacit=proposal,
        )
        return message(party, JOB_APPLY.path, body.document(), key=f"apply {row.id} {party}", job_id=row.id)

    # -- what parties say ------------------------------------------------------------------------------------

    def confirmed(self, source: str, body: JobConfirm) -> Empty:
        """A party approved or refused. Its approval is checked in full before it counts."""
        decision = body.tacit
        if decision is None:
            raise RefusedError("job.decision_missing", "The decision does not say what it is about.")
        row = self.jobs.get(self._own_job(decision.job_id, source))
        if row.audit_id != body.audit_id:
            raise RefusedError("job.conflict", "The decision is about another proposal.")
        known = self.jobs.parts(row.id)[source]
        if body.status == REJECTED or decision.part is None:
            code = decision.refusal.code if decision.refusal is not None else "job.rejected"
            self._rejected(row, source, known, code)
            return Empty()
        if known.decision == APPROVED:
            _check_same(known, decision.part)
            return Empty()
        self._approved(row, source, decision.part)
        return Empty()

    def _approved(self, row: JobRow, source: str, part: SignedPart) -> None:
        blueprint = self.planner.of_job(row)
        parties = blueprint.plan.parties
        try:
            check_part(part, proposal=proposal_of(row, blueprint), party=source, keys=self.keys.of(parties))
        except TacitError as fault:
            self.diary.note(row.id, "job.approval_refused", level="error", peer=source, code=fault.code)
            raise
        self.jobs.decide(approved_row(row.id, part))
        self.diary.audit(row.id, "job.approval_received", actor=f"peer:{source}")
        self.diary.ring(row.id)
        self._consider(row.id)

    def _rejected(self, row: JobRow, source: str, known: PartRow, code: str) -> None:
        if known.decision != "waiting":
            return
        part = PartRow(job_id=row.id, party=source, decision=REJECTED, code=code)
        self.jobs.decide(part)
        self.end(row.id, JobState.REJECTED, Cause(source, code), untold=(source,))

    def task_changed(self, source: str, body: TaskCallback) -> Empty:
        """A party reports the end of its side of a step."""
        extra = body.tacit
        if extra is None:
            raise RefusedError("task.conflict", "The report does not say what it is about.")
        job_id = self._own_job(extra.job_id, source)
        task = self.tasks.find(job_id, extra.step, extra.attempt, source)
        if task is None or task.task_id != body.task_id:
            raise RefusedError("task.unknown", "No such attempt was started.")
        if self.driver_of(job_id, lambda driver: driver.note(task, body.status, extra)) is None:
            Driver.record(self.tasks, task, body.status, extra)
        return Empty()

    def stop_requested(self, source: str, body: JobStop) -> Empty:
        """A party cancels the job."""
        job_id = self._own_job(body.job_id, source)
        code = body.tacit.code if body.tacit is not None else CANCELLED
        what = body.tacit.what if body.tacit is not None else None
        state = JobState.CANCELLED if code == CANCELLED else JobState.FAILED
        self.end(job_id, state, Cause(source, code, what=what), untold=(source,))
        return Empty()

    # -- ending ----------------------------------------------------------------------------------------------

    def cancel(self, job_id: str) -> None:
        """This node's owner stops its job. Raises InputError("job.wrong_state")."""
        row = self.jobs.get(job_id)
        if row.state in JOB_ENDED or not self.end(job_id, JobState.CANCELLED, Cause(self.me, CANCELLED)):
            raise wrong_state(self.jobs.get(job_id), "cancelled")

    def end(
        self,
        job_id: str,
        state: JobState,
        cause: Cause,
        *,
        untold: tuple[str, ...] = (),
        error: TacitError | None = None,
        of_retry: int | None = None,
    ) -> bool:
        """Commit a bad end and its announcement to all but `untold`; stop what runs. False if it had ended.

        `of_retry`: what the news is about; news of an earlier retry do not end a later one.
        """
        retry = self.jobs.get(job_id).retry if of_retry is None else of_retry
        others = [party for party in self.jobs.circle(job_id).parties if party not in (self.me, *untold)]
        mail = _stops(job_id, retry, JobStop(job_id=job_id, tacit=cause.told(retry=retry, state=state)), others)
        code = REVOKED if cause.code == REVOKED else f"job.{state.lower()}"
        why = cause.what or cause.code
        event = self.diary.event(job_id, code, step=cause.step, level="error", peer=cause.party, code=why)
        fault = error.as_dict() if error is not None else None
        if not self.jobs.move(job_id, state, [*mail, event], of_retry=retry, cause=cause.as_dict(), error=fault):
            return False
        self.workbench.stop_job(job_id, cause.code)
        for party in others:
            self.outbox.poke(party)
        self.diary.audit(job_id, code, actor=f"peer:{cause.party}", code=why)
        self.diary.announce(job_id)
        self.changed(job_id)
        return True

    # -- again -----------------------------------------------------------------------------------------------

    def retry(self, job_id: str, *, by: str = "person") -> None:
        """Go on with a job of ours that failed: steps that are done stay done, the others run again.

        What the parties agreed stays what runs; each of them checks what the job rests on before it begins. One that
        refuses ends the retry for all.

        Raises RefusedError("job.not_initiator"), InputError("job.not_retriable"), and what the check raises.
        """
        row = self.jobs.get(job_id)
        if row.initiator != self.me:
            raise RefusedError("job.not_initiator", "Only the initiator of a job may do this.", found=self.me)
        self.check_retry(row)
        event = self.diary.event(job_id, "job.retried")
        if row.state != JobState.FAILED or not self.jobs.reopen(job_id, JobState.READY, row.retry + 1, [event]):
            raise not_retriable(self.jobs.get(job_id))
        try:
            self.diary.audit(job_id, "job.retried", actor=by, retry=row.retry + 1)
            self.diary.announce(job_id)
        finally:
            self._consider(job_id)  # it is open now, and nobody else would drive it before a restart

    # -- driving ---------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """After a start: go on with every job of this node that has not ended."""
        for row in self.jobs.open():
            if row.initiator == self.me:
                if row.state == JobState.RUNNING:
                    self.diary.write(row.id, "job.recovered", level="warning")
                self._consider(row.id)

    def changed(self, job_id: str) -> None:
        """Something happened to a job: let its driver look."""
        self.driver_of(job_id, Driver.wake)

    def driver_of(self, job_id: str, act: Callable[[Driver], Any]) -> Driver | None:
        """Do something with the driver of a job, if it has one."""
        with self._lock:
            driver = self._drivers.get(job_id)
        if driver is not None:
            act(driver)
        return driver

    def close(self) -> None:
        """Stop driving; jobs stay as they are."""
        with self._lock:
            self._closed = True
            drivers = list(self._drivers.values())
        for driver in drivers:
            driver.close()
        for driver in drivers:
            driver.join(1.0)
        self.calls.shutdown(wait=False, cancel_futures=True)

    def _consider(self, job_id: str) -> None:
        """Start driving once everybody has approved."""
        row = self.jobs.get(job_id)
        approved = all(part.decision == APPROVED for part in self.jobs.parts(job_id).values())
        with self._lock:
            if self._closed or not approved or row.state in JOB_ENDED or job_id in self._drivers:
                return
            driver = Driver(job_id, row.retry, self, self._retire)
            self._drivers[job_id] = driver
            driver.start()  # inside, so that `close` never meets one that has not begun

    def _retire(self, job_id: str) -> None:
        with self._lock:
            self._drivers.pop(job_id, None)
            if self._closed:
                return
        self._consider(job_id)  # a retry may have begun before the driver of the former run was gone

    def _own_job(self, job_id: str, source: str) -> str:
        """The id of a job of ours in which `source` takes part. Raises RefusedError, NotFoundError."""
        circle = self.jobs.circle(job_id)
        if circle.initiator != self.me:
            raise RefusedError("job.not_initiator", "This node did not initiate the job.")
        if source not in circle.parties:
            raise RefusedError("job.not_a_party", "The caller is not a party of the job.", found=source)
        return job_id


def _stops(job_id: str, retry: int, body: JobStop, parties: Iterable[str]) -> list[OutboxRow]:
    run, said = f" {retry}" if retry else "", body.document()
    return [message(party, JOB_STOP.path, said, key=f"stop {job_id} {party}{run}", job_id=job_id) for party in parties]


def _check_same(known: PartRow, part: SignedPart) -> None:
    """An approval that comes again must be the same one. Raises RefusedError("job.conflict")."""
    if known.part != part.document():
        raise RefusedError("job.conflict", "This party has approved the job with another content.")
