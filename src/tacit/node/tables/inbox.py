"""What waits for a person, who may decide in whose name, grants, standing approvals, and how often they were used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class InboxRow(Table):
    """An item. `open_key` is kind and subject while it is open, so that a subject has one open item at most.

    `applied`: what was decided has been done to the subject; False between the decision and its act.
    """

    __tablename__ = "inbox_items"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    open_key: Mapped[str | None] = mapped_column(unique=True)
    title: Mapped[Document]
    summary: Mapped[Document]
    requested_by: Mapped[str]
    level: Mapped[int]
    state: Mapped[str]
    decisions: Mapped[list[Any]]
    applied: Mapped[bool]
    version: Mapped[int]
    due_at: Mapped[float | None]
    created_at: Mapped[float]
    ended_at: Mapped[float | None]
    reminded_at: Mapped[float | None]
    __table_args__ = (Index("inbox_by_state", "state", "kind"), Index("inbox_by_subject", "kind", "subject"))


class DelegationRow(Table):
    """`delegate` may decide in the name of `delegator`; no `kinds`: all of them."""

    __tablename__ = "delegations"
    id: Mapped[str] = mapped_column(primary_key=True)
    delegator: Mapped[str]
    delegate: Mapped[str]
    roles: Mapped[list[Any]]
    kinds: Mapped[list[Any]]
    from_at: Mapped[float]
    until: Mapped[float]
    note: Mapped[str]
    created_at: Mapped[float]
    revoked_at: Mapped[float | None]


class GrantRow(Table):
    """`side` "given": datasets of this node for `peer`; "asked": datasets of `peer` for this node.

    `permit`: as the standard has it; its token is in it at the side that asked, its SHA-256 at the side that gave.
    """

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str]
    peer: Mapped[str]
    selector: Mapped[str]
    datasets: Mapped[list[Any]]
    agreement: Mapped[str | None]
    purpose: Mapped[str | None]
    operators: Mapped[list[Any] | None]
    until: Mapped[float | None]
    max_jobs: Mapped[int | None]
    state: Mapped[str]
    permit: Mapped[Document | None]
    requested_by: Mapped[str]
    decided_by: Mapped[str | None]
    created_at: Mapped[float]
    ended_at: Mapped[float | None]
    __table_args__ = (Index("grants_by_peer", "peer", "side", "state"),)


class StandingRow(Table):
    """A flow that is approved again and again: exactly this hash, under this agreement, for this peer."""

    __tablename__ = "standing_approvals"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    flow: Mapped[Document]
    flow_hash: Mapped[str]
    initiator: Mapped[str]
    agreement: Mapped[str]
    max_runs: Mapped[int | None]
    until: Mapped[float | None]
    level: Mapped[int]
    disclosures: Mapped[Document]
    state: Mapped[str]
    requested_by: Mapped[str]
    created_at: Mapped[float]
    ended_at: Mapped[float | None]
    __table_args__ = (Index("standing_by_hash", "flow_hash"),)


class UseRow(Table):
    """A job that a rule, a grant or a standing approval was used for. `source`: "rule:rule-…", "grant:…", "flow:…"."""

    __tablename__ = "approval_uses"
    source: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[float]
    __table_args__ = (Index("uses_by_time", "source", "at"),)


class CounterRow(Table):
    """How many jobs a source was used for; the row that is locked while one more is counted."""

    __tablename__ = "approval_counters"
    source: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[int]
