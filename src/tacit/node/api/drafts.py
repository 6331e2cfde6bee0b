"""/flows: drafts that the people of this organisation keep at the node."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import LARGEST, Line, Segment
from tacit.node.api.paging import Cursor, Limit, Page, next_of, read_mark
from tacit.node.api.shapes.base import Document
from tacit.node.api.shapes.flows import FlowDraft, FlowDraftSummary
from tacit.node.clock import iso
from tacit.node.tables.flows import FlowDraftRow

_Agreement = Annotated[str | None, Query(max_length=200)]


class DraftBody(BaseModel):
    """`document`: a flow as far as it is written; it may be unsound. `template`: what it was begun from."""

    model_config = ConfigDict(extra="forbid")

    document: Document = Field(max_length=64)
    agreement: Line | None = None
    template: Line | None = None


class DraftChange(BaseModel):
    """`version`: the one that was read. `agreement`: only if it is to change; null for none."""

    model_config = ConfigDict(extra="forbid")

    document: Document = Field(max_length=64)
    agreement: Line | None = None
    version: int = Field(ge=1, le=LARGEST)


def router(services: Services) -> APIRouter:
    """Shared by all who may see flows here."""
    routes, drafts = APIRouter(prefix="/flows"), services.parts.drafts

    @routes.get("", name="list", dependencies=needs("flow.read"), response_model=Page[FlowDraftSummary])
    def all_drafts(agreement: _Agreement = None, limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        """The latest changed first, without their documents."""
        rows = drafts.store.page(limit + 1, agreement=agreement, before=read_mark(cursor, float, str))
        return {
            "items": [_summary(row) for row in rows[:limit]],
            "next": next_of(rows, limit, lambda row: [row.updated_at, row.id]),
        }

    @routes.post("", status_code=201, dependencies=needs("flow.write"), response_model=FlowDraft)
    def add(body: DraftBody) -> dict[str, Any]:
        return _whole(drafts.add(body.document, agreement=body.agreement, template=body.template or None))

    @routes.get("/{draft}", name="show", dependencies=needs("flow.read"), response_model=FlowDraft)
    def show(draft: Segment) -> dict[str, Any]:
        return _whole(drafts.store.get(draft))

    @routes.put("/{draft}", dependencies=needs("flow.write"), response_model=FlowDraft)
    def save(draft: Segment, body: DraftChange) -> dict[str, Any]:
        """Refused with 409 `flow.conflict` if somebody has saved another version meanwhile."""
        change = {"agreement": body.agreement} if "agreement" in body.model_fields_set else {}
        return _whole(drafts.save(draft, body.version, body.document, **change))

    @routes.delete("/{draft}", status_code=204, dependencies=needs("flow.remove"))
    def remove(draft: Segment) -> Response:
        drafts.remove(draft)
        return Response(status_code=204)

    return routes


def _summary(row: FlowDraftRow) -> dict[str, Any]:
    names = ("id", "name", "title", "template", "version", "steps", "created_by", "updated_by")
    return {
        **{name: getattr(row, name) for name in names},
        "agreement": row.agreement_id or None,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
    }


def _whole(row: FlowDraftRow) -> dict[str, Any]:
    return {**_summary(row), "document": row.document}
