"""/schedules: flows that this node submits at set times."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from tacit.node.api import views
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Segment
from tacit.node.api.flows import FlowBody
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.schedules import FullSchedule, Schedule
from tacit.node.database import ScheduleRow


class ScheduleBody(FlowBody):
    cron: Line
    timezone: str = Field(default="UTC", max_length=100)
    name: Line | None = None
    agreement: Line | None = None


def router(services: Services) -> APIRouter:
    """Each run is an ordinary job; see /jobs for what became of it."""
    routes, node = APIRouter(prefix="/schedules"), services.parts
    schedules = node.schedules

    def shown(row: ScheduleRow) -> dict[str, Any]:
        job = node.jobs.find((row.last or {}).get("job_id") or "")
        return views.schedule(row, None if job is None else job.state)

    @routes.get("", name="list", dependencies=needs("schedule.read"), response_model=Page[Schedule])
    def all_schedules(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(schedules.store.all(), lambda row: row.name, limit=limit, cursor=cursor)
        return {"items": [shown(row) for row in rows], "next": after}

    @routes.post("", status_code=201, dependencies=needs("schedule.add"), response_model=Schedule)
    def add(body: ScheduleBody) -> dict[str, Any]:
        flow = body.document().flow
        row = schedules.add(
            flow, cron=body.cron, timezone=body.timezone, name=body.name, agreement=body.agreement or None
        )
        return shown(row)

    @routes.get("/{name}", name="show", dependencies=needs("schedule.read"), response_model=FullSchedule)
    def one(name: Segment) -> dict[str, Any]:
        row = schedules.store.get(name)
        return {**shown(row), "flow": row.flow}

    @routes.delete("/{name}", status_code=204, dependencies=needs("schedule.remove"))
    def remove(name: Segment) -> Response:
        schedules.remove(name)
        return Response(status_code=204)

    @routes.post("/{name}/pause", dependencies=needs("schedule.change"), response_model=Schedule)
    def pause(name: Segment) -> dict[str, Any]:
        return shown(schedules.pause(name))

    @routes.post("/{name}/resume", dependencies=needs("schedule.change"), response_model=Schedule)
    def resume(name: Segment) -> dict[str, Any]:
        return shown(schedules.resume(name))

    return routes
