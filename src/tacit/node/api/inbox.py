"""/inbox: everything that waits for a person at this node."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from tacit.governance.inbox import TITLES, ItemState, Kind, needed, urgency
from tacit.node.acting import Principal, acting, current
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Note, Segment
from tacit.node.api.paging import Cursor, Limit, Page, next_of, page, read_mark
from tacit.node.api.shapes.inbox import InboxCounts, InboxItem
from tacit.node.api.streams import KEEP_ALIVE_S, Streams
from tacit.node.clock import iso
from tacit.node.inbox import BELL
from tacit.node.signoff import Signoff
from tacit.node.tables.inbox import InboxRow

MEDIA = "text/event-stream"
_NO_CACHE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `counts`, and `item` for each one that is new or has changed.",
        "content": {MEDIA: {"schema": {"type": "string"}}},
    }
}
_State = Annotated[ItemState | None, Query(description="Without it: all states, the newest first.")]
_Mine = Annotated[bool, Query(description="Only open items that the caller can approve.")]


class DecisionBody(BaseModel):
    """The note stays at this node. `hash`: of the flow (jobs, standing approvals), agreement or policy version that
    the caller has seen; refused with 409 `inbox.conflict` if the item is about another one."""

    model_config = ConfigDict(extra="forbid")

    note: Note = ""
    hash: Line | None = None


class ReleaseBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    job_id: Segment
    reason: Note = ""


def router(services: Services) -> APIRouter:
    """Listing, deciding, following."""
    routes, node = APIRouter(prefix="/inbox"), services.parts
    signoff = node.signoff
    _add_lists(routes, signoff)
    _add_stream(routes, services)
    _add_deciding(routes, signoff)

    @routes.post(
        "/releases",
        name="request_release",
        status_code=201,
        dependencies=needs("result.request"),
        response_model=InboxItem,
    )
    def release(body: ReleaseBody) -> dict[str, Any]:
        return item(signoff, node.releases.request(body.job_id, body.reason))

    return routes


def _add_lists(routes: APIRouter, signoff: Signoff) -> None:
    inbox = signoff.inbox

    @routes.get("", name="list", dependencies=needs("inbox.read"), response_model=Page[InboxItem])
    def items(
        state: _State = None,
        kind: Kind | None = None,
        mine: _Mine = False,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        if state is ItemState.OPEN or mine:
            found = inbox.ordered(kind)
            if mine:
                found = [row for row in found if signoff.may_decide(row) is None]
            rows, after = page(found, _urgency, limit=limit, cursor=cursor)
            return {"items": [item(signoff, row) for row in rows], "next": after}
        states = () if state is None else (str(state),)
        before = read_mark(cursor, float, str)
        found = inbox.store.page(states, kind, limit=limit + 1, before=(before[0], before[1]) if before else None)
        return {
            "items": [item(signoff, row) for row in found[:limit]],
            "next": next_of(found, limit, lambda row: [row.created_at, row.id]),
        }

    @routes.get("/counts", name="counts", dependencies=needs("inbox.read"), response_model=InboxCounts)
    def counts() -> dict[str, Any]:
        return _counts(signoff)

    @routes.get("/reminders", name="reminders", dependencies=needs("inbox.read"), response_model=Page[InboxItem])
    def reminders(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        found = [row for row in inbox.ordered() if signoff.reminder(row) is not None]
        rows, after = page(found, _urgency, limit=limit, cursor=cursor)
        return {"items": [item(signoff, row) for row in rows], "next": after}


def _add_deciding(routes: APIRouter, signoff: Signoff) -> None:
    @routes.get("/{item_id}", name="show", dependencies=needs("inbox.read"), response_model=InboxItem)
    def show(item_id: Segment) -> dict[str, Any]:
        return item(signoff, signoff.store.get(item_id))

    @routes.post("/{item_id}/approve", name="approve", dependencies=needs("inbox.decide"), response_model=InboxItem)
    def approve(item_id: Segment, body: DecisionBody | None = None) -> dict[str, Any]:
        told = body or DecisionBody()
        return item(signoff, signoff.approve(item_id, told.note, hash=told.hash))

    @routes.post("/{item_id}/reject", name="reject", dependencies=needs("inbox.decide"), response_model=InboxItem)
    def reject(item_id: Segment, body: DecisionBody | None = None) -> dict[str, Any]:
        told = body or DecisionBody()
        return item(signoff, signoff.reject(item_id, told.note, hash=told.hash))

    @routes.post("/{item_id}/withdraw", name="withdraw", dependencies=needs("inbox.decide"), response_model=InboxItem)
    def withdraw(item_id: Segment) -> dict[str, Any]:
        return item(signoff, signoff.withdraw(item_id))


def _add_stream(routes: APIRouter, services: Services) -> None:
    signoff, bell = services.parts.signoff, services.parts.bell
    streams = Streams(services.parts)

    def news(principal: Principal, shown: dict[str, int]) -> list[tuple[str, dict[str, Any]]]:
        """What the caller has not seen; `shown`: item -> version."""
        with acting(principal):
            rows = signoff.store.page((), None, limit=200, before=None)
            rows += [row for row in signoff.store.open() if row.id not in {each.id for each in rows}]
            fresh = [row for row in reversed(rows) if shown.get(row.id) != row.version]
            shown.update({row.id: row.version for row in fresh})
            told = [("item", item(signoff, row)) for row in fresh]
            return [*told, ("counts", _counts(signoff))] if told or not shown else []

    async def follow(principal: Principal) -> AsyncIterator[str]:
        shown: dict[str, int] = {}
        with bell.listen(BELL) as ear:
            while not bell.closed:
                ear.news.clear()
                for kind, content in await asyncio.to_thread(news, principal, shown):
                    yield f"event: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
                if not ear.news.is_set() and not await streams.next_news(ear, KEEP_ALIVE_S):
                    yield ": keep-alive\n\n"

    @routes.get(
        "/events",
        name="follow",
        dependencies=needs("inbox.read"),
        response_class=StreamingResponse,
        responses=_STREAM,
    )
    async def events() -> StreamingResponse:
        return StreamingResponse(follow(current()), media_type=MEDIA, headers=_NO_CACHE)


def item(signoff: Signoff, row: InboxRow) -> dict[str, Any]:
    """As the API shows it to the present principal."""
    is_open, lacks, kind = row.state == ItemState.OPEN, signoff.missing(row), Kind(row.kind)
    shown = {name: getattr(row, name) for name in ("id", "subject", "title", "summary", "requested_by", "level")}
    return {
        **shown,
        "kind": kind,
        "kind_title": TITLES[kind].as_dict(),
        "needed": needed(kind, row.level, signoff.settings.dual_approval_level),
        "missing": {
            "people": lacks.people if is_open else 0,
            "compliance_officer": lacks.officer if is_open else False,
        },
        "state": row.state,
        "done": row.applied,
        "decisions": [_decision(vote) for vote in row.decisions],
        "obstacle": signoff.may_decide(row),
        "reminder": signoff.reminder(row) if is_open else None,
        **{name: iso(getattr(row, name)) for name in ("due_at", "created_at", "ended_at")},
    }


def _decision(vote: dict[str, Any]) -> dict[str, Any]:
    shown = {name: vote[name] for name in ("by", "on_behalf", "verdict", "note", "withdrawn")}
    return {**shown, "at": iso(vote["at"])}


def _counts(signoff: Signoff) -> dict[str, Any]:
    rows = signoff.store.open()
    return {
        "open": len(rows),
        "mine": sum(signoff.may_decide(row) is None for row in rows),
        "reminders": sum(signoff.reminder(row) is not None for row in rows),
        "kinds": {kind: sum(row.kind == kind for row in rows) for kind in sorted({row.kind for row in rows})},
    }


def _urgency(row: InboxRow) -> list[Any]:
    """A cursor's key: JSON has no infinity, and every item has a due time unless it was opened again."""
    due, level, created, id = urgency(row.due_at, row.level, row.created_at, row.id)
    return [min(due, 1e15), level, created, id]
