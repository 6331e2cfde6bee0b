"""What was taken back stops the jobs that rest on it: at every party, soon, with the reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from real_nodes import reading_flow
from small_world import FakeWorker, SmallWorld
from tacit.errors import RefusedError, TacitError
from tacit.interconnect.shapes import TaskStart, TaskStartExtra
from tacit.node.words import REASONS
from tacit.schema.agreement import Conditions
from tacit.schema.flow import Flow

NAMES = ("alpha", "beta", "gamma")
SOON_S = 5.0
SLOW_ALPHA = pytest.param("alpha", marks=pytest.mark.slow)


@pytest.fixture
def three(tmp_path: Path) -> Iterator[SmallWorld]:
    """alpha, beta, gamma; steps hang until they are stopped."""
    made = SmallWorld(tmp_path, NAMES)
    made.add_tables()
    made.approve_all()
    made.behaviour = lambda _worker: None
    yield made
    made.close()


def agree(world: SmallWorld, until_ms: int = 10**15, conditions: Conditions | None = None) -> str:
    """An agreement of all three, in force at all."""
    datasets = {name: ["rows"] for name in NAMES}
    made = world.parts["alpha"].projects.propose("study", "a test", NAMES, datasets, until_ms, (), conditions)
    approve(world, made.id, "beta", "gamma")
    return made.id


def approve(world: SmallWorld, agreement: str, *names: str) -> None:
    for name in names:
        world.until(lambda name=name: world.parts[name].agreements.find(agreement) is not None)
        world.parts[name].projects.approve(agreement)
    world.until(lambda: all(parts.agreements.get(agreement).state == "ACTIVE" for parts in world.parts.values()))


def run(world: SmallWorld, agreement: str) -> str:
    """A job under it that runs at all three."""
    flow = Flow.model_validate(reading_flow(parties=NAMES))
    job = world.parts["alpha"].scheduler.submit(flow, agreement=agreement)
    world.until(lambda: all(pool.workers for pool in world.pools.values()))
    return job


def assert_stopped(world: SmallWorld, job: str, by: str, what: str) -> None:
    begun = time.monotonic()
    for name, parts in world.parts.items():
        assert world.wait(job, name, SOON_S) == "FAILED"
        assert parts.jobs.get(job).cause == {"party": by, "step": None, "code": "job.revoked", "what": what}, name
    world.until(lambda: all(worker.cancelled.is_set() for worker in workers(world)), SOON_S)
    world.until(lambda: not any(parts.workbench.busy() for parts in world.parts.values()), SOON_S)
    assert time.monotonic() - begun < SOON_S
    world.until(lambda: all("job.revoked" in world.codes(job, name) for name in NAMES), SOON_S)
    told = next(row for row in world.parts["gamma"].events.after(job, 0) if row.code == "job.revoked")
    assert REASONS[what].zh in told.text["zh"] and REASONS[what].en in told.text["en"] and by in told.text["en"]


def workers(world: SmallWorld) -> list[FakeWorker]:
    return [worker for pool in world.pools.values() for worker in pool.workers]


def remove(world: SmallWorld, name: str) -> None:
    world.parts[name].catalogue.remove("rows")
    world.parts[name].revocation.dataset_removed("rows")


def forbid(code: str, reason: str) -> Callable[[SmallWorld, str], None]:
    def act(world: SmallWorld, name: str) -> None:
        def check(_row: Any, _blueprint: Any) -> None:
            raise RefusedError(code, "No longer.")

        world.parts[name].revocation.checks.append(check)
        world.parts[name].revocation.recheck(reason)

    return act


@pytest.mark.parametrize("by", [SLOW_ALPHA, "beta", pytest.param("gamma", marks=pytest.mark.slow)])
def test_ending_the_agreement_stops_its_jobs(three: SmallWorld, by: str) -> None:
    agreement = agree(three)
    job = run(three, agreement)
    three.parts[by].projects.terminate(agreement)
    assert three.parts[by].jobs.state(job) == "FAILED"  # at once, before anybody has answered
    for name in NAMES:
        assert three.wait(job, name, SOON_S) == "FAILED"
        cause = three.parts[name].jobs.get(job).cause
        assert (cause["code"], cause["what"]) == ("job.revoked", "agreement.terminated")
    three.until(lambda: all(worker.cancelled.is_set() for worker in workers(three)), SOON_S)
    three.until(lambda: all(parts.agreements.get(agreement).state == "TERMINATED" for parts in three.parts.values()))


@pytest.mark.parametrize("by", [SLOW_ALPHA, "beta"])
@pytest.mark.parametrize(
    ("act", "what"),
    [
        (remove, "dataset.removed"),
        (forbid("grant.missing", "grant.revoked"), "grant.revoked"),
        (forbid("policy.denied", "policy.changed"), "policy.changed"),
        (forbid("policy.denied", "label.raised"), "label.raised"),
        (forbid("grant.missing", "agreement.terminated"), "grant.revoked"),
    ],
)
def test_what_was_taken_back_stops_the_job_with_its_reason(three: SmallWorld, by: str, act: Any, what: str) -> None:
    job = run(three, agree(three))
    act(three, by)
    assert_stopped(three, job, by, what)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("alpha", "beta", marks=pytest.mark.slow),
        pytest.param("beta", "alpha", marks=pytest.mark.slow),
        ("beta", "gamma"),
    ],
)
def test_ending_a_contract_stops_the_jobs_of_both(three: SmallWorld, one: str, other: str) -> None:
    job = run(three, agree(three))
    three.parts[one].peering.terminate(other)
    for name in NAMES:
        assert three.wait(job, name, SOON_S) == "FAILED"
        cause = three.parts[name].jobs.get(job).cause
        assert (cause["code"], cause["what"]) == ("job.revoked", "peer.terminated"), name


@pytest.mark.parametrize("by", [SLOW_ALPHA, "beta"])
def test_a_peer_that_is_down_delays_nothing_here(three: SmallWorld, by: str) -> None:
    agreement = agree(three)
    job = run(three, agreement)
    others = [name for name in NAMES if name != by]
    three.down.update(others)
    three.parts[by].projects.terminate(agreement)
    assert three.parts[by].jobs.state(job) == "FAILED"
    three.until(lambda: not three.parts[by].workbench.busy(), SOON_S)
    three.down.clear()
    for name in NAMES:
        assert three.wait(job, name) == "FAILED"
    three.until(lambda: not any(parts.workbench.busy() for parts in three.parts.values()))


def test_an_amendment_that_leaves_a_job_out_stops_it(three: SmallWorld) -> None:
    agreement = agree(three)
    job = run(three, agreement)
    amended = three.parts["beta"].projects.amend(agreement, {"operators": ("dataset.read",)})
    approve(three, amended.id, "alpha", "gamma")
    for name in NAMES:
        assert three.wait(job, name, SOON_S) == "FAILED"
        assert three.parts[name].jobs.get(job).cause["what"] == "agreement.amended"


def test_an_amendment_that_covers_the_job_lets_it_run(three: SmallWorld) -> None:
    agreement = agree(three)
    job = run(three, agreement)
    amended = three.parts["beta"].projects.amend(agreement, {"purpose": "the same, said better"})
    approve(three, amended.id, "alpha", "gamma")
    assert [three.parts[name].jobs.state(job) for name in NAMES] == ["RUNNING"] * 3
    assert three.parts["gamma"].projects.in_force(agreement).id == amended.id
    three.parts["gamma"].projects.terminate(agreement)
    for name in NAMES:
        three.until(lambda name=name: three.parts[name].agreements.get(amended.id).state == "TERMINATED")
        assert three.wait(job, name, SOON_S) == "FAILED"


def test_a_job_does_not_outlive_its_agreement(three: SmallWorld) -> None:
    agreement = agree(three, until_ms=int((time.time() + 3600) * 1000))
    job = run(three, agreement)
    assert three.parts["beta"].revocation.look() == []
    three.parts["beta"].revocation.clock = lambda: time.time() + 3601
    assert three.parts["beta"].revocation.look() == [job]
    assert_stopped(three, job, "beta", "agreement.expired")


def test_a_job_that_waits_for_approval_is_stopped_too(three: SmallWorld) -> None:
    agreement = agree(three)
    three.parts["gamma"].rules.remove("rule-1")
    flow = Flow.model_validate(reading_flow(parties=NAMES))
    job = three.parts["alpha"].scheduler.submit(flow, agreement=agreement)
    three.until(lambda: three.parts["gamma"].jobs.find(job) is not None)
    three.parts["beta"].projects.terminate(agreement)
    for name in NAMES:
        assert three.wait(job, name, SOON_S) == "FAILED"


def test_other_jobs_go_on(three: SmallWorld) -> None:
    job, other = run(three, first := agree(three)), run(three, agree(three))
    three.until(lambda: all(three.parts[name].jobs.state(other) == "RUNNING" for name in NAMES))
    three.parts["beta"].projects.terminate(first)
    assert three.wait(job, "alpha", SOON_S) == "FAILED"
    assert [three.parts[name].jobs.state(other) for name in NAMES] == ["RUNNING"] * 3


def test_nothing_starts_after_it(three: SmallWorld) -> None:
    """Not even when the end falls between the check of the call and the start."""
    agreement = agree(three)
    job = run(three, agreement)
    beta = three.parts["beta"]
    begun = len(three.pools["beta"].workers)
    take = beta.workbench._take_slot

    def late(key: Any) -> None:
        beta.jobs.move(job, "FAILED")  # type: ignore[arg-type]
        take(key)

    beta.workbench._take_slot = late  # type: ignore[method-assign]
    extra = TaskStartExtra(attempt=9, seed="0" * 64)
    body = TaskStart(task_id="task_9", job_id=job, task_name="beta_rows", tacit=extra)
    with pytest.raises(TacitError) as caught:
        beta.workbench.start("alpha", body)
    assert caught.value.code == "job.not_running"
    assert len(three.pools["beta"].workers) == begun


def test_limits_count_jobs(three: SmallWorld) -> None:
    agreement = agree(three, conditions=Conditions.model_validate({"limits": {"jobs": 1}}))
    job = run(three, agreement)
    with pytest.raises(TacitError) as caught:
        run(three, agreement)
    assert caught.value.code == "project.limit_reached"
    assert three.parts["beta"].revocation.recheck("policy.changed") == []
    assert three.parts["alpha"].jobs.state(job) == "RUNNING"
