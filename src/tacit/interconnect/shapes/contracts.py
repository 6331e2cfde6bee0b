"""Nodes and the contracts between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from tacit.interconnect.shapes.body import SYSTEM, Address, Body, Id, Label, Prose
from tacit.schema.wire import Count, Digest, Millis, Shape, Version


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
    tacit: InvitationProof | None = None


class ContractStatus(StrEnum):
    APPLIED = "APPLIED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    TERMINATED = "TERMINATED"


class ContractExtra(Shape):
    status: ContractStatus
    protocol: Count
    software: Version


class ContractApplied(Body):
    """`tacit` is there when an invitation settled the contract at once."""

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
