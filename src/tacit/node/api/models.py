"""/models: the pieces of models that lie at this node."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from tacit.node.api.app import Services
from tacit.node.clock import iso


def router(services: Services) -> APIRouter:
    """Saved by the operator model.save."""
    routes, node = APIRouter(prefix="/models"), services.parts

    @routes.get("")
    def models() -> dict[str, Any]:
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
        return {"items": [{"name": name, "versions": versions} for name, versions in names.items()]}

    @routes.delete("/{name}/{version}", status_code=204)
    def remove(name: str, version: str) -> Response:
        node.models.remove(name, version)
        node.trail.record("model.removed", f"model:{name}", {"version": version}, actor="person")
        return Response(status_code=204)

    return routes
