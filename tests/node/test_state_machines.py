"""Participant, scheduler, driver and workbench against each other, in one process, with make-believe steps."""

from __future__ import annotations

import json
import secrets
import threading
from pathlib import Path
from typing import Any

import pytest

from real_nodes import matching_flow, reading_flow
from small_world import FakeWorker, SmallWorld, succeed
from tacit.errors import DataError, PeerError, RefusedError, ResourceError, TacitError
from tacit.interconnect.endpoints import JOB_APPLY, JOB_CONFIRM, JOB_CREATE, RECEIPT_SIGN, Endpoint
from tacit.interconnect.shapes import (
    JobConfirm,
    JobDecision,
    JobStop,
    Offered,
    ProjectApply,
    StopCause,
    TaskStart,
    TaskStartExtra,
)
from tacit.node.database import JobRow
from tacit.node.statements import known_to_all
from tacit.runtime.pool import Failed, WorkerEvent
from tacit.schema.agreement import ProjectAgreement, SignedProjectAgreement
from tacit.schema.flow import Flow
from tacit.schema.job import SignedPart


def test_a_job_runs_from_submission_to_receipt(world: SmallWorld) -> None:
    world.approve_all()
    job = world.submit(matching_flow())
    for name, parts in world.parts.items():
        assert world.wait(job, name) == "FINISHED", world.codes(job, name)
        assert parts.examiner.own(job)["ok"]
    receipts = [parts.receipts.of(job) for parts in world.parts.values()]
    assert receipts[0] == receipts[1]


def test_every_step_runs_once_at_each_party(world: SmallWorld) -> None:
    world.approve_all()
    job = world.submit(matching_flow())
    for name in world.parts:
        world.wait(job, name)
    steps = [(worker.party, worker.task.step) for pool in world.pools.values() for worker in pool.workers]
    assert sorted(steps) == [("alpha", "alpha_rows"), ("alpha", "match"), ("beta", "beta_rows"), ("beta", "match")]
    sessions = {
        line.session for pool in world.pools.values() for worker in pool.workers for line in worker.task.lines.values()
    }
    assert len(sessions) == 1


def test_parameters_come_from_the_own_agreement(world: SmallWorld) -> None:
    world.approve_all()
    flow = matching_flow()
    job = world.submit(flow)
    world.wait(job, "beta")
    read = next(worker.task for worker in world.pools["beta"].workers if worker.task.step == "beta_rows")
    assert read.params["keys"] == ["id"] and read.datasets["rows"].path.endswith("beta.csv")
    assert read.limits.memory_mb == world.parts["beta"].settings.worker_memory_mb


def test_a_failure_is_told_with_its_cause_and_not_its_echo(world: SmallWorld) -> None:
    world.approve_all()

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        if worker.task.step != "match":
            return succeed(worker)
        if worker.party == "beta":
            return Failed(DataError("data.nulls", "secret column"))
        return Failed(PeerError("peer.failed", "beta stopped."))

    world.behaviour = behave
    job = world.submit(matching_flow())
    for name, parts in world.parts.items():
        assert world.wait(job, name) == "FAILED"
        assert parts.jobs.get(job).cause == {"party": "beta", "step": "match", "code": "data.nulls"}
    seen = json.dumps([row.error for row in world.parts["alpha"].tasks.of_job(job)])
    assert "secret" not in seen


def test_what_may_pass_is_tried_again_with_a_new_session(world: SmallWorld) -> None:
    world.approve_all()
    sessions: list[str] = []

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        if worker.task.step == "match" and worker.party == "alpha":
            sessions.append(worker.task.sid)
            if len(sessions) == 1:
                return Failed(ResourceError("worker.killed", "Killed."))
        return succeed(worker)

    world.behaviour = behave
    job = world.submit(matching_flow())
    assert [world.wait(job, name) for name in world.parts] == ["FINISHED"] * 2
    assert len(set(sessions)) == 2
    assert "step.retry" in world.codes(job, "alpha")
    attempts = [row.attempt for row in world.parts["beta"].tasks.of_job(job) if row.step == "match"]
    assert attempts == [1, 2]


