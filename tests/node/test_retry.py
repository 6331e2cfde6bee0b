"""Going on with a job that failed: what is done stays done, every party checks again, and old news end nothing."""

from __future__ import annotations

import json
import secrets
import shutil
from typing import Any

import pytest

from real_nodes import matching_flow
from small_world import FakeWorker, SmallWorld, succeed
from tacit.errors import DataError, InputError, PeerError, RefusedError, ResourceError
from tacit.interconnect.endpoints import JOB_START, JOB_STOP, Endpoint
from tacit.interconnect.shapes import AllSignatures, JobStart, JobStop, StopCause
from tacit.node.acting import LOCAL, acting
from tacit.node.clock import now
from tacit.node.wiring import Parts
from tacit.node.workbench import new_task
from tacit.runtime.pool import Failed, WorkerEvent
from tacit.schema.states import JobState


def break_match(worker: FakeWorker) -> WorkerEvent | None:
    if worker.task.step == "match":
        return Failed(DataError("data.nulls", "A null.") if worker.party == "beta" else PeerError("peer.failed", "."))
    return succeed(worker)


def fail(world: SmallWorld) -> str:
    """A job that has failed at its last step, at both parties."""
    world.approve_all()
    world.behaviour = break_match
    job = world.submit(matching_flow())
    for name in world.parts:
        assert world.wait(job, name) == "FAILED"
    world.behaviour = succeed
    return job


def runs(world: SmallWorld) -> list[tuple[str, str]]:
    return sorted((worker.party, worker.task.step) for pool in world.pools.values() for worker in pool.workers)


def test_only_what_was_not_done_runs_again(world: SmallWorld) -> None:
    job = fail(world)
    before = runs(world)
    world.parts["alpha"].scheduler.retry(job)
    for name, parts in world.parts.items():
        world.until(lambda parts=parts: parts.jobs.get(job).retry == 1)
        assert world.wait(job, name) == "FINISHED", world.codes(job, name)
        assert parts.examiner.own(job)["ok"]
        row = parts.jobs.get(job)
        assert (row.cause, row.error, row.retry) == (None, None, 1)
    assert sorted([*before, ("alpha", "match"), ("beta", "match")]) == runs(world)
    receipts = [parts.receipts.of(job) for parts in world.parts.values()]
    assert receipts[0] == receipts[1]
    assert {step.attempt for step in receipts[0].receipt.statements["beta"].statement.steps} == {1, 2}


def test_both_sides_write_it_down(world: SmallWorld) -> None:
    job = fail(world)
    world.parts["alpha"].scheduler.retry(job, by="user:ann")
    for name, parts in world.parts.items():
        world.until(lambda name=name: "job.finished" in world.codes(job, name))
        assert "job.retried" in world.codes(job, name)
        acts = [
            entry for entry in parts.audit.entries() if entry.subject == f"job:{job}" and entry.act == "job.retried"
        ]
        assert [entry.actor for entry in acts] == ["user:ann" if name == "alpha" else "peer:alpha"]


def test_it_may_fail_and_be_retried_again_and_every_party_hears_of_it(world: SmallWorld) -> None:
    job = fail(world)
    world.behaviour = break_match
    for retry in (1, 2):
        world.parts["alpha"].scheduler.retry(job)
        for parts in world.parts.values():
            world.until(lambda parts=parts, retry=retry: parts.jobs.get(job).retry == retry)
        for name, parts in world.parts.items():
            assert world.wait(job, name) == "FAILED"
            assert parts.jobs.get(job).cause == {"party": "beta", "step": "match", "code": "data.nulls"}
    world.behaviour = succeed
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: world.parts["beta"].jobs.get(job).retry == 3)
    assert world.wait(job, "beta") == "FINISHED"


def test_attempts_are_counted_anew(world: SmallWorld) -> None:
    world.approve_all()
    world.behaviour = lambda worker: (
        Failed(ResourceError("worker.killed", "Killed.")) if worker.task.step == "match" else succeed(worker)
    )
    job = world.submit(matching_flow())
    world.wait(job, "beta")
    world.wait(job, "alpha")
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: world.parts["beta"].jobs.get(job).retry == 1)
    world.wait(job, "beta")
    assert max(row.attempt for row in world.parts["beta"].tasks.of_job(job)) == 6


