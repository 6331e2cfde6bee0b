"""Following jobs live: server-sent events, and waiting for the end."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from tacit.node.api.app import Services
from tacit.node.api.job_pages import JobPages
from tacit.node.api.streams import Streams
from tacit.schema.states import JOB_ENDED

MEDIA = "text/event-stream"
_NO_CACHE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def router(services: Services) -> APIRouter:
    """All of it on the event loop: a listener costs no thread."""
    routes, node = APIRouter(), services.parts
    pages, streams = JobPages(node), Streams(node)

    @routes.get("/jobs/{job_id}/events")
    async def events(job_id: str, request: Request, after: int = 0) -> StreamingResponse:
        await asyncio.to_thread(node.jobs.get, job_id)
        return StreamingResponse(streams.of_job(job_id, _start(request, after)), media_type=MEDIA, headers=_NO_CACHE)

    @routes.get("/events")
    async def all_events(request: Request, after: int | None = None) -> StreamingResponse:
        start = _start(request, await asyncio.to_thread(node.events.last_number) if after is None else after)
        return StreamingResponse(streams.of_all(start), media_type=MEDIA, headers=_NO_CACHE)

    @routes.get("/jobs/{job_id}/wait")
    async def wait(job_id: str, timeout_s: float = Query(default=30.0, ge=0, le=60)) -> dict[str, Any]:
        until = time.monotonic() + timeout_s
        with node.bell.listen(job_id) as ear:
            while True:
                ear.news.clear()
                row = await asyncio.to_thread(node.jobs.get, job_id)
                left = until - time.monotonic()
                if row.state in JOB_ENDED or left <= 0 or node.bell.closed:
                    return await asyncio.to_thread(pages.summary, row)
                await streams.next_news(ear, left)

    return routes


def _start(request: Request, after: int) -> int:
    last = request.headers.get("last-event-id", "")
    return int(last) if last.isdecimal() else after