def test_attempts_are_limited(world: SmallWorld) -> None:
    world.approve_all()
    world.behaviour = lambda worker: (
        Failed(ResourceError("worker.killed", "Killed.")) if worker.task.step == "match" else succeed(worker)
    )
    job = world.submit(matching_flow())
    assert world.wait(job, "beta", 30) == "FAILED"
    assert max(row.attempt for row in world.parts["beta"].tasks.of_job(job)) == 3


def test_the_other_side_of_a_failed_attempt_is_stopped(world: SmallWorld) -> None:
    world.approve_all()
    seen: list[str] = []

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        if worker.task.step != "match" or worker.task.attempt > 1:
            return succeed(worker)
        if worker.party == "alpha":
            return Failed(ResourceError("worker.killed", "Killed."))
        seen.append(worker.party)
        return None  # hangs until it is stopped

    world.behaviour = behave
    job = world.submit(matching_flow())
    assert world.wait(job, "beta") == "FINISHED"
    assert seen == ["beta"]
    codes = [row.code for row in world.parts["beta"].tasks.of_job(job) if row.step == "match"]
    assert codes == ["step.superseded", None]


@pytest.mark.parametrize("victim", ["alpha", "beta"])
@pytest.mark.parametrize(
    "moment", ["job_create", "job_start", "task_start", "task_callback", "receipt_sign", "receipt_put"]
)
def test_a_crash_at_any_call_loses_nothing(world: SmallWorld, victim: str, moment: str) -> None:
    """The call reaches the other side, then the node is gone: the answer never arrives."""
    world.approve_all()
    reached = threading.Event()

    def tamper(one: str, other: str, endpoint: Endpoint, text: str) -> str:
        if endpoint.handler == moment and not reached.is_set():
            reached.set()
            world.down.add(victim)
            raise PeerError("peer.unreachable", "The line broke.")
        return text

    world.tamper = tamper
    job = world.submit(matching_flow())
    assert reached.wait(20)
    world.crash(victim)
    world.restart(victim)
    for name, parts in world.parts.items():
        assert world.wait(job, name, 30) == "FINISHED", (name, world.codes(job, name), parts.jobs.get(job).cause)
        assert parts.examiner.own(job)["ok"]


def test_a_silent_party_is_shown_and_the_job_goes_on(world: SmallWorld) -> None:
    world.approve_all()
    gate = threading.Event()

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        if worker.task.step == "beta_rows":
            gate.wait(20)
        return succeed(worker)

    world.behaviour = behave
    job = world.submit(matching_flow())
    alpha = world.parts["alpha"]
    world.until(lambda: "step.started" in world.codes(job, "beta"))
    world.down.add("beta")
    world.until(lambda: alpha.jobs.get(job).waiting == {"party": "beta", "code": "peer.unreachable"})
    gate.set()
    world.down.discard("beta")
    assert [world.wait(job, name) for name in world.parts] == ["FINISHED"] * 2
    assert "job.resumed" in world.codes(job, "alpha")


def test_a_party_notices_a_silent_initiator(world: SmallWorld) -> None:
    world.approve_all()
    gate = threading.Event()
    world.behaviour = lambda worker: (gate.wait(20), succeed(worker))[1]
    job = world.submit(matching_flow())
    beta = world.parts["beta"]
    world.until(lambda: "step.started" in world.codes(job, "beta"))
    world.down.add("alpha")
    world.until(lambda: (beta.watch.look(), beta.jobs.get(job).waiting is not None)[1])
    assert beta.jobs.get(job).waiting == {"party": "alpha", "code": "peer.unreachable"}
    world.down.discard("alpha")
    beta.watch.look()
    assert beta.jobs.get(job).waiting is None
    gate.set()
    assert world.wait(job, "beta") == "FINISHED"


# -- what is refused -----------------------------------------------------------------------------------------------


def pending(world: SmallWorld) -> tuple[str, JobRow]:
    job = world.submit(matching_flow())
    world.until(lambda: world.parts["beta"].jobs.find(job) is not None)
    return job, world.parts["beta"].jobs.get(job)


def code_of(act: Any) -> str:
    with pytest.raises(TacitError) as caught:
        act()
    return caught.value.code


def beta_part(world: SmallWorld, row: JobRow) -> SignedPart:
    beta = world.parts["beta"]
    return beta.contribution.sign(row, beta.planner.of_job(row))