@pytest.mark.parametrize("moment", ["job_create", "job_start", "task_start", "receipt_sign"])
@pytest.mark.parametrize("victim", ["alpha", "beta"])
def test_a_node_that_goes_down_meanwhile_changes_nothing(world: SmallWorld, moment: str, victim: str) -> None:
    job = fail(world)
    crashed: list[str] = []

    def tamper(_one: str, _other: str, endpoint: Endpoint, text: str) -> str:
        if endpoint.handler == moment and not crashed:
            crashed.append(moment)
            world.crash(victim)
            raise PeerError("peer.unreachable", "It went down.")
        return text

    world.tamper = tamper
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: bool(crashed))
    world.restart(victim)
    for name, parts in world.parts.items():
        world.until(lambda parts=parts: parts.jobs.get(job).retry == 1)
        assert world.wait(job, name) == "FINISHED", (world.codes(job, name), parts.jobs.get(job).cause)


def test_a_party_that_did_not_hear_of_the_failure_goes_on_with_the_others(world: SmallWorld) -> None:
    world.approve_all()
    world.behaviour = break_match
    held: list[str] = []

    def tamper(_one: str, other: str, endpoint: Endpoint, text: str) -> str:
        stops_job = endpoint is JOB_STOP and json.loads(text).get("task_name") is None
        if other == "beta" and stops_job:
            held.append(text)
            raise PeerError("peer.unreachable", "Lost.")
        return text

    world.tamper = tamper
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "FAILED"
    world.until(lambda: bool(held))
    assert world.parts["beta"].jobs.get(job).state == "RUNNING"
    world.behaviour = succeed
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: world.parts["beta"].jobs.get(job).retry == 1)
    world.tamper = lambda _one, _other, _endpoint, text: text  # now the old news arrive
    assert world.wait(job, "beta") == "FINISHED"
    assert world.wait(job, "alpha") == "FINISHED"


def test_old_news_do_not_end_a_retry(world: SmallWorld) -> None:
    job = fail(world)
    world.behaviour = lambda worker: None if worker.task.step == "match" else succeed(worker)
    world.parts["alpha"].scheduler.retry(job)
    beta = world.parts["beta"]
    world.until(lambda: any(row.state == "RUNNING" for row in beta.tasks.of_job(job)))
    old = StopCause(party="alpha", code="data.nulls", state=JobState.FAILED)
    beta.participant.stop("alpha", JobStop(job_id=job, tacit=old))
    assert beta.jobs.get(job).state == "RUNNING"
    beta.participant.stop("alpha", JobStop(job_id=job, tacit=old.model_copy(update={"retry": 1})))
    assert world.wait(job, "beta") == "FAILED"


@pytest.mark.parametrize("state", ["PENDING", "FINISHED", "CANCELLED", "REJECTED"])
def test_only_a_failed_job_is_retried(world: SmallWorld, state: str) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    if state == "FINISHED":
        world.approve_all()
    elif state == "CANCELLED":
        world.approve_all()
        world.behaviour = lambda _worker: None
    job = world.submit(matching_flow())
    if state == "CANCELLED":
        world.until(lambda: alpha.jobs.get(job).state == "RUNNING")
        beta.participant.cancel(job)
    elif state == "REJECTED":
        world.until(lambda: beta.jobs.find(job) is not None)
        beta.participant.reject(job)
    world.until(lambda: alpha.jobs.get(job).state == state)
    with pytest.raises(InputError) as caught:
        alpha.scheduler.retry(job)
    assert caught.value.code == "job.not_retriable"
    assert alpha.jobs.get(job).state == state


def test_only_the_initiator_retries(world: SmallWorld) -> None:
    job = fail(world)
    with pytest.raises(RefusedError, match="initiator"):
        world.parts["beta"].scheduler.retry(job)


