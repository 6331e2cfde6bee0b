"""Nodes and the contracts between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from tacit.interconnect.shapes.body import SYSTEM, Address, Body, Id, Label, Prose
from tacit.schema.wire import ApplicationId, Count, Digest, Millis, Shape, Signature, Version


class NodeExtra(Shape):
    """What the standard's node record lacks."""

    protocol: Count
    fingerprint: Digest


class NodeQuery(Body):
    node_id: Id | None = None


class NodeInfo(Body):
    """A node's card."""

    address: Address
    description: Prose = ""
    inst_id: Label
    institution: Label
    name: Label
    node_id: Id
    system: Label = SYSTEM
    system_version: Label
    tacit: NodeExtra | None = None


class HealthExtra(Shape):
    time: Millis
    protocol: Count
    software: Version


class NodeHealth(Body):
    """`time`: the answering node's clock, so that the asking one can say whose clock is wrong."""

    status: Literal["ok"] = "ok"
    tacit: HealthExtra | None = None


class InvitationProof(Shape):
    """That the applicant holds an invitation code (see `tacit.interconnect.invitation`)."""

    invitation: Digest
    proof: Digest
    protocol: Count
    software: Version


class Application(Shape):
    """What an applicant without an invitation signs. `target`: fingerprint of the receiver's key."""

    format: Literal[1] = 1
    id: ApplicationId
    target: Digest
    node_id: Id
    institution: Label
    address: Address
    message: str = Field(default="", max_length=500)
    withdrawn: bool = False
    time: Millis


class ApplicationProof(Shape):
    """That the applicant holds its node's key (see `tacit.interconnect.application`)."""

    application: Application
    signature: Signature
    protocol: Count
    software: Version


class ContractApply(Body):
    """Ask to become peers. `auth_credential` is the applicant's certificate (PEM)."""

    address: Address
    auth_credential: str = Field(max_length=16_384)
    auth_type: Label
    description: Prose = ""
    expired_time: Millis | None = None
    inst_id: Label
    institution: Label
    name: Label
    node_id: Id
    system: Label
    system_version: Label
    tacit: InvitationProof | ApplicationProof | None = None


class ContractStatus(StrEnum):
    APPLIED = "APPLIED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    TERMINATED = "TERMINATED"


class ContractExtra(Shape):
    """`state`, `reason`, `until`: of an application, for the applicant alone."""

    status: ContractStatus
    protocol: Count
    software: Version
    state: Literal["APPLIED", "IN_REVIEW", "APPROVED", "REJECTED", "EXPIRED", "WITHDRAWN"] | None = None
    reason: str | None = Field(default=None, max_length=120)
    until: Millis | None = None


class ContractApplied(Body):
    """`tacit` is there when an invitation settled the contract at once, and says how an application stands."""

    contract_id: Id
    tacit: ContractExtra | None = None


class ContractConfirm(Body):
    contract_id: Id
    status: Literal["APPROVED", "REJECTED"]
    auth_credential: str | None = Field(default=None, max_length=16_384)
    auth_type: Label | None = None
    expired_time: Millis | None = None


class ContractRef(Body):
    contract_id: Id


class ContractState(Body):
    status: ContractStatus
