"""Server-sent events: the log of a job as it grows, and its state whenever it changes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from tacit.node.api import views
from tacit.node.api.job_pages import JobPages
from tacit.node.bell import Ear
from tacit.schema.states import JOB_ENDED

if TYPE_CHECKING:
    from tacit.node.wiring import Parts

KEEP_ALIVE_S = 10.0
AFTERMATH_S = 0.5  # the last events of other parties may come after the end


class Streams:
    """One generator per listener, on the event loop; the database is read on threads."""

    def __init__(self, node: Parts) -> None:
        self._node = node
        self._pages = JobPages(node)

    async def of_job(self, job_id: str, after: int) -> AsyncIterator[str]:
        """Log and states of one job; ends after the job has."""
        shown: dict[str, Any] = {}
        with self._node.bell.listen(job_id) as ear:
            while not self._node.bell.closed:
                ear.news.clear()
                summary, events = await asyncio.to_thread(self._of_job, job_id, after)
                for event in events:
                    after = event["number"]
                    yield _message("log", event, after)
                if summary != shown:
                    shown = summary
                    yield _message("state", summary, after)
                if summary["state"] in JOB_ENDED and not await self.next_news(ear, AFTERMATH_S):
                    return
                if not ear.news.is_set() and not await self.next_news(ear, KEEP_ALIVE_S):
                    yield ": keep-alive\n\n"

    async def of_all(self, after: int) -> AsyncIterator[str]:
        """Log and states of all jobs; ends with the node."""
        shown: dict[str, dict[str, Any]] = {}
        with self._node.bell.listen(None) as ear:
            while not self._node.bell.closed:
                ear.news.clear()
                events, summaries = await asyncio.to_thread(self._of_all, after)
                for event in events:
                    after = event["number"]
                    yield _message("log", event, after)
                for summary in summaries:
                    if shown.get(summary["id"]) != summary:
                        shown[summary["id"]] = summary
                        yield _message("state", summary, after)
                if not await self.next_news(ear, KEEP_ALIVE_S):
                    yield ": keep-alive\n\n"

    async def next_news(self, ear: Ear, timeout: float) -> bool:
        """True when the bell rang within `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ear.news.wait(), timeout)
        return ear.news.is_set()

    def _of_job(self, job_id: str, after: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The state first: events that it tells of are then surely in the log."""
        summary = self._pages.summary(self._node.jobs.get(job_id))
        return summary, self._pages.log(job_id, after, 1000)

    def _of_all(self, after: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        events = [views.event(row) for row in self._node.events.after(None, after)]
        named = {event["job_id"] for event in events}
        recent = self._node.jobs.all(limit=50)
        shown = [row for row in recent if row.id in named or row.state not in JOB_ENDED]
        summaries = self._pages.summaries(shown)
        return events, summaries


def _message(kind: str, content: dict[str, Any], number: int) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
