"""/operators: what flows can be made of at this node."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tacit.errors import NotFoundError
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.operators import Operator
from tacit.operators import describe


def router(services: Services) -> APIRouter:
    """Declarations, as forms and palettes are made from them."""
    routes, specs = APIRouter(prefix="/operators"), services.parts.planner.specs

    @routes.get("", name="list", dependencies=needs("operator.read"), response_model=Page[Operator])
    def operators(limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        found, after = page(list(specs.values()), lambda spec: spec.name, limit=limit, cursor=cursor)
        return {"items": [describe(spec) for spec in found], "next": after}

    @routes.get("/{name}", name="show", dependencies=needs("operator.read"), response_model=Operator)
    def operator(name: Segment) -> dict[str, Any]:
        if name not in specs:
            raise NotFoundError("operator.unknown", "There is no such operator here.", found=name)
        return describe(specs[name])

    return routes
