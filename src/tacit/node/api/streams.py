"""Server-sent events: the log of a job as it grows, its state whenever it changes, and how far running steps are."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tacit.node.api import views
from tacit.node.api.job_pages import JobPages
from tacit.node.bell import Ear
from tacit.schema.states import JOB_ENDED

if TYPE_CHECKING:
    from tacit.node.wiring import Parts

KEEP_ALIVE_S = 10.0
AFTERMATH_S = 0.5  # the last events of other parties may come after the end
PROGRESS_S = 0.25  # a job's progress is told no faster
Steps = Mapping[str, tuple[int, int, str]]


class Advance:
    """What one listener was told about the progress of jobs, and when: each job anew only when it has moved."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, tuple[Steps, float]] = {}
        self.wait_s: float | None = None  # until something held back may be told

    def news(self, running: Mapping[str, Steps]) -> Iterator[dict[str, Any]]:
        """What to tell now. A job that runs no more is told once, without steps."""
        self.wait_s, now = None, self._clock()
        for job in [*running, *(job for job in self._told if job not in running)]:
            steps = running.get(job, {})
            told, at = self._told.get(job, ({}, now - PROGRESS_S))
            if steps == told:
                continue
            if steps and now - at < PROGRESS_S:
                left = PROGRESS_S - (now - at)
                self.wait_s = left if self.wait_s is None else min(self.wait_s, left)
                continue
            if steps:
                self._told[job] = (dict(steps), now)
            else:
                del self._told[job]
            yield {"job_id": job, "steps": {step: _progress(*far) for step, far in steps.items()}}


class Streams:
    """One generator per listener, on the event loop; the database is read on threads."""

    def __init__(self, node: Parts) -> None:
        self._node = node
        self._pages = JobPages(node)

    async def of_job(self, job_id: str, after: int) -> AsyncIterator[str]:
        """Log, states and progress of one job; ends after the job has."""
        shown: dict[str, Any] = {}
        advance, workbench = Advance(), self._node.workbench
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
                steps = workbench.progress(job_id)
                for told in advance.news({job_id: steps} if steps else {}):
                    yield _message("progress", told, after)
                if summary["state"] in JOB_ENDED and not await self.next_news(ear, AFTERMATH_S):
                    return
                if not ear.news.is_set() and await self._is_quiet(ear, advance):
                    yield ": keep-alive\n\n"

    async def of_all(self, after: int) -> AsyncIterator[str]:
        """Log, states and progress of all jobs; ends with the node."""
        shown: dict[str, dict[str, Any]] = {}
        advance = Advance()
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
                for told in advance.news(self._node.workbench.running()):
                    yield _message("progress", told, after)
                if await self._is_quiet(ear, advance):
                    yield ": keep-alive\n\n"

    async def next_news(self, ear: Ear, timeout: float) -> bool:
        """True when the bell rang within `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ear.news.wait(), timeout)
        return ear.news.is_set()

    async def _is_quiet(self, ear: Ear, advance: Advance) -> bool:
        """Waits for news, or until progress that was held back may be told. True: there was nothing for long."""
        held = advance.wait_s
        return not await self.next_news(ear, KEEP_ALIVE_S if held is None else held) and held is None

    def _of_job(self, job_id: str, after: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The state first: events that it tells of are then surely in the log."""
        summary = self._pages.summary(self._node.jobs.get(job_id))
        return summary, self._pages.log(job_id, after, 1000)

    def _of_all(self, after: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        events = [views.event(row) for row in self._node.events.after(None, after)]
        named = {event["job_id"] for event in events}
        recent = {row.id: row for row in self._node.jobs.all(limit=50)}
        recent |= {job: self._node.jobs.get(job) for job in named - recent.keys()}  # an old one, retried
        shown = [row for row in recent.values() if row.id in named or row.state not in JOB_ENDED]
        summaries = self._pages.summaries(shown)
        return events, summaries


def _progress(done: int, total: int, note: str) -> dict[str, Any]:
    return {"done": done, "total": total, "note": note}


def _message(kind: str, content: dict[str, Any], number: int) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
