"""/invitations: how peers come."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.peers import Invitation, NewInvitation, Peer


class InvitationBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    expires_in_s: float = Field(default=86_400.0, gt=0, le=30 * 86_400)


class AcceptBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=8192)


def router(services: Services) -> APIRouter:
    """Issuing codes, accepting those of others."""
    routes, node = APIRouter(), services.parts

    @routes.post("/invitations", status_code=201, dependencies=needs("invitation.create"), response_model=NewInvitation)
    def invite(body: InvitationBody) -> dict[str, Any]:
        row, code = node.peering.invite(body.expires_in_s)
        return {**views.invitation(row), "code": code}

    @routes.get("/invitations", name="list", dependencies=needs("invitation.read"), response_model=Page[Invitation])
    def invitations(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.invitations.all(), lambda row: row.id, limit=limit, cursor=cursor)
        return {"items": [views.invitation(row) for row in rows], "next": after}

    @routes.delete("/invitations/{invitation}", status_code=204, dependencies=needs("invitation.revoke"))
    def revoke(invitation: Segment) -> Response:
        node.invitations.revoke(invitation)
        return Response(status_code=204)

    @routes.post("/invitations/accept", status_code=201, dependencies=needs("invitation.accept"), response_model=Peer)
    def accept(body: AcceptBody) -> dict[str, Any]:
        return views.peer(node.peering.accept(body.code), node.contacts)

    return routes
