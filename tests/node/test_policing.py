"""Policies at work on nodes: proposing, approving, starting, results, budgets, observing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from real_nodes import matching_flow, reading_flow
from small_world import FakeWorker, SmallWorld, succeed
from tacit.errors import RefusedError
from tacit.runtime.pool import Succeeded, WorkerEvent

DENY = {"rules": [{"id": "no-keys", "effect": "deny", "scope": {"columns": ["id"], "uses": ["join_key"]}}]}
RATE = {"rules": [{"id": "slow", "effect": "limit", "bounds": {"rate": {"jobs": 2, "hours": 1}}}]}
NOISE = {
    "rules": [
        {
            "id": "noise",
            "effect": "limit",
            "scope": {"uses": ["join_key"]},
            "bounds": {"dp": {"epsilon": 0.5, "total": 1.0}},
        }
    ]
}


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[SmallWorld]:
    """alpha and beta approve each other's jobs."""
    made = SmallWorld(tmp_path)
    made.add_tables()
    made.approve_all()
    yield made
    made.close()


def put(world: SmallWorld, party: str, document: dict[str, Any], dataset: str = "rows") -> None:
    desk = world.parts[party].policy_desk
    row = desk.draft(dataset, document)
    desk.activate(dataset, row.version, row.hash)


def counting_flow(epsilon: float | None = None) -> dict[str, Any]:
    flow = matching_flow()
    flow["steps"][2]["params"] = {"reveal": "count", **({} if epsilon is None else {"epsilon": epsilon})}
    return flow


def acts(world: SmallWorld, party: str) -> list[str]:
    return [entry.act for entry in world.parts[party].audit.entries()]


def test_a_match_runs_under_the_level_defaults(pair: SmallWorld) -> None:
    assert pair.wait(pair.submit(matching_flow()), "alpha") == "FINISHED"


def test_the_initiator_is_refused_by_its_own_policy(pair: SmallWorld) -> None:
    put(pair, "alpha", DENY)
    with pytest.raises(RefusedError) as refused:
        pair.submit(matching_flow())
    assert refused.value.code == "policy.refused" and "no-keys" in (refused.value.found or "")


def test_a_proposal_is_refused_and_the_other_side_hears_the_code_alone(pair: SmallWorld) -> None:
    put(pair, "beta", DENY)
    job = pair.submit(matching_flow())
    assert pair.wait(job, "alpha") == pair.wait(job, "beta") == "REJECTED"
    assert pair.parts["alpha"].jobs.get(job).cause == {"party": "beta", "step": None, "code": "policy.refused"}
    assert pair.parts["alpha"].jobs.get(job).error is None
    assert "no-keys" in pair.parts["beta"].jobs.get(job).error["found"]
    assert pair.wait(pair.submit(reading_flow()), "alpha") == "FINISHED"  # nothing leaves


def test_columns_in_the_clear_need_an_exception(pair: SmallWorld) -> None:
    flow = matching_flow()
    flow["steps"][2]["params"] = {"sender_columns": ["x"]}
    assert pair.wait(pair.submit(flow), "alpha") == "REJECTED"
    scope = {"columns": ["x"], "uses": ["plaintext"], "receivers": ["alpha"], "after": ["join"]}
    put(pair, "beta", {"exceptions": [{"id": "give-x", "scope": scope}]})
    assert pair.wait(pair.submit(flow), "alpha") == "FINISHED"


def test_a_policy_that_comes_between_approval_and_start_stops_the_job(pair: SmallWorld) -> None:
    pair.behaviour = lambda worker: None if worker.task.operator == "dataset.read" else succeed(worker)
    job = pair.submit(matching_flow())
    pair.until(lambda: bool(pair.pools["beta"].workers))
    put(pair, "beta", DENY)
    assert pair.wait(job, "alpha") == pair.wait(job, "beta") == "FAILED"
    cause = pair.parts["alpha"].jobs.get(job).cause
    assert (cause["party"], cause["code"]) == ("beta", "job.revoked")


def test_what_is_left_to_keep_goes_to_the_worker(pair: SmallWorld) -> None:
    rule = {"id": "many", "effect": "limit", "bounds": {"min_result": 25, "probing": {"runs": 2, "days": 7}}}
    put(pair, "beta", {"rules": [rule]})
    pair.wait(pair.submit(matching_flow()), "alpha")
    cautions = {
        worker.party: worker.task.caution
        for pool in pair.pools.values()
        for worker in pool.workers
        if worker.task.operator == "psi"
    }
    assert (cautions["beta"].min_result, cautions["beta"].similar_runs, cautions["beta"].similar_days) == (25, 2, 30)
    assert (cautions["alpha"].min_result, cautions["alpha"].similar_runs) == (0, None)


