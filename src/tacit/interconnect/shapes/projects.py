"""Project agreements, and what all audits (applications) share."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from tacit.interconnect.shapes.body import Body, Id, Label, Prose
from tacit.schema.job import Refusal, SignedProjectAgreement
from tacit.schema.wire import Shape, Signature


class ProjectApply(Body):
    """Ask a member to sign a project agreement. `tacit` holds the agreement with the signatures so far."""

    audit_id: Id
    contract_id: Id
    name: Label
    project_id: Id
    type: Label = "MPC"
    datasets: tuple[Label, ...] = ()
    description: Prose = ""
    tacit: SignedProjectAgreement | None = None


class AuditStatus(StrEnum):
    APPLIED = "APPLIED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    TERMINATED = "TERMINATED"


class ProjectDecision(Shape):
    """A member's signature on the agreement, or the code of its refusal."""

    signature: Signature | None = None
    refusal: Refusal | None = None


class ProjectConfirm(Body):
    audit_id: Id
    status: Literal["APPROVED", "REJECTED"]
    tacit: ProjectDecision | None = None


class AuditRef(Body):
    audit_id: Id


class AuditState(Body):
    audit_id: Id
    status: AuditStatus


class AuditApplied(Body):
    """Answer to an application: `status` at once when a rule of the receiver could decide."""

    status: AuditStatus = AuditStatus.APPLIED
    tacit: Refusal | None = None
