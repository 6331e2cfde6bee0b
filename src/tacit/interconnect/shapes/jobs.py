"""Jobs and tasks: proposal, approval, agreement, scheduling, status."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from tacit.interconnect.shapes.body import Body, Id, Label
from tacit.schema.flow import Flow, Name
from tacit.schema.job import JobAgreement, PartLimits, Refusal, SignedPart, SignedStatement
from tacit.schema.states import MAX_RETRIES, JobState, TaskState
from tacit.schema.wire import Code, Count, Digest, JobId, Shape, Signature, Version


class DagPort(Body):
    """`key` is "<component>.<output>" at an input. `tacit` names the input port, which the standard leaves out."""

    type: Label
    key: Label
    tacit: Label | None = None


class DagComponent(Body):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False, populate_by_name=True)

    name: Label
    component_name: Label = Field(alias="componentName")
    provider: Label
    version: Label
    input: tuple[DagPort, ...] = ()
    output: tuple[DagPort, ...] = ()
    tacit: dict[str, Any] | None = None


class Dag(Body):
    """The standard's picture of a flow: components and edges. `tacit` carries what it has no place for."""

    version: Label
    components: tuple[DagComponent, ...] = Field(max_length=1000)
    tacit: dict[str, Any] | None = None


class ConfigInitiator(Body):
    role: Label
    node_id: Id


class Config(Body):
    """Who takes part in which role (guest, host, arbiter), and the parameters."""

    version: Label
    initiator: ConfigInitiator
    role: dict[str, tuple[Id, ...]]
    job_params: dict[str, Any] = Field(default_factory=dict)
    task_params: dict[str, Any] = Field(default_factory=dict)


class JobProposal(Shape):
    """The flow itself: each party plans it on its own and trusts no summary of it."""

    flow: Flow
    flow_hash: Digest
    operators: dict[str, Version]
    software: Version
    protocol: Count
    initiator: Name
    limits: PartLimits | None = None


class JobApply(Body):
    audit_id: Id
    job_id: JobId
    flow_id: Id
    name: Label
    project_id: Label = ""
    dag: Dag
    conf: Config
    tacit: JobProposal | None = None


class JobDecision(Shape):
    """A signed part (approved) or the code of the refusal."""

    job_id: JobId
    part: SignedPart | None = None
    refusal: Refusal | None = None


class JobConfirm(Body):
    audit_id: Id
    status: Literal["APPROVED", "REJECTED"]
    tacit: JobDecision | None = None


class SignedAgreement(Shape):
    """A job agreement with at least the sender's signature."""

    agreement: JobAgreement
    signatures: dict[Name, Signature]


class JobCreate(Body):
    job_id: JobId
    flow_id: Id | None = None
    dag: Dag
    config: Config
    tacit: SignedAgreement | None = None


class SignatureAnswer(Shape):
    signature: Signature


class Signed(Body):
    """Answer that holds this party's signature over what was sent."""

    tacit: SignatureAnswer | None = None


class AllSignatures(Shape):
    """`retry`: which retry of the job begins; none: the first run."""

    agreement_hash: Digest
    signatures: dict[Name, Signature]
    retry: int | None = Field(default=None, ge=1, le=MAX_RETRIES)


class JobStart(Body):
    job_id: JobId
    tacit: AllSignatures | None = None


class StopCause(Shape):
    """Why: `code` "job.cancelled" with the `party` that cancelled, or the code of the failure.

    With "job.revoked", `what` says what the job rested on and no longer does: "agreement.terminated", …
    `state`: how the job ended at the initiator, for all to take over. `retry`: which retry of the job ended.
    """

    party: Name
    code: Code
    step: Name | None = None
    what: Code | None = None
    state: JobState | None = None
    retry: int | None = Field(default=None, ge=1, le=MAX_RETRIES)


class JobStop(Body):
    job_id: JobId
    task_name: Name | None = None
    tacit: StopCause | None = None


class JobRef(Body):
    job_id: JobId


class TaskExtra(Shape):
    """State of one step at one party. `statement` of the whole job comes with its last step."""

    step: Name
    attempt: Count
    code: Code | None = None
    done: Count | None = None
    total: Count | None = None
    seconds: float | None = Field(default=None, ge=0)
    bytes_sent: Count | None = None
    bytes_received: Count | None = None
    rounds: Count | None = None
    memory_mb: Count | None = None
    cpu_s: float | None = Field(default=None, ge=0)
    transcripts: dict[Name, Digest] = Field(default_factory=dict)


class JobStatusExtra(Shape):
    tasks: dict[Name, TaskExtra] = Field(default_factory=dict)
    statement: SignedStatement | None = None
    cause: StopCause | None = None


class JobStatus(Body):
    job_status: JobState
    status: dict[str, TaskState] = Field(default_factory=dict)
    tacit: JobStatusExtra | None = None


class TaskStartExtra(Shape):
    """`seed`: 32 fresh random bytes of the scheduler. What to run comes from the receiver's own agreement."""

    attempt: Count
    seed: Digest


class TaskStart(Body):
    task_id: Id
    job_id: JobId
    task_name: Name
    tacit: TaskStartExtra | None = None


class TaskPoll(Body):
    task_id: Id
    role: Label | None = None


class TaskStatus(Body):
    status: TaskState
    tacit: TaskExtra | None = None


class CallbackExtra(TaskExtra):
    job_id: JobId
    statement: SignedStatement | None = None


class TaskCallback(Body):
    task_id: Id
    status: TaskState
    role: Label | None = None
    tacit: CallbackExtra | None = None
