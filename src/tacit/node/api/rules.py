"""/rules: which jobs this node approves by itself."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tacit.errors import ParameterError
from tacit.governance.approvals import Rule
from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.clock import iso, now, seconds_of
from tacit.node.database import RuleRow


class RuleBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    initiators: list[str] | None = None
    parties: list[str] | None = None
    operators: list[str] | None = None
    datasets: list[str] | None = None
    agreement: str | None = None
    agreements: list[str] | None = None
    max_rows: int | None = None
    valid_until: str | None = None
    note: str = Field(default="", max_length=500)


def router(services: Services) -> APIRouter:
    """A rule limits; without one that covers a job, a person decides."""
    routes, node = APIRouter(prefix="/rules"), services.parts

    @routes.get("")
    def rules() -> dict[str, Any]:
        return {"items": [views.rule(row) for row in node.rules.all()]}

    @routes.post("", status_code=201)
    def add(body: RuleBody) -> dict[str, Any]:
        number = f"rule-{secrets.token_hex(6)}"
        limits = body.model_dump(exclude={"note", "valid_until", "agreement"}, exclude_none=True)
        if body.agreement is not None:
            limits["agreements"] = sorted({*limits.get("agreements", []), body.agreement})
        if body.valid_until is not None:
            limits["valid_until"] = int(_seconds(body.valid_until) * 1000)
        try:
            checked = Rule.model_validate({"id": number, **limits})
        except ValueError as fault:
            raise ParameterError("rule.invalid", "The rule is not valid.", found=_first(fault)) from fault
        document = {name: value for name, value in checked.document().items() if name != "id"}
        row = RuleRow(id=number, document=document, note=body.note, created_at=now())
        node.rules.add(row)
        node.trail.record("rule.added", f"rule:{number}", {}, actor="person")
        return views.rule(row)

    @routes.delete("/{rule}", status_code=204)
    def remove(rule: str) -> Response:
        node.rules.remove(rule)
        node.trail.record("rule.removed", f"rule:{rule}", {}, actor="person")
        return Response(status_code=204)

    return routes


def _seconds(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError as fault:
        raise ParameterError(
            "time.invalid", "This is not a time.", found=text, expected=f"for example {iso(now())}"
        ) from fault


def _first(fault: ValueError) -> str:
    errors = getattr(fault, "errors", None)
    return str(errors()[0]["msg"]) if callable(errors) else str(fault)
