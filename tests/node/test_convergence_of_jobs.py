"""Jobs of three nodes over a network that loses and doubles calls and answers, with a node that goes down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lossy_world import LossyWorld
from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.node import asking, outbox, steps
from tacit.schema.flow import Flow
from tacit.schema.states import JOB_ENDED, JobState, TaskState

NAMES = ("alpha", "beta", "gamma")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time runs ten times as fast."""
    for module, name in ((asking, "_BACKOFF_S"), (outbox, "_BACKOFF_S"), (steps, "RETRY_S")):
        monkeypatch.setattr(module, name, tuple(each / 10 for each in getattr(module, name)))
    monkeypatch.setattr(steps, "ECHO_S", 0.1)


def play(folder: Path, seed: int, *, revoke: str | None = None, fall: str | None = None) -> None:
    world = LossyWorld(folder, NAMES, seed)
    try:
        world.add_tables()
        agreement = agree(world)
        world.calm = False
        flow = Flow.model_validate(reading_flow(parties=NAMES))
        job = world.parts["alpha"].scheduler.submit(flow, agreement=agreement)
        for name in NAMES[1:]:
            world.until(lambda name=name: world.parts[name].jobs.find(job) is not None, 60)
            world.parts[name].participant.approve(job)
        if fall is not None:
            world.crash(fall)
            world.restart(fall)
        if revoke is not None:
            world.parts[revoke].projects.terminate(agreement)
        states = {world.wait(job, name, 60) for name in NAMES}
        assert states == {"FINISHED"} or (states == {"FAILED"} and revoke is not None), (seed, states)
        check_history(world, job)
    finally:
        world.close()


def agree(world: LossyWorld) -> str:
    datasets = {name: ["rows"] for name in NAMES}
    agreement = world.parts["alpha"].projects.propose("study", "a test", NAMES, datasets, 10**15).id
    for name in NAMES[1:]:
        world.until(lambda name=name: world.parts[name].agreements.find(agreement) is not None)
        world.parts[name].projects.approve(agreement)
    world.until(lambda: all(parts.agreements.get(agreement).state == "ACTIVE" for parts in world.parts.values()))
    return agreement


def check_history(world: LossyWorld, job: str) -> None:
    """No attempt began twice, no step ended well twice, and nothing ended well after the job had ended badly."""
    assert len(world.history) == len(set(world.history)), [
        each for each in world.history if world.history.count(each) > 1
    ]
    receipts = []
    for name, parts in world.parts.items():
        row = parts.jobs.get(job)
        assert row.state in JOB_ENDED and row.ended_at is not None
        won = [task for task in parts.tasks.of_job(job) if task.party == name and task.state == TaskState.SUCCESS]
        if row.state == "FINISHED":
            assert len({task.step for task in won}) == len(won), (name, "a step ran twice")
            receipts.append(row.receipt)
        else:
            assert all((task.started_at or 0) <= row.ended_at for task in won), (name, "started after the end")
    assert all(receipt == receipts[0] for receipt in receipts)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(100, 120))])
def test_a_job_comes_to_one_end(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed)


@pytest.mark.parametrize("seed", [2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(200, 220))])
def test_a_revoked_job_comes_to_one_end(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, revoke=NAMES[seed % 3])


@pytest.mark.parametrize("seed", [3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(300, 320))])
def test_a_job_outlives_a_node_that_falls(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, fall=NAMES[seed % 3])


def test_an_agreement_that_comes_twice_at_once_is_signed_both_times(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has read the job before the first has kept the agreement."""
    world.approve_all()
    beta = world.parts["beta"]
    move = beta.jobs.move

    def after_its_double(job_id: str, state: JobState, *given: Any, **values: Any) -> bool:
        if state == JobState.READY:
            assert move(job_id, state, *given, **values)
        return move(job_id, state, *given, **values)

    monkeypatch.setattr(beta.jobs, "move", after_its_double)
    job = world.submit(reading_flow())
    assert world.wait(job, "alpha") == "FINISHED"
