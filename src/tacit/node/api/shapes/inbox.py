"""What waits for a person, delegations, grants, standing approvals."""

from __future__ import annotations

from typing import Literal

from tacit.governance.grants import GrantState
from tacit.governance.inbox import ItemState, Kind
from tacit.node.api.shapes.base import Answer, Time, Wording


class Decision(Answer):
    """One vote. `on_behalf`: in whose name, by a delegation. `withdrawn`: it does not count any more."""

    by: str
    on_behalf: str | None
    verdict: Literal["approve", "reject"]
    at: Time
    note: str
    withdrawn: bool


class Missing(Answer):
    """What an open item still needs. `compliance_officer`: one of the people must be one."""

    people: int
    compliance_officer: bool


class InboxItem(Answer):
    """`subject`: a job's, grant's … id. `summary`: who will learn what. `obstacle`: the code of why the caller cannot
    approve it; null: the caller can. `reminder`: why it wants attention now."""

    id: str
    kind: Kind
    kind_title: Wording
    subject: str
    title: Wording
    summary: Wording
    requested_by: str
    level: int
    needed: int
    missing: Missing
    state: ItemState
    done: bool
    decisions: list[Decision]
    obstacle: str | None
    reminder: Literal["due", "old"] | None
    due_at: Time | None
    created_at: Time
    ended_at: Time | None


class InboxCounts(Answer):
    """Open items. `mine`: those that the caller can approve. `reminders`: those that want attention."""

    open: int
    mine: int
    reminders: int
    kinds: dict[Kind, int]


class Delegation(Answer):
    """`delegate` may decide in the name of `delegator`; no `kinds`: all of them."""

    id: str
    delegator: str
    delegate: str
    roles: list[str]
    kinds: list[Kind]
    from_at: Time
    until: Time
    active: bool
    note: str
    created_at: Time
    revoked_at: Time | None


class Grant(Answer):
    """`side` "given": datasets of this node; "asked": datasets of the peer. null does not limit."""

    id: str
    side: Literal["given", "asked"]
    peer: str
    selector: str
    datasets: list[str]
    agreement: str | None
    purpose: str | None
    operators: list[str] | None
    until: Time | None
    max_jobs: int | None
    used: int
    state: GrantState
    expired: bool
    item: str | None
    requested_by: str
    decided_by: str | None
    created_at: Time
    ended_at: Time | None


class Batch(Answer):
    """Grants that were decided together, and those that could not be, with the code of why."""

    done: list[str]
    failed: dict[str, str]


class Standing(Answer):
    """Approval of exactly this flow, again and again."""

    id: str
    name: str
    flow_hash: str
    initiator: str
    agreement: str | None
    max_runs: int | None
    used: int
    until: Time | None
    level: int
    state: Literal["waiting", "active", "rejected", "revoked"]
    item: str | None
    requested_by: str
    created_at: Time
    ended_at: Time | None


class Gap(Answer):
    """One thing that a rule does not cover."""

    code: str
    text: Wording


class RuleVerdict(Answer):
    """No gaps: the rule would approve."""

    rule: str
    covers: bool
    gaps: list[Gap]


class Explanation(Answer):
    """`approved_by`: "rule:…" or "flow:…"; null: a person decides. `level`: of what is read here."""

    approved_by: str | None
    level: int
    people: int
    rules: list[RuleVerdict]
