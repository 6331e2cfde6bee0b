"""/audit: the node's own trail of auditable acts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tacit.errors import RefusedError
from tacit.ledger.audit import AuditEntry, verify_trail
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import After, Many
from tacit.node.api.paging import Cursor, Page, after_number, next_of
from tacit.node.api.shapes.audit import TrailEntry, TrailVerification
from tacit.node.clock import iso


def router(services: Services) -> APIRouter:
    """Reading the trail, and recomputing its chain of hashes."""
    routes, trail = APIRouter(prefix="/audit"), services.parts.audit

    @routes.get("", name="list", dependencies=needs("audit.read"), response_model=Page[TrailEntry])
    def entries(after: After = 0, limit: Many = 1000, cursor: Cursor = None) -> dict[str, Any]:
        found = list(trail.entries(after_number(cursor, after), limit + 1))
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
