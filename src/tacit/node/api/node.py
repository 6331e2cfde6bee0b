"""/health, /node, /doctor."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tacit import __version__, kernel
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.shapes.node import Description, Diagnosis, Health
from tacit.node.clock import iso
from tacit.node.stores.counts import count


def router(services: Services) -> APIRouter:
    """What this node is, and how it is."""
    routes, node = APIRouter(), services.parts

    @routes.get("/health", name="check", response_model=Health)
    async def health() -> dict[str, Any]:
        return {"status": "ok"}

    @routes.get("/node", name="show", dependencies=needs("node.read"), response_model=Description)
    def describe() -> dict[str, Any]:
        found = count(node.ground.database)
        return {
            "name": node.settings.name,
            "institution": node.settings.institution,
            "version": __version__,
            "protocol_version": services.protocol,
            "fingerprint": node.keys.identity.fingerprint,
            "peer_address": node.ground.address,
            "api_address": services.node.run_info["api"],
            "started_at": iso(services.started_at),
            "cpu_features": sorted(flag for flag, there in kernel.features()["cpu"].items() if there),
            "counts": {
                "peers": found.peers,
                "datasets": found.datasets,
                "jobs_running": found.running,
                "jobs_waiting": found.waiting,
                "workers": node.workbench.busy(),
            },
        }

    @routes.get("/doctor", name="examine", dependencies=needs("node.diagnose"), response_model=Diagnosis)
    def doctor() -> dict[str, Any]:
        checks = node.doctor.examine()
        return {"ok": all(check.status != "error" for check in checks), "checks": [check.as_dict() for check in checks]}

    return routes
