"""/rules: which jobs this node approves by itself."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tacit.errors import ParameterError
from tacit.governance.approvals import Rate, Rule
from tacit.governance.inbox import Kind, needed
from tacit.node.api import views
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import (
    LARGEST,
    AgreementIds,
    DatasetNames,
    Line,
    Moment,
    Names,
    Note,
    OperatorNames,
    Prose,
    Segment,
)
from tacit.node.api.flows import FlowBody
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.inbox import Explanation
from tacit.node.api.shapes.rules import ApprovalRule
from tacit.node.blueprint import Blueprint
from tacit.node.clock import now
from tacit.node.database import RuleRow
from tacit.node.wiring import Parts


class RuleBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    initiators: Names | None = None
    parties: Names | None = None
    operators: OperatorNames | None = None
    datasets: DatasetNames | None = None
    agreement: Line | None = None
    agreements: AgreementIds | None = None
    purposes: list[Prose] | None = Field(default=None, max_length=64)
    max_rows: int | None = Field(default=None, ge=0, le=LARGEST)
    max_level: int | None = Field(default=None, ge=1, le=5)
    max_uses: int | None = Field(default=None, ge=1, le=1_000_000_000)
    rate: Rate | None = None
    valid_until: Moment | None = None
    note: Note = ""


class ExplainRulesBody(FlowBody):
    """A job that is known here, or a flow; `initiator`: who would propose it, the first other party without it."""

    job: Line | None = None
    initiator: Line | None = None
    agreement: Line | None = None


def router(services: Services) -> APIRouter:
    """A rule limits; without one that covers a job, a person decides."""
    routes, node = APIRouter(prefix="/rules"), services.parts

    @routes.get("", name="list", dependencies=needs("rule.read"), response_model=Page[ApprovalRule])
    def rules(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.rules.all(), lambda row: row.id, limit=limit, cursor=cursor)
        return {"items": [views.rule(row) for row in rows], "next": after}

    @routes.post("", status_code=201, dependencies=needs("rule.add"), response_model=ApprovalRule)
    def add(body: RuleBody) -> dict[str, Any]:
        number = f"rule-{secrets.token_hex(6)}"
        limits = body.model_dump(exclude={"note", "valid_until", "agreement"}, exclude_none=True)
        if body.agreement is not None:
            limits["agreements"] = sorted({*limits.get("agreements", []), body.agreement})
        if body.valid_until is not None:
            limits["valid_until"] = int(moment_of(body.valid_until) * 1000)
        try:
            checked = Rule.model_validate({"id": number, **limits})
        except ValueError as fault:
            raise ParameterError("rule.invalid", "The rule is not valid.", found=_first(fault)) from fault
        document = {name: value for name, value in checked.document().items() if name != "id"}
        row = RuleRow(id=number, document=document, note=body.note, created_at=now())
        node.rules.add(row)
        node.trail.record("rule.added", f"rule:{number}", {}, actor="person")
        return views.rule(row)

    @routes.post("/explain", name="explain", dependencies=needs("rule.read"), response_model=Explanation)
    def explain(body: ExplainRulesBody) -> dict[str, Any]:
        return _explained(node, *_asked(node, body))

    @routes.delete("/{rule}", status_code=204, dependencies=needs("rule.remove"))
    def remove(rule: Segment) -> Response:
        node.rules.remove(rule)
        node.trail.record("rule.removed", f"rule:{rule}", {}, actor="person")
        return Response(status_code=204)

    return routes


def _asked(node: Parts, body: ExplainRulesBody) -> tuple[Blueprint, str, str]:
    """Plan, initiator and agreement. Raises ParameterError("request.invalid"), NotFoundError("job.unknown")."""
    if body.job is not None:
        row = node.jobs.get(body.job)
        return node.planner.of_job(row), row.initiator, row.agreement_id
    flow = body.document().flow
    others = sorted(party for party in flow.parties if party != node.me)
    return node.planner.draw(flow), body.initiator or next(iter(others), node.me), body.agreement or ""


def _explained(node: Parts, blueprint: Blueprint, initiator: str, agreement: str) -> dict[str, Any]:
    told = node.rulebook.explain(blueprint, initiator, agreement, blueprint.plan.hash)
    approved_by = f"flow:{told.standing}" if told.standing else f"rule:{told.rule}" if told.rule else None
    rules = [
        {"rule": rule, "covers": not found, "gaps": [{"code": gap.code, "text": gap.text.as_dict()} for gap in found]}
        for rule, found in told.rules.items()
    ]
    level = told.question.level
    people = 0 if approved_by else needed(Kind.JOB, level, node.settings.dual_approval_level)
    return {"approved_by": approved_by, "level": level, "people": people, "rules": rules}


def _first(fault: ValueError) -> str:
    errors = getattr(fault, "errors", None)
    return str(errors()[0]["msg"]) if callable(errors) else str(fault)