def confirm(world: SmallWorld, row: JobRow, part: SignedPart, source: str = "beta") -> None:
    body = JobConfirm(audit_id=row.audit_id, status="APPROVED", tacit=JobDecision(job_id=row.id, part=part))
    world.parts["alpha"].scheduler.confirmed(source, body)


def test_an_altered_approval_is_refused(world: SmallWorld) -> None:
    job, row = pending(world)
    part = beta_part(world, row)
    forged = part.model_copy(update={"part": part.part.model_copy(update={"nonce": secrets.token_hex(32)})})
    assert code_of(lambda: confirm(world, row, forged)) == "part.signature_wrong"
    assert world.parts["alpha"].jobs.parts(job)["beta"].decision == "waiting"
    assert "job.approval_refused" in world.codes(job, "alpha")


def test_an_approval_of_another_job_is_refused(world: SmallWorld) -> None:
    _, first = pending(world)
    old = beta_part(world, first)
    _, second = pending(world)
    assert code_of(lambda: confirm(world, second, old)) == "part.replayed"


def test_an_approval_in_anothers_name_is_refused(world: SmallWorld) -> None:
    _, row = pending(world)
    part = beta_part(world, row)
    assert code_of(lambda: confirm(world, row, part, source="gamma")) == "job.not_a_party"
    assert code_of(lambda: confirm(world, row, part, source="alpha")) != ""


def test_a_second_different_approval_is_refused(world: SmallWorld) -> None:
    _, row = pending(world)
    confirm(world, row, part := beta_part(world, row))
    confirm(world, row, part)
    assert code_of(lambda: confirm(world, row, beta_part(world, row))) in ("job.conflict", "part.replayed")


def altered(endpoint: Endpoint, change: Any) -> Any:
    def tamper(_one: str, _other: str, at: Endpoint, text: str) -> str:
        if at is not endpoint:
            return text
        document = json.loads(text)
        change(document)
        return json.dumps(document)

    return tamper


def test_an_altered_agreement_is_not_signed(world: SmallWorld) -> None:
    world.approve_all()

    def change(body: Any) -> None:
        body["tacit"]["agreement"]["flow"]["steps"][0]["params"]["columns"] = ["id"]

    world.tamper = altered(JOB_CREATE, change)
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "FAILED"
    assert world.parts["beta"].jobs.get(job).pact is None
    assert not world.pools["beta"].workers


def test_an_altered_receipt_is_not_signed(world: SmallWorld) -> None:
    world.approve_all()

    def change(body: Any) -> None:
        body["receipt"]["statements"]["alpha"]["statement"]["steps"][0]["attempt"] = 7

    world.tamper = altered(RECEIPT_SIGN, change)
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "FAILED"
    assert world.parts["beta"].jobs.get(job).receipt is None


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("protocol", 99, "peer.version_mismatch"),
        ("operators", {"dataset.read": "0", "psi": "1"}, "job.operator_version_differs"),
        ("flow_hash", "0" * 64, "job.flow_hash_differs"),
    ],
)
def test_a_proposal_that_does_not_fit_is_refused(world: SmallWorld, field: str, value: Any, code: str) -> None:
    world.approve_all()
    world.tamper = altered(JOB_APPLY, lambda body: body["tacit"].update({field: value}))
    job = world.submit(matching_flow())
    assert world.wait(job, "beta") == "REJECTED"
    assert world.wait(job, "alpha") == "REJECTED"
    assert world.parts["alpha"].jobs.get(job).cause == {"party": "beta", "step": None, "code": code}


def test_a_picture_of_another_flow_is_refused(world: SmallWorld) -> None:
    """What another console would show of the standard's fields must be what runs."""
    world.approve_all()
    world.tamper = altered(JOB_APPLY, lambda body: body["dag"]["components"][0].update({"componentName": "other"}))
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "REJECTED"
    assert world.parts["alpha"].jobs.get(job).cause["code"] == "job.projection_differs"


def test_nor_is_one_signed_with_the_agreement(world: SmallWorld) -> None:
    world.approve_all()
    world.tamper = altered(JOB_CREATE, lambda body: body["config"]["task_params"].update({"common": {}}))
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "FAILED"
    assert world.parts["alpha"].jobs.get(job).cause["code"] == "job.projection_differs"
    assert world.parts["beta"].jobs.get(job).pact is None


