"""This node's side of every job: receives the proposal, decides, signs, and keeps the job's state.

Handlers may be called twice with the same message and then give the same answer; with the same id and another
content they refuse. State is committed before it is announced.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from tacit.errors import InputError, RefusedError, TacitError
from tacit.interconnect.endpoints import JOB_CONFIRM, JOB_STOP
from tacit.interconnect.invitation import check_protocol
from tacit.interconnect.projection import check_projection
from tacit.interconnect.shapes import (
    AllSignatures,
    AuditApplied,
    AuditStatus,
    Config,
    Dag,
    Empty,
    JobApply,
    JobConfirm,
    JobCreate,
    JobDecision,
    JobProposal,
    JobStart,
    JobStop,
    SignatureAnswer,
    Signed,
    StopCause,
)
from tacit.ledger.agreement import check_agreement, check_signatures, disclosures_hash, sign_agreement
from tacit.node.blueprint import Blueprint, Planner, check_versions, proposal_of
from tacit.node.causes import REVOKED, Cause
from tacit.node.clock import now
from tacit.node.contribution import Contribution
from tacit.node.database import JobRow, OutboxRow, PartRow
from tacit.node.diary import Diary
from tacit.node.forecasting import of_agreement
from tacit.node.grants import Grants
from tacit.node.keys import Keys
from tacit.node.outbox import Outbox, message
from tacit.node.policing import Policing
from tacit.node.preparation import Preparation
from tacit.node.projects import Projects
from tacit.node.rulebook import Rulebook
from tacit.node.stores.jobs import JobStore, wrong_state
from tacit.node.workbench import Workbench
from tacit.schema.flow import Flow
from tacit.schema.job import JobAgreement, Refusal, SignedPart
from tacit.schema.states import JOB_ENDED, MAX_RETRIES, JobState

WAITING, APPROVED, REJECTED = "waiting", "APPROVED", "REJECTED"
CANCELLED = "job.cancelled"
_BAD_ENDS = (JobState.REJECTED, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Participant:
    """Wired by `tacit.node.process`. Thread-safe: all state is in the stores."""

    me: str
    jobs: JobStore
    rulebook: Rulebook
    grants: Grants
    projects: Projects
    planner: Planner
    contribution: Contribution
    keys: Keys
    outbox: Outbox
    workbench: Workbench
    diary: Diary
    policing: Policing
    preparation: Preparation

    # -- the proposal ----------------------------------------------------------------------------------------

    def apply(self, source: str, body: JobApply) -> AuditApplied:
        """A peer proposes a job: store it, and decide at once where a check or a rule can."""
        proposal = body.tacit
        if proposal is None:
            raise RefusedError("job.flow_missing", "The proposal does not hold its flow.")
        if proposal.initiator != source:
            raise RefusedError("job.initiator_differs", "The proposal names another initiator than its sender.")
        _check_numbers(proposal.flow)
        known = self.jobs.find(body.job_id)
        if known is None:
            known = self._receive(body, proposal)
        elif (known.initiator, known.flow_hash, known.audit_id) != (source, proposal.flow_hash, body.audit_id):
            raise RefusedError("job.conflict", "Another job of this id is known here.")
        elif known.state == JobState.PENDING and known.decision == WAITING:
            known = self._by_rule(known, self.planner.of_job(known))
        return AuditApplied(status=_status(known))

    def _receive(self, body: JobApply, proposal: JobProposal) -> JobRow:
        row = new_job(body.job_id, body.audit_id, body.name, proposal.initiator, body.project_id, proposal.flow)
        try:
            blueprint = self._examine(row, proposal)
            self._check_picture(row, body.dag, body.conf)
        except TacitError as fault:
            self._store_refused(row, fault)
            return row
        row.disclosures = {party: [line.document() for line in lines] for party, lines in blueprint.disclosures.items()}
        if not self.jobs.add(row, new_parts(row, proposal.flow)):
            return self.jobs.get(row.id)  # the same proposal has come twice at once
        self.diary.note(row.id, "job.received", actor=f"peer:{row.initiator}")
        return self._by_rule(row, blueprint)

    def _by_rule(self, row: JobRow, blueprint: Blueprint) -> JobRow:
        approver = self.rulebook.approver(row, blueprint)
        if approver is not None:
            self._approve_once(row, blueprint, by=approver)
        else:
            self.rulebook.ask(row.id)
        return self.jobs.get(row.id)

    def _approve_once(self, row: JobRow, blueprint: Blueprint, by: str) -> None:
        """As `_approve`; nothing if that was done meanwhile, because the proposal came twice at once."""
        try:
            self._approve(row, blueprint, by=by)
        except InputError:
            if self.jobs.get(row.id).decision == WAITING:
                raise

    def _examine(self, row: JobRow, proposal: JobProposal) -> Blueprint:
        """Everything that can be known to be wrong now. Raises TacitError."""
        check_protocol(proposal.protocol, proposal.initiator)
        if self.me not in proposal.flow.parties:
            raise RefusedError("job.not_a_party", "This node is not a party of the flow.")
        self.keys.of(proposal.flow.parties)
        blueprint = self.planner.draw(Flow.model_validate(row.flow))  # as it is kept, and so as it will run
        if blueprint.plan.hash != proposal.flow_hash:
            raise RefusedError("job.flow_hash_differs", "The flow is not the one that its hash names.")
        check_versions(blueprint, proposal.operators)
        self._check_rests(row, blueprint)
        return blueprint

    def _check_rests(self, row: JobRow, blueprint: Blueprint) -> None:
        """What the job rests on at this node. Raises RefusedError("project.…", "grant.…"), NotFoundError."""
        self.contribution.check(blueprint)
        self.grants.check(row, blueprint)
        rows = self.contribution.rows(blueprint)
        self.projects.check_covers(row.agreement_id, blueprint, rows=rows, job=row)
        self.policing.check_job(row, blueprint)

    def _check_picture(self, row: JobRow, dag: Dag, config: Config) -> None:
        """What a console shows of the standard's fields is what runs. Raises RefusedError("job.projection_differs")."""
        flow = Flow.model_validate(row.flow)
        check_projection(dag, config, flow=flow, specs=self.planner.specs, initiator=row.initiator)

    def _store_refused(self, row: JobRow, fault: TacitError) -> None:
        row.state, row.decision, row.decided_by, row.ended_at = JobState.REJECTED, REJECTED, "check", now()
        row.cause = {"party": self.me, "step": None, "code": fault.code}
        row.error = fault.as_dict()
        parts = [part for part in new_parts(row, Flow.model_validate(row.flow)) if part.party != self.me]
        parts.append(_refusal_row(row.id, self.me, fault.code))
        if not self.jobs.add(row, parts, [self._refusal(row, fault.code)]):
            return
        self.outbox.poke(row.initiator)
        self.diary.note(row.id, "job.rejected", level="warning", code=fault.code)

    # -- the decision ----------------------------------------------------------------------------------------

    def approve(self, job_id: str, *, flow_hash: str | None = None, by: str = "person") -> None:
        """The owner says yes. Raises InputError("job.wrong_state"), RefusedError("job.flow_hash_differs")."""
        row = self.jobs.get(job_id)
        check_flow(row, flow_hash)
        if row.state != JobState.PENDING or row.decision != WAITING:
            raise wrong_state(row, "approved")
        blueprint = self.planner.of_job(row)
        self._check_rests(row, blueprint)
        self._approve(row, blueprint, by=by)

    def _approve(self, row: JobRow, blueprint: Blueprint, by: str) -> None:
        self.policing.charge_job(row, blueprint)
        self.grants.charge(row, blueprint)
        signed = self.contribution.sign(row, blueprint)
        part = approved_row(row.id, signed)
        body = JobConfirm(audit_id=row.audit_id, status=APPROVED, tacit=JobDecision(job_id=row.id, part=signed))
        mail = message(
            row.initiator, JOB_CONFIRM.path, body.document(), key=f"confirm {row.id} {self.me}", job_id=row.id
        )
        if not self.jobs.decide(part, [mail], decision=APPROVED, decided_by=by):
            raise wrong_state(self.jobs.get(row.id), "approved")
        self.outbox.poke(row.initiator)
        self.diary.note(row.id, "job.approved", actor=by)

    def reject(self, job_id: str, *, by: str = "person") -> None:
        """The owner says no. Raises InputError("job.wrong_state")."""
        row = self.jobs.get(job_id)
        if row.state != JobState.PENDING or row.decision != WAITING:
            raise wrong_state(row, "rejected")
        code = "job.rejected"
        mail = self._refusal(row, code)
        if self.jobs.decide(_refusal_row(row.id, self.me, code), decision=REJECTED, decided_by=by):
            cause = {"party": self.me, "step": None, "code": code}
            self.jobs.move(row.id, JobState.REJECTED, [mail], cause=cause)
        self.outbox.poke(row.initiator)
        self.diary.note(row.id, "job.rejected", level="warning", code=code, actor=by)

    def _refusal(self, row: JobRow, code: str) -> OutboxRow:
        decision = JobDecision(job_id=row.id, refusal=Refusal(code=code))
        body = JobConfirm(audit_id=row.audit_id, status=REJECTED, tacit=decision)
        key = f"confirm {row.id} {self.me}"
        return message(row.initiator, JOB_CONFIRM.path, body.document(), key=key, job_id=row.id)

    # -- the agreement ---------------------------------------------------------------------------------------

    def create(self, source: str, body: JobCreate) -> Signed:
        """All have approved: hold the agreement against what was approved here, and sign it."""
        row = self._of_initiator(source, body.job_id)
        if body.tacit is None:
            raise RefusedError("job.agreement_missing", "The job comes without its agreement.")
        agreement = body.tacit.agreement
        if row.pact_hash is not None and row.pact_hash != agreement.hash():
            raise RefusedError("job.conflict", "This node has signed another agreement for this job.")
        if row.pact_hash is None:
            self._check_picture(row, body.dag, body.config)
            self._check_and_keep(row, agreement)
        return Signed(tacit=SignatureAnswer(signature=sign_agreement(agreement, self.keys.identity)))

    def _check_and_keep(self, row: JobRow, agreement: JobAgreement) -> None:
        own = self.jobs.parts(row.id).get(self.me)
        if row.state != JobState.PENDING or own is None or own.part is None:
            raise RefusedError("job.not_approved", "This node has not approved the job.", found=row.state)
        blueprint = self.planner.of_job(row)
        self._check_rests(row, blueprint)  # it may have ended since the approval
        check_agreement(
            agreement,
            proposal=proposal_of(row, blueprint),
            own=SignedPart.model_validate(own.part),
            keys=self.keys.of(agreement.flow.parties),
        )
        moved = self.jobs.move(
            row.id,
            JobState.READY,
            parts=_decided(agreement),
            pact=agreement.document(),
            pact_hash=agreement.hash(),
            forecast=of_agreement(blueprint, agreement),
        )
        if moved:
            self.diary.audit(row.id, "job.agreed", actor=f"peer:{row.initiator}")
        elif self.jobs.get(row.id).pact_hash != agreement.hash():  # else it came twice at once, and is kept
            raise wrong_state(self.jobs.get(row.id), "signed")

    def start(self, source: str, body: JobStart) -> Empty:
        """All have signed: check every signature, then the job runs."""
        row = self._of_initiator(source, body.job_id)
        if body.tacit is None or row.pact is None or row.pact_hash != body.tacit.agreement_hash:
            raise RefusedError("job.conflict", "The job was not agreed here as it is to be started.")
        agreement = JobAgreement.model_validate(row.pact)
        check_signatures(agreement, body.tacit.signatures, keys=self.keys.of(agreement.parts))
        if (body.tacit.retry or 0) > row.retry:
            self._take_up(row, body.tacit)
        elif row.state == JobState.READY and (body.tacit.retry or 0) == row.retry:
            self._begin(row, dict(body.tacit.signatures))
        elif row.state != JobState.RUNNING:
            raise wrong_state(row, "started")
        return Empty()

    # -- again -----------------------------------------------------------------------------------------------

    def check_retry(self, row: JobRow) -> None:
        """Whether a job that failed may go on where it stopped, as far as this node is concerned: what it rests on
        holds, it did not fail too long ago, and what its steps left here is still here.

        Raises InputError("job.not_retriable"), RefusedError("job.retry_expired", …), ResourceError("artifact.missing").
        """
        if row.started_at is None or row.retry >= MAX_RETRIES or row.state not in (JobState.RUNNING, JobState.FAILED):
            raise not_retriable(row)
        if row.cause is not None and row.cause.get("code") == REVOKED:
            raise not_retriable(row)
        hours = self.preparation.settings.retry_hours
        if hours == 0 or (row.ended_at is not None and now() > row.ended_at + hours * 3600.0):
            raise _expired(hours)
        blueprint = self.planner.of_job(row)
        self._check_approved(row, blueprint)
        self._check_rests(row, blueprint)
        self.preparation.check_kept(row.id)

    def _check_approved(self, row: JobRow, blueprint: Blueprint) -> None:
        """What is installed here now is what this node approved: software may have been updated since."""
        part = SignedPart.model_validate(self.jobs.parts(row.id)[self.me].part).part
        if dict(part.operators) != dict(blueprint.versions):
            raise RefusedError(
                "job.operator_version_differs",
                "This node has other versions of the operators now than when it approved the job.",
                hint="Submit its flow as a new job.",
            )
        if part.disclosures_hash != disclosures_hash(blueprint.disclosures):
            raise RefusedError(
                "job.disclosures_differ",
                "The operators that are installed now disclose something else than was approved.",
                hint="Submit its flow as a new job.",
            )

    def _take_up(self, row: JobRow, said: AllSignatures) -> None:
        """The initiator retries a job that failed."""
        self.check_retry(row)
        retry = said.retry or 0
        if self.jobs.reopen(row.id, JobState.RUNNING, retry, signatures=dict(said.signatures)):
            self._check_again(row, retry)
            self.workbench.leave_former(row.id, retry)
            self.diary.audit(row.id, "job.retried", actor=f"peer:{row.initiator}", retry=retry)
            self.diary.ring(row.id)
        elif self.jobs.get(row.id).retry < retry:
            raise not_retriable(self.jobs.get(row.id))

    def _check_again(self, row: JobRow, retry: int) -> None:
        """What was taken back between the check and the reopening met no open job that it could have stopped."""
        try:
            self._check_rests(row, self.planner.of_job(row))
        except TacitError as fault:
            cause = {"party": self.me, "step": None, "code": fault.code}
            self.jobs.move(row.id, JobState.FAILED, of_retry=retry, cause=cause)
            raise

    def _begin(self, row: JobRow, signatures: dict[str, str]) -> None:
        """All have signed, or at the initiator: all others go on with a retry."""
        if row.retry:
            self._check_rests(row, self.planner.of_job(row))
        if self.jobs.move(row.id, JobState.RUNNING, of_retry=row.retry, signatures=signatures):
            if row.retry:
                self.workbench.leave_former(row.id, row.retry)
            self.diary.ring(row.id)

    # -- the end ---------------------------------------------------------------------------------------------

    def stop(self, source: str, body: JobStop) -> Empty:
        """The initiator ends the job, or one attempt at a step of it (`task_name`)."""
        row = self._of_initiator(source, body.job_id)
        if body.task_name is not None:
            self.workbench.stop(row.id, body.task_name, "step.superseded")
            return Empty()
        cause = body.tacit or Cause(source, CANCELLED).told(retry=row.retry)  # of what runs now
        if cause.party not in self.jobs.circle(row.id).parties:
            cause = cause.model_copy(update={"party": source})  # nobody outside the job is to blame
        self.end(row, cause)
        return Empty()

    def end(self, row: JobRow, cause: StopCause) -> None:
        """Take over how the job ended elsewhere, and stop what runs here. News of an earlier retry come too late."""
        if (cause.retry or 0) < row.retry:
            return
        state = JobState.FAILED
        if cause.state in _BAD_ENDS:
            state = cause.state
        elif cause.code == CANCELLED:
            state = JobState.CANCELLED
        elif row.state == JobState.PENDING and cause.code != REVOKED:
            state = JobState.REJECTED
        known = Cause(cause.party, cause.code, cause.step, cause.what).as_dict()
        moved = self.jobs.close(row.id, (state, JobState.FAILED), cause.retry or 0, cause=known)
        self.workbench.stop_job(row.id, cause.code)
        if moved:
            self.diary.audit(row.id, f"job.{state.lower()}", actor=f"peer:{row.initiator}", code=cause.code)
            self.diary.ring(row.id)

    def cancel(self, job_id: str, *, by: str = "person") -> None:
        """The owner of this node stops a job that another one initiated. Raises InputError("job.wrong_state")."""
        row = self.jobs.get(job_id)
        if row.state in JOB_ENDED:
            raise wrong_state(row, "cancelled")
        body = JobStop(job_id=row.id, tacit=StopCause(party=self.me, code=CANCELLED))
        mail = message(row.initiator, JOB_STOP.path, body.document(), key=f"stop {row.id} {self.me}", job_id=row.id)
        cause = {"party": self.me, "step": None, "code": CANCELLED}
        if not self.jobs.move(row.id, JobState.CANCELLED, [mail], cause=cause):
            raise wrong_state(self.jobs.get(row.id), "cancelled")
        self.outbox.poke(row.initiator)
        self.workbench.stop_job(row.id, CANCELLED)
        self.diary.note(row.id, "job.cancelled", level="warning", peer=self.me, actor=by)

    def revoke(self, job_id: str, what: str) -> bool:
        """What the job rests on here was taken back: stop at once, then tell the initiator. False if it had ended."""
        row = self.jobs.get(job_id)
        body = JobStop(job_id=row.id, tacit=StopCause(party=self.me, code=REVOKED, what=what))
        mail = message(row.initiator, JOB_STOP.path, body.document(), key=f"stop {row.id} {self.me}", job_id=row.id)
        if not self.jobs.move(row.id, JobState.FAILED, [mail], cause=Cause(self.me, REVOKED, what=what).as_dict()):
            return False
        self.workbench.stop_job(row.id, REVOKED)
        self.outbox.poke(row.initiator)
        self.diary.note(row.id, REVOKED, level="error", peer=self.me, code=what)
        return True

    def _of_initiator(self, source: str, job_id: str) -> JobRow:
        row = self.jobs.get(job_id)
        if row.initiator != source:
            raise RefusedError("job.not_initiator", "Only the initiator of a job may do this.", found=source)
        return row


