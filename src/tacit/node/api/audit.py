"""/audit: the node's own trail of auditable acts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from tacit.errors import RefusedError
from tacit.ledger.audit import AuditEntry, verify_trail
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import LARGEST, After, Many
from tacit.node.api.paging import Cursor, Page, after_number, next_of
from tacit.node.api.shapes.audit import TrailEntry, TrailVerification
from tacit.node.clock import iso
from tacit.node.stores.audit import TrailFilter

_Subject = Annotated[
    str | None, Query(min_length=1, max_length=256, description="What it was done to, as `job:job-…`.")
]
_Actor = Annotated[str | None, Query(min_length=1, max_length=256, description="Who did it, as `user:li.wei`.")]
_Act = Annotated[
    str | None,
    Query(max_length=120, pattern="^[a-z0-9_.]+$", description="`job.approved`, or `job` for all acts on jobs."),
]
_Order = Annotated[Literal["oldest", "newest"], Query(description="Which come first.")]


def router(services: Services) -> APIRouter:
    """Reading the trail, and recomputing its chain of hashes."""
    routes, trail = APIRouter(prefix="/audit"), services.parts.audit

    @routes.get("", name="list", dependencies=needs("audit.read"), response_model=Page[TrailEntry])
    def entries(
        subject: _Subject = None,
        actor: _Actor = None,
        act: _Act = None,
        order: _Order = "oldest",
        after: After = 0,
        limit: Many = 1000,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        wanted = TrailFilter(subject, actor, act)
        if order == "newest":
            before = after_number(cursor, LARGEST)
            found = trail.search(wanted, limit + 1, after=after, before=before, newest_first=True)
        else:
            found = trail.search(wanted, limit + 1, after=after_number(cursor, after))
        return {
            "items": [_shown(entry) for entry in found[:limit]],
            "next": next_of(found, limit, lambda entry: entry.number),
        }

    @routes.post("/verify", dependencies=needs("audit.verify"), response_model=TrailVerification)
    def verify() -> dict[str, Any]:
        try:
            head = verify_trail(trail.walk())
        except RefusedError as fault:
            number = (fault.found or "").removeprefix("entry ")
            broken = int(number) if number.isdecimal() else None
            return {"ok": False, "entries": None, "head": None, "broken_at": broken, "error": fault.as_dict()}
        return {"ok": True, "entries": head.length, "head": head.hash, "broken_at": None, "error": None}

    return routes


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "time": iso(entry.at / 1000),
        "at": entry.at,
        "act": entry.act,
        "actor": entry.actor,
        "subject": entry.subject,
        "details": entry.details,
        "previous": entry.previous,
        "hash": entry.hash,
    }
