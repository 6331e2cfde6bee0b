"""/operators: what flows can be made of at this node."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tacit.errors import NotFoundError
from tacit.node.api.app import Services
from tacit.operators import describe


def router(services: Services) -> APIRouter:
    """Declarations, as forms and palettes are made from them."""
    routes, specs = APIRouter(prefix="/operators"), services.parts.planner.specs

    @routes.get("")
    def operators() -> dict[str, Any]:
        return {"items": [describe(spec) for spec in specs.values()]}

    @routes.get("/{name}")
    def operator(name: str) -> dict[str, Any]:
        if name not in specs:
            raise NotFoundError("operator.unknown", "There is no such operator here.", found=name)
        return describe(specs[name])

    return routes