def test_what_was_taken_back_is_not_retried(world: SmallWorld) -> None:
    world.approve_all()
    world.behaviour = lambda worker: None if worker.task.step == "match" else succeed(worker)
    job = world.submit(matching_flow())
    beta = world.parts["beta"]
    world.until(lambda: any(row.step == "match" for row in beta.tasks.of_job(job)))
    assert beta.participant.revoke(job, "grant.revoked")
    assert world.wait(job, "alpha") == "FAILED"
    with pytest.raises(InputError) as caught:
        world.parts["alpha"].scheduler.retry(job)
    assert (caught.value.code, caught.value.found) == ("job.not_retriable", "job.revoked")


def refused_by_beta(world: SmallWorld, job: str, code: str) -> None:
    """The retry ends for all with what beta says, and beta's own record is as it was."""
    before = world.parts["beta"].jobs.get(job)
    world.parts["alpha"].scheduler.retry(job)
    alpha = world.parts["alpha"]
    world.until(lambda: alpha.jobs.get(job).retry == 1)
    assert world.wait(job, "alpha") == "FAILED"
    assert alpha.jobs.get(job).cause == {"party": "beta", "step": None, "code": code}
    after = world.parts["beta"].jobs.get(job)
    assert (after.state, after.cause, after.ended_at) == ("FAILED", before.cause, before.ended_at)


def test_a_party_that_deleted_its_results_refuses(world: SmallWorld) -> None:
    job = fail(world)
    world.parts["beta"].results.remove(job)
    refused_by_beta(world, job, "artifact.missing")


def test_after_some_time_a_party_refuses(world: SmallWorld) -> None:
    job = fail(world)
    world.parts["beta"].jobs.update(job, ended_at=now() - 73 * 3600)
    refused_by_beta(world, job, "job.retry_expired")


def test_data_that_was_read_before_may_change(world: SmallWorld) -> None:
    job = fail(world)
    (world.folder / "beta.csv").write_text("id,x\n1,2\n")
    world.parts["beta"].catalogue.refresh("rows")
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: world.parts["alpha"].jobs.get(job).retry == 1)
    assert world.wait(job, "alpha") == "FINISHED"  # it was read before the failure: what is used is what was approved


def test_what_is_missing_at_home_is_said_at_the_door(world: SmallWorld) -> None:
    job = fail(world)
    shutil.rmtree(world.parts["alpha"].ground.home.artifacts / job)
    with pytest.raises(ResourceError) as caught:
        world.parts["alpha"].scheduler.retry(job)
    assert caught.value.code == "artifact.missing"
    assert world.parts["alpha"].jobs.get(job).state == "FAILED"


def test_a_stranger_cannot_begin_a_retry(world: SmallWorld) -> None:
    job = fail(world)
    row = world.parts["beta"].jobs.get(job)
    said = AllSignatures(agreement_hash=row.pact_hash, signatures=row.signatures, retry=1)
    with pytest.raises(RefusedError, match="initiator"):
        world.parts["beta"].participant.start("gamma", JobStart(job_id=job, tacit=said))
    forged = said.model_copy(update={"signatures": {name: secrets.token_hex(64) for name in row.signatures}})
    with pytest.raises(Exception, match=r"."):
        world.parts["beta"].participant.start("alpha", JobStart(job_id=job, tacit=forged))
    assert world.parts["beta"].jobs.get(job).state == "FAILED"


def test_the_same_start_twice_begins_one_retry(world: SmallWorld) -> None:
    job = fail(world)
    beta = world.parts["beta"]
    row = beta.jobs.get(job)
    body: Any = JobStart(
        job_id=job, tacit=AllSignatures(agreement_hash=row.pact_hash, signatures=row.signatures, retry=1)
    )
    for _ in range(2):
        beta.participant.start("alpha", body)
    assert beta.jobs.get(job).state == "RUNNING"
    acts = [entry for entry in beta.audit.entries() if entry.act == "job.retried"]
    assert len(acts) == 1


