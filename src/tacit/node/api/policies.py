"""/policies: what this node's owner allows with each dataset; drafts, trials, putting into force."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from tacit.governance import policies as governed
from tacit.governance.uses import Use
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Note, Segment
from tacit.node.api.flows import FlowBody
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.policies import (
    Budget,
    FullPolicyVersion,
    PolicyExplained,
    PolicySummary,
    PolicyVersion,
    TrialResult,
)
from tacit.node.clock import iso
from tacit.node.policy_desk import Explained, Trial
from tacit.node.tables.policies import PolicyRow

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class PolicyBody(BaseModel):
    """A policy without the name of its dataset, which stands in the path."""

    model_config = ConfigDict(extra="forbid")

    rules: list[governed.Rule] = Field(default=[], max_length=200)
    exceptions: list[governed.Exemption] = Field(default=[], max_length=200)
    note: Note = ""

    def document(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class ActivateBody(BaseModel):
    """`hash`: of the version that the person has read."""

    model_config = ConfigDict(extra="forbid")

    hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class TrialBody(BaseModel):
    """Either a policy, or the number of a version."""

    model_config = ConfigDict(extra="forbid")

    policy: PolicyBody | None = None
    version: int | None = Field(default=None, ge=1, le=2**31 - 1)
    jobs: int = Field(default=100, ge=1, le=1000)


class ExplainPoliciesBody(FlowBody):
    """A flow, as if `initiator` had proposed it under `agreement`."""

    initiator: Line | None = None
    agreement: Line | None = None


def router(services: Services) -> APIRouter:
    """Everything here is about datasets of this node."""
    routes, node, desk = APIRouter(prefix="/policies"), services.parts, services.parts.policy_desk

    @routes.get("", name="list", dependencies=needs("policy.read"), response_model=Page[PolicySummary])
    def policies(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.catalogue.all(), lambda row: row.name, limit=limit, cursor=cursor)
        found = node.policing.store.all_in_force()
        return {"items": [_summary(row.name, found.get(row.name)) for row in rows], "next": after}

    @routes.post("/explain", dependencies=needs("policy.read"), response_model=PolicyExplained)
    def explain(body: ExplainPoliciesBody) -> dict[str, Any]:
        found = desk.explain(body.document().flow, body.initiator, body.agreement)
        return _explained(found, node.policing.mode)

    @routes.get("/{dataset}", name="versions", dependencies=needs("policy.read"), response_model=Page[PolicyVersion])
    def versions(dataset: Segment, limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        node.catalogue.get(dataset)
        rows = node.policing.store.versions(dataset)
        taken, after = page(rows, lambda row: row.version, limit=limit, cursor=cursor)
        current = node.policing.store.in_force(dataset)
        return {"items": [_version(row, current) for row in taken], "next": after}

    @routes.get("/{dataset}/budget", name="budget", dependencies=needs("policy.read"), response_model=Budget)
    def budget(dataset: Segment) -> dict[str, Any]:
        node.catalogue.get(dataset)
        return {"dataset": dataset, **desk.budget(dataset)}

    @routes.get(
        "/{dataset}/versions/{version}", name="get", dependencies=needs("policy.read"), response_model=FullPolicyVersion
    )
    def get(dataset: Segment, version: Number) -> dict[str, Any]:
        return _whole(node.policing.store.get(dataset, version), node.policing.store.in_force(dataset))

    @routes.post(
        "/{dataset}/versions",
        name="draft",
        status_code=201,
        dependencies=needs("policy.change"),
        response_model=FullPolicyVersion,
    )
    def draft(dataset: Segment, body: PolicyBody) -> dict[str, Any]:
        return _whole(desk.draft(dataset, body.document()), node.policing.store.in_force(dataset))

    @routes.post(
        "/{dataset}/versions/{version}/activate",
        name="activate",
        dependencies=needs("policy.activate"),
        response_model=FullPolicyVersion,
    )
    def activate(dataset: Segment, version: Number, body: ActivateBody) -> dict[str, Any]:
        node.activations.request(dataset, version, body.hash)
        row = node.policing.store.get(dataset, version)
        return _whole(row, node.policing.store.in_force(dataset))

    @routes.post("/{dataset}/trial", name="trial", dependencies=needs("policy.try"), response_model=TrialResult)
    def trial(dataset: Segment, body: TrialBody) -> dict[str, Any]:
        document = None if body.policy is None else body.policy.document()
        node.catalogue.get(dataset)
        return _trial(dataset, desk.trial(dataset, document, body.version, body.jobs))

    @routes.delete("/{dataset}", name="withdraw", status_code=204, dependencies=needs("policy.remove"))
    def withdraw(dataset: Segment) -> Response:
        desk.withdraw(dataset)
        return Response(status_code=204)

    return routes


def _summary(dataset: str, row: PolicyRow | None) -> dict[str, Any]:
    return {
        "dataset": dataset,
        "version": row.version if row else None,
        "hash": row.hash if row else None,
        "activated_by": row.activated_by if row else None,
        "activated_at": iso(row.activated_at) if row else None,
        "rules": len(row.document.get("rules", [])) if row else 0,
        "exceptions": len(row.document.get("exceptions", [])) if row else 0,
    }


def _version(row: PolicyRow, current: PolicyRow | None) -> dict[str, Any]:
    in_force = current is not None and current.version == row.version
    return {
        "dataset": row.dataset,
        "version": row.version,
        "state": "in_force" if in_force else "draft" if row.activated_at is None else "retired",
        "hash": row.hash,
        "drafted_by": row.drafted_by,
        "drafted_at": iso(row.drafted_at),
        "activated_by": row.activated_by,
        "activated_at": iso(row.activated_at),
    }


def _whole(row: PolicyRow, current: PolicyRow | None) -> dict[str, Any]:
    return {**_version(row, current), "policy": governed.Policy.model_validate(row.document)}


def _reason(reason: governed.Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "rule": reason.rule,
        "dataset": reason.dataset,
        "columns": list(reason.columns),
        "step": reason.step,
        "operator": reason.operator,
        "use": reason.use,
        "receivers": list(reason.receivers),
        "text": reason.text.as_dict(),
    }


def _trial(dataset: str, trials: list[Trial]) -> dict[str, Any]:
    jobs = [
        {
            "job": trial.job.id,
            "name": trial.job.name,
            "initiator": trial.job.initiator,
            "state": trial.job.state,
            "created_at": iso(trial.job.created_at),
            "refused": not trial.decision.allowed,
            "refused_now": not trial.before.allowed,
            "reasons": [_reason(reason) for reason in trial.decision.reasons],
        }
        for trial in trials
    ]
    return {
        "dataset": dataset,
        "jobs": jobs,
        "refused": sum(not trial.decision.allowed for trial in trials),
        "changed": sum(trial.decision.allowed != trial.before.allowed for trial in trials),
    }


def _explained(found: Explained, mode: str) -> dict[str, Any]:
    decision = found.decision
    mine = {name: [each for each in decision.reasons if each.dataset == name] for name in found.datasets}
    return {
        "mode": mode,
        "allowed": decision.allowed,
        "datasets": [
            {"dataset": name, "allowed": not reasons, "reasons": [_reason(reason) for reason in reasons]}
            for name, reasons in mine.items()
        ],
        "uses": [line for use in found.uses for line in _uses(use)],
        "keeps": {
            step: {name: getattr(keep, name) for name in ("min_group", "min_result", "dominance", "rounding")}
            for step, keep in decision.keeps.items()
        },
        "obligations": list(decision.obligations),
        "retention_days": decision.retention_days,
    }


def _uses(use: Use) -> list[dict[str, Any]]:
    """One line per dataset."""
    columns: dict[str, list[str]] = defaultdict(list)
    for origin in sorted(use.columns):
        columns[origin.dataset].append(origin.column)
    return [
        {
            "step": use.step,
            "operator": use.operator,
            "use": use.kind,
            "function": use.function,
            "dataset": dataset,
            "columns": names,
            "receivers": list(use.receivers),
            "after": use.after,
            "min_group": use.minimum,
            "epsilon": use.epsilon,
        }
        for dataset, names in columns.items()
    ]
