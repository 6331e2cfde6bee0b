"""/models: the pieces of models that lie at this node."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.models import Model
from tacit.node.clock import iso


def router(services: Services) -> APIRouter:
    """Saved by the operator model.save."""
    routes, node = APIRouter(prefix="/models"), services.parts

    @routes.get("", name="list", dependencies=needs("model.read"), response_model=Page[Model])
    def models(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        names: dict[str, list[dict[str, Any]]] = {}
        for piece in node.models.all():
            names.setdefault(piece.name, []).append(
                {
                    "version": piece.version,
                    "kind": piece.kind,
                    "created_at": iso(piece.saved_at),
                    "bytes": piece.size_bytes,
                }
            )
        items, after = page(list(names.items()), lambda item: item[0], limit=limit, cursor=cursor)
        return {"items": [{"name": name, "versions": versions} for name, versions in items], "next": after}

    @routes.delete("/{name}/{version}", status_code=204, dependencies=needs("model.remove"))
    def remove(name: Segment, version: Segment) -> Response:
        node.models.remove(name, version)
        node.trail.record("model.removed", f"model:{name}", {"version": version}, actor="person")
        return Response(status_code=204)

    return routes