def hang(world: SmallWorld) -> tuple[str, Parts]:
    """A job that failed, and whose retry hangs at both parties."""
    job, beta = fail(world), world.parts["beta"]
    world.behaviour = lambda worker: None if worker.task.step == "match" else succeed(worker)
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: any(row.state == "RUNNING" and row.retry == 1 for row in beta.tasks.of_job(job)))
    return job, beta


def test_a_party_gives_up_a_silent_initiator_in_a_retry_too(world: SmallWorld) -> None:
    job, beta = hang(world)
    world.down.add("alpha")
    beta.watch._silence_s = beta.watch._give_up_s = 0.0
    world.until(lambda: (beta.watch.look(), beta.jobs.get(job).state == "FAILED")[1])


def test_a_stop_without_news_ends_a_retry(world: SmallWorld) -> None:
    job, beta = hang(world)
    beta.participant.stop("alpha", JobStop(job_id=job))
    assert beta.jobs.get(job).state == "CANCELLED"


def test_a_start_that_comes_after_its_stop_begins_nothing(world: SmallWorld) -> None:
    job, beta = fail(world), world.parts["beta"]
    row = beta.jobs.get(job)
    stop = StopCause(party="alpha", code="artifact.missing", state=JobState.FAILED, retry=1)
    beta.participant.stop("alpha", JobStop(job_id=job, tacit=stop))
    said = AllSignatures(agreement_hash=row.pact_hash, signatures=row.signatures, retry=1)
    with pytest.raises(InputError):
        beta.participant.start("alpha", JobStart(job_id=job, tacit=said))
    assert beta.jobs.get(job).state == "FAILED"


def test_a_step_that_was_never_begun_runs_in_the_retry(world: SmallWorld) -> None:
    job, alpha = fail(world), world.parts["alpha"]
    alpha.tasks.add([new_task(job, "alpha_rows", 2, "alpha", "owner", "task_" + "0" * 32, "0" * 64, 0)])
    alpha.scheduler.retry(job)
    assert alpha.jobs.get(job).retry == 1
    assert world.wait(job, "alpha", 20) == "FINISHED"


def test_other_operators_than_those_that_were_approved_do_not_run(world: SmallWorld) -> None:
    job, beta = fail(world), world.parts["beta"]
    part = beta.jobs.parts(job)["beta"]
    document = json.loads(json.dumps(part.part))
    document["part"]["operators"] = dict.fromkeys(document["part"]["operators"], "0.0.1")  # as if updated since
    part.part = document
    with beta.ground.database.write() as session:
        session.merge(part)
    refused_by_beta(world, job, "job.operator_version_differs")


def test_what_is_taken_back_while_a_retry_begins_stops_it(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    job, beta = fail(world), world.parts["beta"]
    reopen = beta.jobs.reopen

    def late(*given: Any, **values: Any) -> bool:
        done = reopen(*given, **values)
        beta.catalogue.remove("rows")
        return done

    monkeypatch.setattr(beta.jobs, "reopen", late)
    world.parts["alpha"].scheduler.retry(job)
    world.until(lambda: world.parts["alpha"].jobs.get(job).retry == 1)
    assert world.wait(job, "alpha") == "FAILED" and beta.jobs.get(job).state == "FAILED"
    assert runs(world).count(("beta", "match")) == 1


def test_a_release_does_not_cover_what_a_retry_leaves_later(world: SmallWorld) -> None:
    job, alpha = fail(world), world.parts["alpha"]
    with acting(LOCAL):
        first = alpha.releases.request(job)
    assert first.state == "approved" and alpha.releases.released(job)
    alpha.scheduler.retry(job)
    assert alpha.jobs.get(job).retry == 1 and world.wait(job, "alpha") == "FINISHED"
    assert not alpha.releases.released(job)
    with acting(LOCAL):
        assert alpha.releases.request(job).id != first.id


def test_what_is_sent_names_no_retry_in_a_first_run() -> None:
    said = AllSignatures(agreement_hash="0" * 64, signatures={})
    assert "retry" not in JobStart(job_id="job-" + "0" * 32, tacit=said).document()["tacit"]
    assert JOB_START.path
