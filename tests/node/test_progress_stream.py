"""The event `progress`: what runs at this node, as it moves, and not too often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from real_nodes import reading_flow
from small_world import FakeWorker, SmallWorld, succeed
from tacit.node.api.streams import PROGRESS_S, Advance, Streams
from tacit.runtime.pool import Progress, WorkerEvent

FEW, MORE = {"read": (1, 4, "rows")}, {"read": (2, 4, "rows")}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(done: int) -> dict[str, Any]:
    return {"job_id": "job-1", "steps": {"read": {"done": done, "total": 4, "note": "rows"}}}


def test_only_what_has_moved_is_told_and_no_faster_than_four_times_a_second() -> None:
    clock = Clock()
    advance = Advance(clock)
    assert list(advance.news({})) == []
    assert list(advance.news({"job-1": FEW})) == [shown(1)]
    assert list(advance.news({"job-1": FEW})) == [] and advance.wait_s is None
    clock.now = 0.1
    assert list(advance.news({"job-1": MORE})) == [] and advance.wait_s == PROGRESS_S - 0.1
    clock.now = PROGRESS_S
    assert list(advance.news({"job-1": MORE})) == [shown(2)] and advance.wait_s is None


def test_a_job_that_runs_no_more_is_told_once_without_steps() -> None:
    advance = Advance(Clock())
    assert list(advance.news({"job-1": FEW})) == [shown(1)]
    assert list(advance.news({})) == [{"job_id": "job-1", "steps": {}}]
    assert list(advance.news({})) == []


def test_jobs_do_not_hold_each_other_back() -> None:
    advance = Advance(Clock())
    assert len(list(advance.news({"job-1": FEW}))) == 1
    assert [told["job_id"] for told in advance.news({"job-1": MORE, "job-2": FEW})] == ["job-2"]
    assert advance.wait_s == PROGRESS_S


def test_both_streams_tell_of_a_running_step(world: SmallWorld) -> None:
    told: dict[str, list[dict[str, Any]]] = asyncio.run(_follow(world))
    for stream in ("one", "all"):
        steps = [each["steps"] for each in told[stream]]
        assert {"alpha_rows": {"done": 3, "total": 7, "note": "rows"}} in steps, stream
        assert steps[-1] == {} or "alpha_rows" not in steps[-1], stream


async def _follow(world: SmallWorld) -> dict[str, list[dict[str, Any]]]:
    seen = {stream: asyncio.Event() for stream in ("one", "all")}
    loop = asyncio.get_running_loop()

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        if worker.task.step == "alpha_rows":
            worker._on_event(Progress(3, 7, "rows"))
            for event in seen.values():
                asyncio.run_coroutine_threadsafe(asyncio.wait_for(event.wait(), 20), loop).result()
        return succeed(worker)

    world.behaviour = behave
    world.approve_all()
    streams = Streams(world.parts["alpha"])
    everything = asyncio.create_task(_read(streams.of_all(0), seen["all"]))
    job = await asyncio.to_thread(world.submit, reading_flow())
    one = asyncio.create_task(_read(streams.of_job(job, 0), seen["one"]))
    told = {"one": await asyncio.wait_for(one, 30)}
    world.parts["alpha"].bell.close()
    return told | {"all": await asyncio.wait_for(everything, 30)}


async def _read(stream: AsyncIterator[str], seen: asyncio.Event) -> list[dict[str, Any]]:
    found = []
    async for message in stream:
        if "\nevent: progress\n" in message:
            found.append(json.loads(message.split("data: ", 1)[1]))
            seen.set()
    return found
