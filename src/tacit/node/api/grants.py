"""/grants: datasets that peers may use, and those of peers that this node asked for."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tacit.errors import TacitError
from tacit.governance.grants import GrantState
from tacit.governance.inbox import Kind, Verdict
from tacit.node.api.agreements import moment_of
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Moment, Note, OperatorNames, Prose, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.inbox import Batch, Grant
from tacit.node.clock import iso
from tacit.node.grants import Wish
from tacit.node.stores.grants import GIVEN
from tacit.node.tables.inbox import GrantRow
from tacit.node.wiring import Parts

_Side = Annotated[Literal["given", "asked"] | None, Query(description="given: datasets of this node.")]


class GrantBody(BaseModel):
    """`dataset`: a name, or a glob pattern that selects several. Absent limits do not limit."""

    model_config = ConfigDict(extra="forbid")

    peer: Line
    dataset: Line = Field(min_length=1)
    agreement: Line | None = None
    purpose: Prose | None = None
    operators: OperatorNames | None = Field(default=None, min_length=1)
    until: Moment | None = None
    max_jobs: int | None = Field(default=None, ge=1, le=1_000_000)

    def wish(self) -> Wish:
        """Raises ParameterError("time.invalid")."""
        return Wish(
            selector=self.dataset,
            agreement=self.agreement,
            purpose=self.purpose,
            operators=tuple(self.operators) if self.operators is not None else None,
            until=moment_of(self.until) if self.until is not None else None,
            max_jobs=self.max_jobs,
        )


class BatchBody(BaseModel):
    """Requests of `peer` (of all peers without it) whose datasets all fit the glob pattern."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    pattern: Line = Field(min_length=1)
    peer: Line | None = None
    note: Note = ""


class NoteBody(BaseModel):
    """The note stays at this node."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""


def router(services: Services) -> APIRouter:
    """Asking, giving, deciding, ending."""
    routes, node = APIRouter(prefix="/grants"), services.parts
    _add_asking(routes, node)
    _add_deciding(routes, node)
    return routes


def _add_asking(routes: APIRouter, node: Parts) -> None:
    @routes.get("", name="list", dependencies=needs("grant.read"), response_model=Page[Grant])
    def grants(
        side: _Side = None, state: GrantState | None = None, limit: Limit = 100, cursor: Cursor = None
    ) -> dict[str, Any]:
        found = node.grants.store.all(side=side, state=state)
        rows, after = page(found, lambda row: [row.created_at, row.id], limit=limit, cursor=cursor)
        return {"items": [_shown(node, row) for row in rows], "next": after}

    @routes.post("", name="give", status_code=201, dependencies=needs("grant.give"), response_model=Grant)
    def give(body: GrantBody) -> dict[str, Any]:
        row = node.grants.give(body.peer, body.wish())
        node.signoff.settle(Kind.GRANT, row.id)
        return _shown(node, node.grants.store.get(row.id))

    @routes.post(
        "/requests", name="request", status_code=201, dependencies=needs("grant.request"), response_model=Grant
    )
    def request(body: GrantBody) -> dict[str, Any]:
        return _shown(node, node.grants.request(body.peer, body.wish()))

    @routes.get("/{grant}", name="show", dependencies=needs("grant.read"), response_model=Grant)
    def show(grant: Segment) -> dict[str, Any]:
        return _shown(node, node.grants.store.get(grant))


def _add_deciding(routes: APIRouter, node: Parts) -> None:
    @routes.post("/decisions", name="decide_batch", dependencies=needs("inbox.decide"), response_model=Batch)
    def decide(body: BatchBody) -> dict[str, Any]:
        done, failed = [], {}
        for row in _matching(node, body):
            try:
                node.signoff.decide(Kind.GRANT, row.id, body.verdict, body.note)
                done.append(row.id)
            except TacitError as fault:
                failed[row.id] = fault.code
        return {"done": done, "failed": failed}

    @routes.post("/{grant}/approve", name="approve", dependencies=needs("inbox.decide"), response_model=Grant)
    def approve(grant: Segment, body: NoteBody | None = None) -> dict[str, Any]:
        node.signoff.decide(Kind.GRANT, node.grants.store.get(grant).id, "approve", (body or NoteBody()).note)
        return _shown(node, node.grants.store.get(grant))

    @routes.post("/{grant}/deny", name="deny", dependencies=needs("inbox.decide"), response_model=Grant)
    def deny(grant: Segment, body: NoteBody | None = None) -> dict[str, Any]:
        node.signoff.decide(Kind.GRANT, node.grants.store.get(grant).id, "reject", (body or NoteBody()).note)
        return _shown(node, node.grants.store.get(grant))

    @routes.post("/{grant}/revoke", name="revoke", dependencies=needs("grant.revoke"), response_model=Grant)
    def revoke(grant: Segment) -> dict[str, Any]:
        return _shown(node, node.grants.revoke(grant))


def _matching(node: Parts, body: BatchBody) -> Iterator[GrantRow]:
    for row in node.grants.store.all(side=GIVEN, state=GrantState.APPLIED, peer=body.peer):
        if all(fnmatchcase(name, body.pattern) for name in row.datasets):
            yield row


def _shown(node: Parts, row: GrantRow) -> dict[str, Any]:
    names = ("id", "side", "peer", "selector", "datasets", "agreement", "purpose", "operators", "max_jobs", "state")
    item = node.inbox.store.latest_of(Kind.GRANT, row.id)
    return {
        **{name: getattr(row, name) for name in (*names, "requested_by", "decided_by")},
        "used": node.uses.used(f"grant:{row.id}"),
        "expired": row.until is not None and row.until <= node.grants.clock(),
        "item": item.id if item else None,
        **{name: iso(getattr(row, name)) for name in ("until", "created_at", "ended_at")},
    }
