"""/schedules: flows that this node submits at set times."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.flows import FlowBody
from tacit.node.database import ScheduleRow


class ScheduleBody(FlowBody):
    cron: str = Field(max_length=200)
    timezone: str = Field(default="UTC", max_length=100)
    name: str | None = Field(default=None, max_length=200)
    agreement: str | None = None


def router(services: Services) -> APIRouter:
    """Each run is an ordinary job; see /jobs for what became of it."""
    routes, node = APIRouter(prefix="/schedules"), services.parts
    schedules = node.schedules

    def shown(row: ScheduleRow) -> dict[str, Any]:
        job = node.jobs.find((row.last or {}).get("job_id") or "")
        return views.schedule(row, None if job is None else job.state)

    @routes.get("")
    def all_schedules() -> dict[str, Any]:
        return {"items": [shown(row) for row in schedules.store.all()]}

    @routes.post("", status_code=201)
    def add(body: ScheduleBody) -> dict[str, Any]:
        flow = body.document().flow
        row = schedules.add(
            flow, cron=body.cron, timezone=body.timezone, name=body.name, agreement=body.agreement or None
        )
        return shown(row)

    @routes.get("/{name}")
    def one(name: str) -> dict[str, Any]:
        row = schedules.store.get(name)
        return {**shown(row), "flow": row.flow}

    @routes.delete("/{name}", status_code=204)
    def remove(name: str) -> Response:
        schedules.remove(name)
        return Response(status_code=204)

    @routes.post("/{name}/pause")
    def pause(name: str) -> dict[str, Any]:
        return shown(schedules.pause(name))

    @routes.post("/{name}/resume")
    def resume(name: str) -> dict[str, Any]:
        return shown(schedules.resume(name))

    return routes
