"""Policies of datasets, trials and decisions."""

from __future__ import annotations

from typing import Literal

from tacit.governance.policies import Policy
from tacit.node.api.shapes.base import Answer, Time, Wording


class PolicyVersion(Answer):
    """One version of a dataset's policy. `state`: draft, in_force, or retired once another took its place."""

    dataset: str
    version: int
    state: Literal["draft", "in_force", "retired"]
    hash: str
    drafted_by: str
    drafted_at: Time
    activated_by: str | None
    activated_at: Time | None


class FullPolicyVersion(PolicyVersion):
    """With its document."""

    policy: Policy


class PolicySummary(Answer):
    """A dataset of this node and its policy. `version`: in force; null: the level defaults alone."""

    dataset: str
    version: int | None
    hash: str | None
    activated_by: str | None
    activated_at: Time | None
    rules: int
    exceptions: int


class Budget(Answer):
    """What noised queries on a dataset have spent, and what the rules with a budget leave, by id."""

    dataset: str
    epsilon: float
    left: dict[str, float]


class Reason(Answer):
    """Why a use is refused. `rule`: the id of a rule, or "level:4" for a level default."""

    code: str
    rule: str
    dataset: str
    columns: list[str]
    step: str
    operator: str
    use: str
    receivers: list[str]
    text: Wording


class Tried(Answer):
    """A past job: refused by the policy on trial, and refused by what is in force."""

    job: str
    name: str
    initiator: str
    state: str
    created_at: Time
    refused: bool
    refused_now: bool
    reasons: list[Reason]


class TrialResult(Answer):
    """`changed`: how many jobs the policy on trial judges otherwise than what is in force."""

    dataset: str
    jobs: list[Tried]
    refused: int
    changed: int


class DatasetDecision(Answer):
    """Of one own dataset that a flow reads."""

    dataset: str
    allowed: bool
    reasons: list[Reason]


class UsedColumns(Answer):
    """What one step does with columns of this node. `after`, `receivers`: who can read something, and when."""

    step: str
    operator: str
    use: str
    function: str | None
    dataset: str
    columns: list[str]
    receivers: list[str]
    after: str | None
    min_group: int | None
    epsilon: float | None


class Kept(Answer):
    """What the worker of a step will keep to."""

    min_group: int
    min_result: int
    dominance: float | None
    rounding: float | None


class PolicyExplained(Answer):
    """Whether this node's policies allow a flow. `mode`: enforce, observe or off."""

    mode: Literal["enforce", "observe", "off"]
    allowed: bool
    datasets: list[DatasetDecision]
    uses: list[UsedColumns]
    keeps: dict[str, Kept]
    obligations: list[str]
    retention_days: int | None
