"""/standing: flows that are approved once for many runs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from tacit.governance.inbox import Kind
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Moment, Segment
from tacit.node.api.flows import FlowBody
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.inbox import Standing
from tacit.node.clock import iso
from tacit.node.tables.inbox import StandingRow
from tacit.node.wiring import Parts


class StandingBody(FlowBody):
    """`initiator`: whose jobs it approves; this node's own without it."""

    initiator: Line | None = None
    agreement: Line | None = None
    max_runs: int | None = Field(default=None, ge=1, le=1_000_000)
    until: Moment | None = None


def router(services: Services) -> APIRouter:
    """Putting up, listing, revoking; deciding is the inbox's matter."""
    routes, node = APIRouter(prefix="/standing"), services.parts

    @routes.get("", name="list", dependencies=needs("inbox.read"), response_model=Page[Standing])
    def standing(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(
            node.flow_approvals.store.all(), lambda row: [row.created_at, row.id], limit=limit, cursor=cursor
        )
        return {"items": [_shown(node, row) for row in rows], "next": after}

    @routes.post("", name="propose", status_code=201, dependencies=needs("standing.propose"), response_model=Standing)
    def propose(body: StandingBody) -> dict[str, Any]:
        row = node.flow_approvals.propose(
            body.document().flow,
            initiator=body.initiator,
            agreement=body.agreement or "",
            max_runs=body.max_runs,
            until=moment_of(body.until) if body.until is not None else None,
        )
        node.signoff.settle(Kind.FLOW, row.id)
        return _shown(node, node.flow_approvals.store.get(row.id))

    @routes.get("/{standing_id}", name="show", dependencies=needs("inbox.read"), response_model=Standing)
    def show(standing_id: Segment) -> dict[str, Any]:
        return _shown(node, node.flow_approvals.store.get(standing_id))

    @routes.post("/{standing_id}/revoke", name="revoke", dependencies=needs("standing.revoke"), response_model=Standing)
    def revoke(standing_id: Segment) -> dict[str, Any]:
        return _shown(node, node.flow_approvals.revoke(standing_id))

    return routes


def _shown(node: Parts, row: StandingRow) -> dict[str, Any]:
    item = node.inbox.store.latest_of(Kind.FLOW, row.id)
    names = ("id", "name", "flow_hash", "initiator", "max_runs", "level", "state", "requested_by")
    return {
        **{name: getattr(row, name) for name in names},
        "agreement": row.agreement or None,
        "used": node.uses.used(f"flow:{row.id}"),
        "item": item.id if item else None,
        **{name: iso(getattr(row, name)) for name in ("until", "created_at", "ended_at")},
    }
