"""/models: the pieces of models that lie at this node."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.models import Model, ModelVersion
from tacit.node.clock import iso
from tacit.node.model_library import Version


def router(services: Services) -> APIRouter:
    """Saved by the operator model.save."""
    routes, library = APIRouter(prefix="/models"), services.parts.model_library

    @routes.get("", name="list", dependencies=needs("model.read"), response_model=Page[Model])
    def models(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        names, after = page(library.shelf.names(), lambda name: name, limit=limit, cursor=cursor)
        shown = [{"name": name, "versions": [_shown(each) for each in library.versions(name)]} for name in names]
        return {"items": shown, "next": after}

    @routes.delete("/{name}/{version}", status_code=204, dependencies=needs("model.remove"))
    def remove(name: Segment, version: Segment) -> Response:
        library.remove(name, version)
        return Response(status_code=204)

    @routes.post("/{name}/{version}/release", dependencies=needs("model.release"), response_model=ModelVersion)
    def release(name: Segment, version: Segment) -> dict[str, Any]:
        """At once, or when those who must agree have agreed in the inbox: `item`."""
        return _shown(library.release(name, version))

    @routes.post("/{name}/{version}/retire", dependencies=needs("model.retire"), response_model=ModelVersion)
    def retire(name: Segment, version: Segment) -> dict[str, Any]:
        """From now on no step loads it; this is not taken back."""
        return _shown(library.retire(name, version))

    return routes


def _shown(found: Version) -> dict[str, Any]:
    piece, row = found.piece, found.row
    known = ("digest", "job_id", "step", "changed_by")
    return {
        "version": piece.version,
        "kind": piece.kind,
        "created_at": iso(piece.saved_at),
        "bytes": piece.size_bytes,
        "state": found.state,
        "integrity": found.integrity,
        "model_id": piece.model_id,
        "transform_id": piece.transform_id,
        "item": found.item,
        **{name: None if row is None else getattr(row, name) for name in known},
        "changed_at": None if row is None else iso(row.changed_at),
    }
