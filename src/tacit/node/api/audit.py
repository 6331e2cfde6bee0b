"""/audit: the node's own trail of auditable acts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from tacit.errors import RefusedError
from tacit.ledger.audit import verify_trail
from tacit.node.api.app import Services
from tacit.node.clock import iso


def router(services: Services) -> APIRouter:
    """Reading the trail, and recomputing its chain of hashes."""
    routes, trail = APIRouter(prefix="/audit"), services.parts.audit

    @routes.get("")
    def entries(after: int = 0, limit: int = Query(default=1000, ge=1, le=10_000)) -> dict[str, Any]:
        items = [
            {
                "number": entry.number,
                "time": iso(entry.at / 1000),
                "act": entry.act,
                "actor": entry.actor,
                "subject": entry.subject,
                "details": entry.details,
                "hash": entry.hash,
            }
            for entry in trail.entries(after, limit)
        ]
        return {"items": items}

    @routes.post("/verify")
    def verify() -> dict[str, Any]:
        try:
            head = verify_trail(trail.entries())
        except RefusedError as fault:
            number = (fault.found or "").removeprefix("entry ")
            broken = int(number) if number.isdecimal() else None
            return {"ok": False, "entries": None, "head": None, "broken_at": broken, "error": fault.as_dict()}
        return {"ok": True, "entries": head.length, "head": head.hash, "broken_at": None, "error": None}

    return routes
