"""/delegations: who may decide in whose name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tacit.governance.inbox import Kind
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Moment, Note, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.inbox import Delegation
from tacit.node.clock import iso
from tacit.node.tables.inbox import DelegationRow


class DelegationBody(BaseModel):
    """`delegator`: only for the node's owner, who may name whose place it is; everybody else delegates their own."""

    model_config = ConfigDict(extra="forbid")

    delegate: Line = Field(min_length=1)
    roles: list[Line] = Field(min_length=1, max_length=8)
    kinds: list[Kind] = Field(default_factory=list, max_length=16)
    from_at: Moment | None = None
    until: Moment
    delegator: Line | None = None
    note: Note = ""


def router(services: Services) -> APIRouter:
    """Giving, listing, revoking."""
    routes, delegations = APIRouter(prefix="/delegations"), services.parts.delegations

    def shown(row: DelegationRow) -> dict[str, Any]:
        at = delegations.clock()
        names = ("id", "delegator", "delegate", "roles", "kinds", "note")
        return {
            **{name: getattr(row, name) for name in names},
            "active": row.revoked_at is None and row.from_at <= at < row.until,
            **{name: iso(getattr(row, name)) for name in ("from_at", "until", "created_at", "revoked_at")},
        }

    @routes.get("", name="list", dependencies=needs("delegation.read"), response_model=Page[Delegation])
    def listed(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(delegations.store.all(), lambda row: [row.created_at, row.id], limit=limit, cursor=cursor)
        return {"items": [shown(row) for row in rows], "next": after}

    @routes.post("", name="give", status_code=201, dependencies=needs("delegation.give"), response_model=Delegation)
    def give(body: DelegationBody) -> dict[str, Any]:
        row = delegations.give(
            body.delegate,
            body.roles,
            until=moment_of(body.until),
            kinds=body.kinds,
            from_at=moment_of(body.from_at) if body.from_at is not None else None,
            delegator=body.delegator,
            note=body.note,
        )
        return shown(row)

    @routes.post(
        "/{delegation}/revoke", name="revoke", dependencies=needs("delegation.revoke"), response_model=Delegation
    )
    def revoke(delegation: Segment) -> dict[str, Any]:
        return shown(delegations.revoke(delegation))

    return routes