def test_a_flow_that_json_cannot_keep_is_refused(world: SmallWorld) -> None:
    def change(body: Any) -> None:
        body["tacit"]["flow"]["steps"][0]["params"]["rows"] = 2**80

    world.tamper = altered(JOB_APPLY, change)
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "REJECTED"
    assert world.parts["alpha"].jobs.get(job).cause["code"] == "agreement.not_canonical"


def test_an_agreement_that_ended_since_the_approval_stops_the_job(world: SmallWorld) -> None:
    world.approve_all()
    agreement = _agree(world)

    def end(_one: str, _other: str, endpoint: Endpoint, text: str) -> str:
        if endpoint is JOB_CREATE:
            world.parts["beta"].agreements.change(agreement, state="TERMINATED")
        return text

    world.tamper = end
    flow = Flow.model_validate(matching_flow())
    job = world.parts["alpha"].scheduler.submit(flow, agreement=agreement)
    assert world.wait(job, "alpha") == "FAILED"
    assert world.parts["alpha"].jobs.get(job).cause["code"] == "project.not_active"
    assert not world.pools["beta"].workers


def test_nobody_takes_away_what_another_has_signed(world: SmallWorld) -> None:
    agreement = _agree(world)
    row = world.parts["alpha"].agreements.get(agreement)
    signed = SignedProjectAgreement(
        agreement=ProjectAgreement.model_validate(row.document), signatures={"alpha": row.signatures["alpha"]}
    )
    offered = Offered.model_validate(signed.document())
    body = ProjectApply(audit_id=row.id, contract_id="c", name="n", project_id=row.id, tacit=offered)
    world.parts["beta"].projects.applied("alpha", body)
    assert set(world.parts["beta"].agreements.get(agreement).signatures) == {"alpha", "beta"}


def _agree(world: SmallWorld) -> str:
    """An agreement in force at both."""
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    datasets = {name: ["rows"] for name in world.parts}
    agreement = alpha.projects.propose("study", "a test", list(world.parts), datasets, 10**15).id
    world.until(lambda: any(row.id == agreement for row in beta.agreements.all()))
    beta.projects.approve(agreement)
    world.until(lambda: all(parts.agreements.get(agreement).state == "ACTIVE" for parts in (alpha, beta)))
    return agreement


def test_nobody_outside_the_job_is_to_blame(world: SmallWorld) -> None:
    job = world.submit(matching_flow())
    world.until(lambda: world.parts["beta"].jobs.find(job) is not None)
    stop = JobStop(job_id=job, tacit=StopCause(party="somebody", code="step.failed"))
    world.parts["beta"].participant.stop("alpha", stop)
    assert world.parts["beta"].jobs.get(job).cause["party"] == "alpha"


def test_public_results_are_stated_bare_only_to_their_holders(tmp_path: Path) -> None:
    """A few sums can be found from their digest by trying, and the dealer gets the receipt, too."""
    world = SmallWorld(tmp_path, ("alpha", "beta", "gamma"))
    try:
        world.add_tables()
        world.approve_all()
        flow = matching_flow()
        sums = {
            "id": "sums",
            "operator": "stats.joint",
            "at": {"first": "alpha", "second": "beta", "dealer": "gamma"},
            "inputs": {"aligned": "match.aligned"},
        }
        parties = {**flow["parties"], "gamma": "dealer"}
        job = world.submit({**flow, "profile": "2pc-dealer", "parties": parties, "steps": [*flow["steps"], sums]})
        assert world.wait(job, "alpha") == "FINISHED", world.codes(job, "alpha")
        parts = world.parts["alpha"]
        last = parts.receipts.of(job).receipt.statements["alpha"].statement.steps[-1]
        assert (last.step, set(last.outputs), last.public_outputs) == ("sums", {"report"}, {})
        step = parts.preparation.steps(parts.jobs.get(job))[-1]
        assert known_to_all(step, {"alpha", "beta"}) == {"report"}
        assert known_to_all(step, {"alpha", "beta", "gamma"}) == set()
    finally:
        world.close()


def test_a_proposal_of_somebody_else_is_refused(world: SmallWorld) -> None:
    world.tamper = altered(JOB_APPLY, lambda body: body["tacit"].update({"initiator": "beta"}))
    job = world.submit(matching_flow())
    assert world.wait(job, "alpha") == "REJECTED"
    assert world.parts["beta"].jobs.find(job) is None


