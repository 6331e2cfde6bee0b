"""Jobs, their logs and their receipts."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Document, Fault, Time, Wording


class PartOfJob(Answer):
    """What one party says to the job."""

    kind: str
    decision: str
    code: str | None


class Done(Answer):
    """Steps that are done, of all."""

    done: int
    total: int


class StepProgress(Answer):
    """How far a running step is, in its own units."""

    done: int
    total: int
    note: str


class JobSummary(Answer):
    """A job in short. `waiting`: for whom; `cause`: why it ended badly, the same at every party."""

    id: str
    name: str
    initiator: str
    mine: bool
    agreement_id: str | None
    flow_hash: str
    state: str
    waiting: Document | None
    cause: Document | None
    parties: dict[str, PartOfJob]
    decision: str
    decided_by: str | None
    created_at: Time
    started_at: Time | None
    ended_at: Time | None
    progress: Done


class Report(Answer):
    """What an attempt cost: seconds, MB of memory, bytes, rounds of messages."""

    wall_s: float | None
    cpu_s: float | None
    rss_mb: float | None
    bytes_sent: int | None
    bytes_received: int | None
    rounds: int | None


class PartOfStep(Answer):
    """The latest attempt of a step at one party."""

    state: str
    code: str | None
    report: Report | None


class Step(Answer):
    """A step with its latest attempt; `error` is this node's own and never leaves it."""

    id: str
    operator: str
    at: dict[str, str]
    state: str
    attempt: int
    progress: StepProgress | None
    started_at: Time | None
    ended_at: Time | None
    error: Fault | None
    parties: dict[str, PartOfStep]


class JobDetail(JobSummary):
    """A job in full, but for results, log and receipt. `retry`: how often it was retried so far."""

    flow: Document
    disclosures: Document
    forecast: Document | None
    steps: list[Step]
    agreement: Document | None
    error: Fault | None
    has_receipt: bool
    retry: int


class JobEvent(Answer):
    """A line of a job's log. `number` is this node's order."""

    number: int
    time: Time
    job_id: str
    party: str
    step: str | None
    level: str
    code: str
    text: Wording
    data: dict[str, str | int]


class ReceiptCheck(Answer):
    """One thing that was checked of a receipt."""

    id: str
    ok: bool
    text: Wording
    found: str | None
    expected: str | None
    code: str | None = None


class ReceiptVerdict(Answer):
    """`ok` when every check holds."""

    ok: bool
    checks: list[ReceiptCheck]