def test_a_result_that_shows_too_much_fails_the_step_and_is_deleted(pair: SmallWorld) -> None:
    put(pair, "beta", {"rules": [{"id": "many", "effect": "limit", "bounds": {"min_result": 25}}]})
    left: list[Path] = []

    def behaviour(worker: FakeWorker) -> WorkerEvent | None:
        event = succeed(worker)
        if worker.task.operator == "psi" and worker.party == "beta" and isinstance(event, Succeeded):
            path = Path(event.report.outputs["report"].path)
            path.write_text('{"kind": "psi", "reveal": "count", "matched": 24, "epsilon": null}')
            left.append(path)
        return event

    pair.behaviour = behaviour
    job = pair.submit(counting_flow())
    assert pair.wait(job, "alpha") == "FAILED"
    cause = pair.parts["alpha"].jobs.get(job).cause
    assert (cause["party"], cause["step"], cause["code"]) == ("beta", "match", "policy.result_refused")
    assert left and not left[0].exists()


def test_a_rate_counts_jobs_and_refuses_the_next(pair: SmallWorld) -> None:
    put(pair, "beta", RATE)
    jobs = [pair.submit(matching_flow(f"run-{number}")) for number in range(2)]
    assert [pair.wait(job, "alpha") for job in jobs] == ["FINISHED"] * 2
    late = pair.submit(matching_flow("run-3"))
    assert pair.wait(late, "alpha") == "REJECTED"
    assert pair.parts["alpha"].jobs.get(late).cause["code"] == "policy.rate_exceeded"


def test_noise_is_charged_before_the_step_and_runs_out(pair: SmallWorld) -> None:
    put(pair, "beta", NOISE)
    assert pair.wait(pair.submit(counting_flow(0.5)), "alpha") == "FINISHED"
    assert pair.parts["beta"].policy_desk.budget("rows") == {"epsilon": 0.5, "left": {"noise": 0.5}}
    assert pair.wait(pair.submit(counting_flow(0.4)), "alpha") == "FINISHED"
    last = pair.submit(counting_flow(0.2))
    assert pair.wait(last, "alpha") == "FAILED"
    assert pair.parts["alpha"].jobs.get(last).cause["code"] == "policy.budget_exceeded"
    assert pair.parts["beta"].policy_desk.budget("rows")["epsilon"] == pytest.approx(0.9)
    assert pair.wait(pair.submit(counting_flow()), "alpha") == "REJECTED"  # without noise


def test_every_attempt_at_a_step_draws_and_pays_again(pair: SmallWorld) -> None:
    put(pair, "beta", NOISE)
    book, charge = pair.parts["beta"].policing.book, ("job-1", "match")
    blueprint = pair.parts["beta"].planner.draw(_parsed(counting_flow(0.5)))
    from tacit.node.policing import Asked

    charges = pair.parts["beta"].policing.judge(blueprint, Asked("alpha")).charges
    for attempt in (1, 1, 2):
        book.charge_noise(*charge, attempt, charges, enforce=True)
    assert book.spent("rows").epsilon == 10**9
    with pytest.raises(RefusedError):
        book.charge_noise(*charge, 3, charges, enforce=True)


def _parsed(document: dict[str, Any]) -> Any:
    from tacit.schema.flow import Flow

    return Flow.model_validate(document)


@pytest.mark.parametrize(("mode", "noted"), [("observe", True), ("off", False)])
def test_observing_notes_and_off_does_not_look(tmp_path: Path, mode: str, noted: bool) -> None:
    world = SmallWorld(tmp_path, policy=mode)
    try:
        world.add_tables()
        world.approve_all()
        put(world, "beta", DENY)
        assert world.wait(world.submit(matching_flow()), "alpha") == "FINISHED"
        assert ("policy.would_refuse" in acts(world, "beta")) is noted
    finally:
        world.close()


def test_results_are_deleted_when_the_policy_says_so(pair: SmallWorld) -> None:
    job = pair.submit(matching_flow())
    assert pair.wait(job, "beta") == "FINISHED"
    put(pair, "beta", {"rules": [{"id": "short", "effect": "limit", "bounds": {"retention_days": 30}}]})
    beta = pair.parts["beta"]
    assert beta.results.all(job) and beta.retention.look() == []
    ended = beta.jobs.get(job).ended_at or 0.0
    beta.retention.clock = lambda: ended + 31 * 86_400
    assert beta.retention.look() == [job] and beta.results.all(job) == []
    assert "results.expired" in acts(pair, "beta") and pair.parts["alpha"].results.all(job)


def test_a_label_that_is_raised_stops_the_jobs_that_it_forbids(pair: SmallWorld) -> None:
    from tacit.node.labels import Wish

    pair.behaviour = lambda worker: None if worker.task.operator == "dataset.read" else succeed(worker)
    job = pair.submit(matching_flow())
    pair.until(lambda: bool(pair.pools["beta"].workers))
    pair.parts["beta"].labels.set("rows", {"id": Wish(5, "core", "core data")})
    assert pair.wait(job, "alpha") == "FAILED"
    assert pair.parts["alpha"].jobs.get(job).cause["code"] == "job.revoked"
    later = pair.submit(matching_flow())
    assert pair.wait(later, "alpha") == "REJECTED"
    assert pair.parts["alpha"].jobs.get(later).cause["code"] == "policy.refused"
