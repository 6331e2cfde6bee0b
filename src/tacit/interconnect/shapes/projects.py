"""Project agreements, and what all audits (applications) share."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from tacit.interconnect.shapes.body import Body, Id, Label, Prose
from tacit.schema.agreement import FinalAgreement
from tacit.schema.flow import Name
from tacit.schema.job import Refusal
from tacit.schema.wire import Count, Digest, Shape, Signature

Stages = Literal["REQUESTED", "OFFERED", "ACCEPTED", "AGREED", "VERIFIED", "FINALIZED", "TERMINATED"]


class Offered(FinalAgreement):
    """An offer on its way through a negotiation. `stage`: what the sender says has come about; `author`: whose offer.

    Without `stage`: an offer, or all have agreed if every signature is there.
    """

    stage: Stages | None = None
    author: Name | None = None


class ProjectApply(Body):
    """Ask a member to sign a project agreement, or hand out what came of it. `tacit` holds the agreement itself.

    From the proposer: an offer (its own, or one it passes on), that all agreed, or the final agreement. To the
    proposer: a member's counter-offer.
    """

    audit_id: Id
    contract_id: Id
    name: Label
    project_id: Id
    type: Label = "MPC"
    datasets: tuple[Label, ...] = ()
    description: Prose = ""
    tacit: Offered | None = None


class AuditStatus(StrEnum):
    APPLIED = "APPLIED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    TERMINATED = "TERMINATED"


class ProjectDecision(Shape):
    """A member's signature on the offer of this hash, its signed verification, or the code of its refusal."""

    hash: Digest | None = None
    signature: Signature | None = None
    verified: Signature | None = None
    refusal: Refusal | None = None


class ProjectConfirm(Body):
    audit_id: Id
    status: Literal["APPROVED", "REJECTED"]
    tacit: ProjectDecision | None = None


class AuditRef(Body):
    audit_id: Id


class ProjectEnd(AuditRef):
    """The end of a negotiation or of an agreement; `tacit` says why."""

    tacit: Refusal | None = None


class NegotiationState(Shape):
    stage: Stages
    version: Count
    hash: Digest


class AuditState(Body):
    audit_id: Id
    status: AuditStatus
    tacit: NegotiationState | None = None


class AuditApplied(Body):
    """Answer to an application: `status` at once when a rule of the receiver could decide."""

    status: AuditStatus = AuditStatus.APPLIED
    tacit: Refusal | None = None
