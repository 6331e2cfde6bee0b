"""/health, /node, /doctor."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from tacit import __version__, kernel
from tacit.node.api.app import Services
from tacit.node.clock import iso
from tacit.schema.states import JobState


def router(services: Services) -> APIRouter:
    """What this node is, and how it is."""
    routes, node = APIRouter(), services.parts

    @routes.get("/health")
    async def health() -> dict[str, Any]:
        return {"status": "ok"}

    @routes.get("/node")
    def describe() -> dict[str, Any]:
        jobs = node.jobs.open()
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
                "peers": sum(peer.state == "APPROVED" for peer in node.peers.all()),
                "datasets": len(node.catalogue.all()),
                "jobs_running": sum(job.state == JobState.RUNNING for job in jobs),
                "jobs_waiting": sum(job.state == JobState.PENDING and job.decision == "waiting" for job in jobs),
                "workers": node.workbench.busy(),
            },
        }

    @routes.get("/doctor")
    def doctor() -> dict[str, Any]:
        checks = node.doctor.examine()
        return {"ok": all(check.status != "error" for check in checks), "checks": [check.as_dict() for check in checks]}

    return routes
