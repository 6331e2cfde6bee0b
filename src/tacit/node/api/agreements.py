"""/agreements: projects that several nodes signed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tacit.errors import ParameterError
from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.clock import iso, now, seconds_of


class AgreementBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    purpose: str = Field(min_length=1, max_length=4000)
    members: list[str] = Field(min_length=1)
    datasets: dict[str, list[str]] = Field(default_factory=dict)
    operators: list[str] = Field(default_factory=list)
    valid_until: str


def router(services: Services) -> APIRouter:
    """Proposing, signing, ending."""
    routes, projects = APIRouter(prefix="/agreements"), services.parts.projects

    @routes.get("")
    def agreements() -> dict[str, Any]:
        return {"items": [views.agreement(row) for row in projects.store.all()]}

    @routes.post("", status_code=201)
    def propose(body: AgreementBody) -> dict[str, Any]:
        try:
            until = int(seconds_of(body.valid_until) * 1000)
        except ValueError as fault:
            raise ParameterError(
                "time.invalid", "This is not a time.", found=body.valid_until, expected=f"for example {iso(now())}"
            ) from fault
        row = projects.propose(body.name, body.purpose, body.members, body.datasets, until, body.operators)
        return views.agreement(row)

    @routes.get("/{agreement}")
    def agreement(agreement: str) -> dict[str, Any]:
        return views.agreement(projects.store.get(agreement))

    @routes.post("/{agreement}/approve")
    def approve(agreement: str) -> dict[str, Any]:
        return views.agreement(projects.approve(agreement))

    @routes.post("/{agreement}/reject")
    def reject(agreement: str) -> dict[str, Any]:
        return views.agreement(projects.reject(agreement))

    @routes.post("/{agreement}/terminate")
    def terminate(agreement: str) -> dict[str, Any]:
        return views.agreement(projects.terminate(agreement))

    return routes