def check_flow(row: JobRow, flow_hash: str | None) -> None:
    """A person approves the flow that they have seen. Raises RefusedError("job.flow_hash_differs")."""
    if flow_hash is not None and flow_hash != row.flow_hash:
        raise RefusedError(
            "job.flow_hash_differs", "This is another flow than the one you approve.", found=row.flow_hash[:16]
        )


def not_retriable(row: JobRow) -> InputError:
    """For a job that did not begin, did not fail, or rests on something that was taken back."""
    return InputError(
        "job.not_retriable",
        "Only a job that began and then failed can be retried.",
        found=(row.cause or {}).get("code") or row.state,
        hint="Submit its flow as a new job.",
    )


def _expired(hours: float) -> RefusedError:
    return RefusedError(
        "job.retry_expired",
        "The job failed too long ago to be retried.",
        expected=f"a retry within {hours:g} hours",
        hint="Submit its flow as a new job.",
    )


def _check_numbers(flow: Flow) -> None:
    """Raises RefusedError("agreement.not_canonical")."""
    try:
        flow.hash()
    except ValueError:
        raise RefusedError(
            "agreement.not_canonical", "The flow holds a number that JSON cannot keep exactly."
        ) from None


def new_job(job_id: str, audit_id: str, name: str, initiator: str, project: str, flow: Flow) -> JobRow:
    """A job before anybody decided."""
    return JobRow(
        id=job_id,
        audit_id=audit_id,
        name=name,
        initiator=initiator,
        agreement_id=project,
        flow=flow.document(),
        flow_hash=flow.hash(),
        disclosures={},
        forecast={},
        state=JobState.PENDING,
        decision=WAITING,
        retry=0,
        salt=secrets.token_hex(32),
        created_at=now(),
    )


def new_parts(row: JobRow, flow: Flow) -> list[PartRow]:
    """Nobody has decided yet."""
    return [PartRow(job_id=row.id, party=party, decision=WAITING) for party in flow.parties]


def approved_row(job_id: str, signed: SignedPart) -> PartRow:
    return PartRow(job_id=job_id, party=signed.part.party, decision=APPROVED, part=signed.document())


def _refusal_row(job_id: str, party: str, code: str) -> PartRow:
    return PartRow(job_id=job_id, party=party, decision=REJECTED, code=code)


def _decided(agreement: JobAgreement) -> list[PartRow]:
    return [approved_row(agreement.job_id, signed) for signed in agreement.parts.values()]


def _status(row: JobRow) -> AuditStatus:
    if row.decision == WAITING:
        return AuditStatus.APPLIED
    return AuditStatus.APPROVED if row.decision == APPROVED else AuditStatus.REJECTED
