"""/health, /node and what is below it, /doctor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from tacit import __version__, kernel
from tacit.node import last_backup, machine, shown_settings
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.shapes.node import (
    Activity,
    BackupNote,
    Diagnosis,
    Health,
    MachineState,
    NodeDescription,
    NodeKeys,
    NodeSettings,
)
from tacit.node.clock import iso, now
from tacit.node.held_keys import held_keys
from tacit.node.stores.activity import Day, activity
from tacit.node.stores.counts import count

_Days = Annotated[int, Query(ge=1, le=366, description="How many days, today among them.")]


def router(services: Services) -> APIRouter:
    """What this node is, and how it is."""
    routes, node = APIRouter(), services.parts

    @routes.get("/health", name="check", response_model=Health)
    async def health() -> dict[str, Any]:
        return {"status": "ok"}

    @routes.get("/node", name="show", dependencies=needs("node.read"), response_model=NodeDescription)
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

    @routes.get("/node/activity", name="activity", dependencies=needs("job.read"), response_model=Activity)
    def active(days: _Days = 30) -> dict[str, Any]:
        """Jobs by day, in UTC."""
        node.metering.catch_up()
        database, counts = node.ground.database, count(node.ground.database)
        shown = [_day(each) for each in activity(database, days, now())]
        return {"days": shown, "running": counts.running, "waiting": counts.waiting}

    @routes.get("/node/settings", name="settings", dependencies=needs("node.diagnose"), response_model=NodeSettings)
    def settings() -> dict[str, Any]:
        """What this node runs with; secrets, and where they are, are never told."""
        return {"items": [asdict(each) for each in shown_settings.shown(node.settings, node.ground.home.path)]}

    @routes.get("/node/machine", name="measure", dependencies=needs("node.diagnose"), response_model=MachineState)
    def measure() -> MachineState:
        found = asdict(machine.look(node.ground.home.path))
        return MachineState(**found, workers=node.workbench.busy(), slots=node.settings.max_workers)

    @routes.get("/node/keys", name="keys", dependencies=needs("node.diagnose"), response_model=NodeKeys)
    def keys() -> dict[str, Any]:
        found = held_keys(node.ground.home, node.settings, node.keys.identity, node.peers.all())
        return {"items": [asdict(each) for each in found]}

    @routes.get("/node/backup", name="backup", dependencies=needs("backup.read"), response_model=BackupNote)
    def backup() -> BackupNote:
        """When `tacit node backup` last made one."""
        return BackupNote(last=last_backup.read(node.ground.home.path))

    @routes.get("/doctor", name="examine", dependencies=needs("node.diagnose"), response_model=Diagnosis)
    def doctor() -> dict[str, Any]:
        checks = node.doctor.examine()
        return {"ok": all(check.status != "error" for check in checks), "checks": [check.as_dict() for check in checks]}

    return routes


def _day(found: Day) -> dict[str, Any]:
    ended = {state.lower(): count for state, count in found.ended.items()}
    figures = ("day", "cpu_s", "wall_s", "bytes_sent", "bytes_received", "rows")
    return {**ended, **{name: getattr(found, name) for name in figures}}
