"""/agreements: projects that several nodes signed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from tacit.errors import ParameterError
from tacit.governance.inbox import Kind
from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import DatasetNames, Line, Moment, Prose, Segment
from tacit.node.api.negotiations import ConditionsBody
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.agreements import Agreement
from tacit.node.clock import iso, now, seconds_of
from tacit.node.desks import offer_of
from tacit.schema.wire import Digest


class AgreementBody(ConditionsBody):
    name: Line = Field(min_length=1)
    purpose: Prose = Field(min_length=1)
    members: list[Line] = Field(min_length=1, max_length=256)
    datasets: Annotated[dict[Line, DatasetNames], Field(max_length=256)] = Field(default_factory=dict)
    operators: list[Line] = Field(default_factory=list, max_length=512)
    valid_until: Moment


def router(services: Services) -> APIRouter:
    """Proposing, signing, ending."""
    routes, projects = APIRouter(prefix="/agreements"), services.parts.projects
    signoff = services.parts.signoff

    @routes.get("", name="list", dependencies=needs("agreement.read"), response_model=Page[Agreement])
    def agreements(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(projects.store.all(), lambda row: row.id, limit=limit, cursor=cursor)
        return {"items": [views.agreement(row) for row in rows], "next": after}

    @routes.post("", status_code=201, dependencies=needs("agreement.propose"), response_model=Agreement)
    def propose(body: AgreementBody) -> dict[str, Any]:
        until = int(moment_of(body.valid_until) * 1000)
        row = projects.propose(
            body.name, body.purpose, body.members, body.datasets, until, body.operators, body.conditions()
        )
        return views.agreement(row)

    @routes.get("/{agreement}", name="show", dependencies=needs("agreement.read"), response_model=Agreement)
    def agreement(agreement: Segment) -> dict[str, Any]:
        return views.agreement(projects.store.get(agreement))

    @routes.post("/{agreement}/approve", dependencies=needs("agreement.approve"), response_model=Agreement)
    def approve(agreement: Segment, hash: Annotated[Digest | None, Query()] = None) -> dict[str, Any]:
        """`hash`: only if the present offer is this one."""
        offer = offer_of(projects.undecided(agreement, hash))
        signoff.decide(Kind.AGREEMENT, offer, "approve")
        return views.agreement(projects.store.get(agreement))

    @routes.post("/{agreement}/reject", dependencies=needs("agreement.approve"), response_model=Agreement)
    def reject(agreement: Segment) -> dict[str, Any]:
        signoff.decide(Kind.AGREEMENT, offer_of(projects.undecided(agreement)), "reject")
        return views.agreement(projects.store.get(agreement))

    @routes.post("/{agreement}/terminate", dependencies=needs("agreement.terminate"), response_model=Agreement)
    def terminate(agreement: Segment) -> dict[str, Any]:
        return views.agreement(projects.terminate(agreement))

    return routes


def moment_of(text: str) -> float:
    """Seconds since 1970 of a time in a request. Raises ParameterError("time.invalid")."""
    try:
        moment = seconds_of(text)
    except (ValueError, OverflowError) as fault:
        raise ParameterError(
            "time.invalid", "This is not a time.", found=text, expected=f"for example {iso(now())}"
        ) from fault
    if moment < 0:
        raise ParameterError("time.invalid", "This time is too long ago.", found=text, expected="a time after 1970")
    return moment