def test_a_refusal_cannot_be_taken_back(world: SmallWorld) -> None:
    job, row = pending(world)
    part = beta_part(world, row)
    world.parts["beta"].participant.reject(job)
    assert world.wait(job, "alpha") == "REJECTED"
    confirm(world, row, part)
    assert world.parts["alpha"].jobs.get(job).state == "REJECTED"


def start_body(row: JobRow, **changes: Any) -> TaskStart:
    extra = {"attempt": 1, "seed": "0" * 64, **changes}
    step = str(extra.pop("step", "beta_rows"))
    task = str(extra.pop("task_id", "task_1"))
    return TaskStart(task_id=task, job_id=row.id, task_name=step, tacit=TaskStartExtra.model_validate(extra))


def running(world: SmallWorld) -> JobRow:
    """A job whose first steps hang."""
    world.approve_all()
    world.behaviour = lambda worker: None
    job = world.submit(matching_flow())
    beta = world.parts["beta"]
    world.until(lambda: all(pool.workers for pool in world.pools.values()))
    return beta.jobs.get(job)


def test_start_calls_are_checked(world: SmallWorld) -> None:
    row = running(world)
    bench = world.parts["beta"].workbench
    mine = world.parts["beta"].tasks.of_job(row.id)[0]
    same = start_body(row, task_id=mine.task_id, seed=mine.seed)
    begun = len(world.pools["beta"].workers)
    bench.start("alpha", same)
    assert len(world.pools["beta"].workers) == begun
    assert code_of(lambda: bench.start("beta", same)) == "job.not_initiator"
    assert code_of(lambda: bench.start("alpha", start_body(row, seed="1" * 64))) == "task.conflict"
    assert code_of(lambda: bench.start("alpha", start_body(row, attempt=0))) == "task.replayed"
    assert code_of(lambda: bench.start("alpha", start_body(row, step="nothing"))) == "step.unknown"
    assert code_of(lambda: bench.start("alpha", start_body(row, step="alpha_rows"))) == "step.not_a_party"
    world.parts["alpha"].scheduler.cancel(row.id)
    assert world.wait(row.id, "beta") == "CANCELLED"
    assert code_of(lambda: bench.start("alpha", start_body(row, attempt=5))) == "job.not_running"


def test_a_full_node_says_so(world: SmallWorld) -> None:
    row = running(world)
    bench = world.parts["beta"].workbench
    bench._slots = bench.busy()
    assert code_of(lambda: bench.start("alpha", start_body(row, step="match"))) == "node.busy"
    assert code_of(lambda: bench.start("alpha", start_body(row, attempt=1, seed="2" * 64))) == "task.conflict"


def test_only_the_initiator_commands(world: SmallWorld) -> None:
    job, row = pending(world)
    stop = JobStop(job_id=job, tacit=StopCause(party="beta", code="job.cancelled"))
    assert code_of(lambda: world.parts["beta"].participant.stop("gamma", stop)) == "job.not_initiator"
    assert code_of(lambda: world.parts["alpha"].scheduler.stop_requested("gamma", stop)) == "job.not_a_party"
    assert row.state == "PENDING"


def test_a_cancelled_job_stops_its_workers(world: SmallWorld) -> None:
    row = running(world)
    world.parts["beta"].participant.cancel(row.id)
    assert [world.wait(row.id, name) for name in world.parts] == ["CANCELLED"] * 2
    workers = [worker for pool in world.pools.values() for worker in pool.workers]
    world.until(lambda: all(worker.cancelled.is_set() for worker in workers))
    world.until(lambda: not any(parts.workbench.busy() for parts in world.parts.values()))


def test_a_stranger_among_the_parties_is_refused_before_anything_is_sent(world: SmallWorld) -> None:
    with pytest.raises(RefusedError) as caught:
        world.submit(reading_flow(parties=("alpha", "gamma")))
    assert caught.value.code == "job.party_unknown"
    assert not world.calls


def test_confirmation_is_checked_against_its_proposal(world: SmallWorld) -> None:
    _, row = pending(world)
    body = JobConfirm(
        audit_id="audit-other", status="APPROVED", tacit=JobDecision(job_id=row.id, part=beta_part(world, row))
    )
    assert code_of(lambda: world.parts["alpha"].handlers.handle(JOB_CONFIRM, "beta", body)) == "job.conflict"
