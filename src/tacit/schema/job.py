"""The documents of a job: parts, agreement, statements, receipt. The project agreement is in `schema.agreement`.

    SignedPart        one party: "this is what I bring to this job, and I approve this flow"
    JobAgreement      the flow and all signed parts; every party signs it; the session id comes from its hash
    SignedStatement   one party, afterwards: "these steps ran here, with these inputs, outputs and transcripts"
    SignedReceipt     agreement and all statements, countersigned by every party: can be checked without any node

Digests of data in these documents are salted commitments of their owner (see `tacit.ledger.commitment`), because a
bare hash of a small table could be guessed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tacit.schema.agreement import DatasetName, Line, Paragraph
from tacit.schema.agreement import ProjectAgreement as ProjectAgreement
from tacit.schema.agreement import SignedProjectAgreement as SignedProjectAgreement
from tacit.schema.canonical import digest
from tacit.schema.flow import Flow, Name, OperatorName
from tacit.schema.wire import AgreementId, Code, Count, Digest, JobId, Millis, PublicKey, Shape, Signature, Version

PortName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]


class DatasetFacts(Shape):
    """What a party says about a dataset that it brings. `digest` and `schema_digest` are salted commitments."""

    digest: Digest
    schema_digest: Digest
    rows: Count
    columns: Count


class DisclosureLine(Shape):
    """One thing that a party will learn from one step, in the words that the people saw who approved."""

    step: Name
    code: str = Field(min_length=1, max_length=120)
    zh: Paragraph
    en: Paragraph


Disclosures = dict[Name, tuple[DisclosureLine, ...]]  # party -> what it learns


class PartLimits(Shape):
    """What this party will spend on the job, per step."""

    memory_mb: Count
    wall_s: Count
    cpu_s: Count


class Part(Shape):
    """What one party brings to a job. Signing it is that party's approval of exactly this flow.

    `disclosures_hash` is over what every party learns; `nonce` (32 random bytes) makes the approval fit for one
    agreement only.
    """

    format: Literal[1] = 1
    job_id: JobId
    party: Name
    key: PublicKey
    flow_hash: Digest
    disclosures_hash: Digest
    project: AgreementId | None = None
    datasets: dict[DatasetName, DatasetFacts] = Field(default_factory=dict)
    models: dict[Line, Digest] = Field(default_factory=dict)
    operators: dict[OperatorName, Version]
    software: Version
    protocol: Count
    limits: PartLimits
    approved: Millis
    nonce: Digest


class SignedPart(Shape):
    """A part and its party's signature (purpose "part")."""

    part: Part
    signature: Signature


class JobAgreement(Shape):
    """The whole of what the parties agreed to run. Signed by all (purpose "job-agreement")."""

    format: Literal[1] = 1
    job_id: JobId
    initiator: Name
    project: AgreementId | None = None
    flow: Flow
    flow_hash: Digest
    disclosures: Disclosures
    parts: dict[Name, SignedPart]
    created: Millis

    def hash(self) -> str:
        """Hex SHA-256 of the canonical document."""
        return digest(self.document())


class StepStatement(Shape):
    """What one party saw of one step: commitments of inputs and outputs, transcript hash per peer role, times.

    `public_outputs` holds bare digests of outputs that every holder has alike; they must agree between parties.
    """

    step: Name
    attempt: Count
    operator: OperatorName
    version: Version
    role: Name
    inputs: dict[PortName, Digest] = Field(default_factory=dict)
    outputs: dict[PortName, Digest] = Field(default_factory=dict)
    public_outputs: dict[PortName, Digest] = Field(default_factory=dict)
    transcripts: dict[Name, Digest] = Field(default_factory=dict)
    started: Millis
    ended: Millis


class Statement(Shape):
    """One party's account of a job that ended well."""

    format: Literal[1] = 1
    job_id: JobId
    party: Name
    agreement_hash: Digest
    software: Version
    steps: tuple[StepStatement, ...]


class SignedStatement(Shape):
    """A statement and its party's signature (purpose "statement")."""

    statement: Statement
    signature: Signature


class Receipt(Shape):
    """Agreement, its signatures, and every party's statement. Countersigned by all (purpose "receipt")."""

    format: Literal[1] = 1
    job_id: JobId
    agreement: JobAgreement
    agreement_signatures: dict[Name, Signature]
    statements: dict[Name, SignedStatement]
    issued: Millis

    def hash(self) -> str:
        """Hex SHA-256 of the canonical document."""
        return digest(self.document())


class SignedReceipt(Shape):
    """The complete receipt: needs one signature per party of the agreement."""

    receipt: Receipt
    signatures: dict[Name, Signature]


class Refusal(Shape):
    """Why a party did not approve, or a step failed: only the code travels."""

    code: Code
    step: Name | None = None
