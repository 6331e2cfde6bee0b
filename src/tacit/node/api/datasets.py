"""/datasets: this node's own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Place, Prose, Segment, Statement
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.connections import Glance
from tacit.node.api.shapes.datasets import Dataset
from tacit.node.connections import LEAST, SAMPLE


class DatasetBody(BaseModel):
    """Either `path`, or `connection` with one of `table`, `query` and `object`."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    path: Place | None = None
    connection: Line | None = None
    table: Line | None = None
    query: Statement | None = None
    object: Place | None = None
    format: Line | None = None
    options: dict[str, Any] = Field(default_factory=dict, max_length=64)
    description: Prose = ""
    published: bool = True


class ProfileBody(BaseModel):
    """`rows`: of the sample."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[int, Field(ge=LEAST, le=100_000)] = SAMPLE


def router(services: Services) -> APIRouter:
    """Registering files, and what is known of them."""
    routes, node = APIRouter(prefix="/datasets"), services.parts

    @routes.get("", name="list", dependencies=needs("dataset.read"), response_model=Page[Dataset])
    def datasets(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.catalogue.all(), lambda row: row.name, limit=limit, cursor=cursor)
        return {"items": [views.dataset(row) for row in rows], "next": after}

    @routes.post("", status_code=201, dependencies=needs("dataset.register"), response_model=Dataset)
    def register(body: DatasetBody) -> dict[str, Any]:
        row = node.catalogue.register(
            body.name,
            body.path,
            connection=body.connection,
            format=body.format,
            options=body.options | body.model_dump(include={"table", "query", "object"}, exclude_none=True),
            description=body.description,
            published=body.published,
        )
        node.trail.record("dataset.registered", f"dataset:{row.name}", {"digest": row.digest}, actor="person")
        return views.dataset(row)

    @routes.get("/{name}", name="show", dependencies=needs("dataset.read"), response_model=Dataset)
    def dataset(name: Segment) -> dict[str, Any]:
        return views.dataset(node.catalogue.get(name))

    @routes.delete("/{name}", dependencies=needs("dataset.remove"), response_model=Dataset)
    def remove(name: Segment) -> dict[str, Any]:
        shown = views.dataset(node.catalogue.remove(name))
        node.trail.record("dataset.removed", f"dataset:{name}", {}, actor="person")
        node.revocation.dataset_removed(name)
        return shown

    @routes.post("/{name}/profile", dependencies=needs("dataset.profile"), response_model=Glance)
    def profile(name: Segment, body: ProfileBody | None = None) -> dict[str, Any]:
        """Shapes and shares of a sample; no value is told that fewer than `least` of its rows have."""
        found = node.catalogue.profile(name, (body or ProfileBody()).rows)
        node.trail.record("dataset.profiled", f"dataset:{name}", {"rows": found["sample_rows"]}, actor="person")
        return found

    @routes.post("/{name}/refresh", dependencies=needs("dataset.refresh"), response_model=Dataset)
    def refresh(name: Segment) -> dict[str, Any]:
        row = node.catalogue.refresh(name)
        node.trail.record("dataset.refreshed", f"dataset:{row.name}", {"digest": row.digest}, actor="person")
        return views.dataset(row)

    return routes
