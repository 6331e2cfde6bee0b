"""/clients: programs of this organisation that use the node with a key of their own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tacit.node.access.clients import PER_DAY, PER_MINUTE
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Moment, Note, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.people import Client, ClientKey
from tacit.node.clock import iso, now
from tacit.node.tables.access import ClientRow

ClientName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9._-]{1,62}$")]
Scopes = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=64)]], Field(max_length=200)]
Calls = Annotated[int, Field(ge=1, le=100_000_000)]
_DAY_S = 86_400.0


class ClientBody(BaseModel):
    """`scopes`: actions such as "job.submit"."""

    model_config = ConfigDict(extra="forbid")

    name: ClientName
    scopes: Scopes
    note: Note = ""
    expires_at: Moment | None = None
    per_minute: Calls = PER_MINUTE
    per_day: Calls = PER_DAY


class ClientChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scopes: Scopes | None = None
    note: Note | None = None
    expires_at: Moment | None = None
    per_minute: Calls | None = None
    per_day: Calls | None = None


def router(services: Services) -> APIRouter:
    """A key is shown once, when it is made."""
    routes, node = APIRouter(prefix="/clients"), services.parts

    @routes.get("", name="list", dependencies=needs("client.read"), response_model=Page[Client])
    def clients(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.access.clients.store.all(), lambda row: row.name, limit=limit, cursor=cursor)
        return {"items": [view(row) for row in rows], "next": after}

    @routes.post("", status_code=201, dependencies=needs("client.add"), response_model=ClientKey)
    def add(body: ClientBody) -> dict[str, Any]:
        row, key = node.access.clients.add(
            body.name,
            body.scopes,
            note=body.note,
            expires_at=None if body.expires_at is None else moment_of(body.expires_at),
            per_minute=body.per_minute,
            per_day=body.per_day,
        )
        return {**view(row), "key": key}

    @routes.get("/{name}", name="show", dependencies=needs("client.read"), response_model=Client)
    def client(name: Segment) -> dict[str, Any]:
        return view(node.access.clients.store.named(name))

    @routes.patch("/{name}", dependencies=needs("client.change"), response_model=Client)
    def change(name: Segment, body: ClientChange) -> dict[str, Any]:
        values = body.model_dump(exclude_none=True)
        if body.expires_at is not None:
            values["expires_at"] = moment_of(body.expires_at)
        return view(node.access.clients.change(name, **values))

    @routes.post("/{name}/renew", dependencies=needs("client.change"), response_model=ClientKey)
    def renew(name: Segment) -> dict[str, Any]:
        row, key = node.access.clients.renew(name)
        return {**view(row), "key": key}

    @routes.post("/{name}/revoke", dependencies=needs("client.change"), response_model=Client)
    def revoke(name: Segment) -> dict[str, Any]:
        return view(node.access.clients.revoke(name))

    @routes.delete("/{name}", status_code=204, dependencies=needs("client.remove"))
    def remove(name: Segment) -> Response:
        node.access.clients.remove(name)
        return Response(status_code=204)

    return routes


def view(row: ClientRow) -> dict[str, Any]:
    """A client as administrators see it."""
    moment = now()
    expired = row.expires_at is not None and row.expires_at <= moment
    return {
        "name": row.name,
        "id": row.id,
        "scopes": row.scopes,
        "note": row.note,
        "state": "revoked" if row.revoked_at is not None else "expired" if expired else "active",
        "per_minute": row.per_minute,
        "per_day": row.per_day,
        "calls_today": row.day_count if row.day == int(moment // _DAY_S) else 0,
        "expires_at": iso(row.expires_at),
        "created_by": row.created_by,
        "created_at": iso(row.created_at),
        "used_at": iso(row.used_at),
    }
