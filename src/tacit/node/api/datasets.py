"""/datasets: this node's own."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tacit.node.api import views
from tacit.node.api.app import Services


class DatasetBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    path: str
    format: str | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    description: str = Field(default="", max_length=4000)
    published: bool = True


def router(services: Services) -> APIRouter:
    """Registering files, and what is known of them."""
    routes, node = APIRouter(prefix="/datasets"), services.parts

    @routes.get("")
    def datasets() -> dict[str, Any]:
        return {"items": [views.dataset(row) for row in node.catalogue.all()]}

    @routes.post("", status_code=201)
    def register(body: DatasetBody) -> dict[str, Any]:
        row = node.catalogue.register(
            body.name,
            body.path,
            format=body.format,
            options=body.options,
            description=body.description,
            published=body.published,
        )
        node.trail.record("dataset.registered", f"dataset:{row.name}", {"digest": row.digest}, actor="person")
        return views.dataset(row)

    @routes.get("/{name}")
    def dataset(name: str) -> dict[str, Any]:
        return views.dataset(node.catalogue.get(name))

    @routes.delete("/{name}")
    def remove(name: str) -> dict[str, Any]:
        shown = views.dataset(node.catalogue.remove(name))
        node.trail.record("dataset.removed", f"dataset:{name}", {}, actor="person")
        return shown

    @routes.post("/{name}/refresh")
    def refresh(name: str) -> dict[str, Any]:
        row = node.catalogue.refresh(name)
        node.trail.record("dataset.refreshed", f"dataset:{row.name}", {"digest": row.digest}, actor="person")
        return views.dataset(row)

    return routes
