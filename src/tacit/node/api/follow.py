"""Following jobs live: server-sent events, and waiting for the end."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import LARGEST, After, Segment
from tacit.node.api.job_pages import JobPages
from tacit.node.api.shapes.jobs import JobSummary
from tacit.node.api.streams import Streams
from tacit.schema.states import JOB_ENDED

MEDIA = "text/event-stream"
_NO_CACHE = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "Server-sent events: `log` (an event), `state` (a summary) and `progress` ({job_id, steps: {step: {done, "
            "total, note}}} of the steps that run at this node, at most four times a second and only when it has "
            "moved; without steps when none runs any more); `id` is the number of the latest event."
        ),
        "content": {MEDIA: {"schema": {"type": "string"}}},
    }
}
_Start = Annotated[int | None, Query(ge=0, le=LARGEST, description="Without it: only what comes from now on.")]
_Seconds = Annotated[float, Query(ge=0, le=60, description="How long the job's end is waited for.")]
LastEventId = Annotated[str | None, Header(max_length=20, description="Go on after this event.")]


def router(services: Services) -> APIRouter:
    """All of it on the event loop: a listener costs no thread."""
    routes, node = APIRouter(), services.parts
    pages, streams = JobPages(node), Streams(node)

    @routes.get(
        "/jobs/{job_id}/events",
        dependencies=needs("job.read"),
        response_class=StreamingResponse,
        responses=_STREAM,
    )
    async def events(job_id: Segment, after: After = 0, last_event_id: LastEventId = None) -> StreamingResponse:
        await asyncio.to_thread(node.jobs.get, job_id)
        start = _start(last_event_id, after)
        return StreamingResponse(streams.of_job(job_id, start), media_type=MEDIA, headers=_NO_CACHE)

    @routes.get(
        "/events",
        name="follow",
        dependencies=needs("job.read"),
        response_class=StreamingResponse,
        responses=_STREAM,
    )
    async def all_events(after: _Start = None, last_event_id: LastEventId = None) -> StreamingResponse:
        start = _start(last_event_id, await asyncio.to_thread(node.events.last_number) if after is None else after)
        return StreamingResponse(streams.of_all(start), media_type=MEDIA, headers=_NO_CACHE)

    @routes.get("/jobs/{job_id}/wait", dependencies=needs("job.read"), response_model=JobSummary)
    async def wait(job_id: Segment, timeout_s: _Seconds = 30.0) -> dict[str, Any]:
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


def _start(last: str | None, after: int) -> int:
    """What a client saw last, as it says in the header when it comes back."""
    return min(int(last), LARGEST) if last and last.isascii() and last.isdecimal() else after
