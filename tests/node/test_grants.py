"""Grants between two nodes in one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from real_nodes import reading_flow
from small_world import SmallWorld, succeed
from tacit.errors import TacitError
from tacit.governance.access import COMPLIANCE, OWNER
from tacit.governance.grants import GrantState
from tacit.governance.inbox import Kind
from tacit.interconnect.shapes import AuditRef, DatasetApply, DatasetConfirm
from tacit.node.acting import LOCAL, Principal, acting
from tacit.node.grants import Wish
from tacit.node.tables.inbox import GrantRow
from tacit.node.wiring import Parts

LI = Principal("user", "li", frozenset({COMPLIANCE}))
WANG = Principal("user", "wang", frozenset({OWNER}))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(tmp_path, require_grant=True)
    made.add_tables()
    made.approve_all()
    yield made
    made.close()


def _wait(world: SmallWorld, at: str, grant: str, state: str) -> GrantRow:
    store = world.parts[at].grants.store
    world.until(lambda: (row := store.find(grant)) is not None and row.state == state)
    return store.get(grant)


def _granted(world: SmallWorld, **limits) -> GrantRow:
    """A grant of beta's dataset for alpha, as alpha knows it."""
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    asked = alpha.grants.request("beta", Wish("rows", **limits))
    _wait(world, "beta", asked.id, "APPLIED")
    with acting(LOCAL):
        beta.signoff.decide(Kind.GRANT, asked.id, "approve")
    return _wait(world, "alpha", asked.id, "APPROVED")


def _code(act, *arguments, **options) -> str:
    with pytest.raises(TacitError) as caught:
        act(*arguments, **options)
    return caught.value.code


def _run(world: SmallWorld) -> tuple[str, str]:
    """(state, code) of a job of alpha."""
    job = world.submit(reading_flow())
    state = world.wait(job, "alpha")
    return state, (world.parts["alpha"].jobs.get(job).cause or {}).get("code", "")


def test_a_job_needs_a_grant_where_the_owner_wants_one(world: SmallWorld) -> None:
    assert _run(world) == ("REJECTED", "grant.missing")
    grant = _granted(world)
    assert grant.datasets == ["rows"]
    assert grant.permit is not None and grant.permit["token"]
    assert _run(world) == ("FINISHED", "")
    assert world.parts["beta"].uses.used(f"grant:{grant.id}") == 1
    kept = world.parts["beta"].grants.store.get(grant.id).permit
    assert kept is not None and kept["token"] != grant.permit["token"]  # the owner keeps its hash


def test_without_the_setting_the_approval_of_the_job_is_enough(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path)
    world.add_tables()
    world.approve_all()
    assert _run(world) == ("FINISHED", "")
    world.close()


def test_an_agreement_that_lists_the_dataset_is_as_good(world: SmallWorld) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    members, datasets = ["alpha", "beta"], {"alpha": ["rows"], "beta": ["rows"]}
    agreement = alpha.projects.propose("study", "research", members, datasets, 2_000_000_000_000)
    world.until(lambda: beta.agreements.find(agreement.id) is not None)
    beta.projects.approve(agreement.id)
    world.until(lambda: all(each.agreements.get(agreement.id).state == "ACTIVE" for each in (alpha, beta)))
    from tacit.schema.flow import Flow

    job = alpha.scheduler.submit(Flow.model_validate(reading_flow()), agreement=agreement.id)
    assert world.wait(job, "alpha") == "FINISHED"


def test_a_grant_is_used_for_as_many_jobs_as_it_allows(world: SmallWorld) -> None:
    _granted(world, max_jobs=2)
    outcomes = [_run(world) for _ in range(3)]
    assert outcomes == [("FINISHED", ""), ("FINISHED", ""), ("REJECTED", "grant.missing")]


def test_a_grant_ends_at_its_time(world: SmallWorld) -> None:
    grant = _granted(world, until=2e10)
    assert _run(world)[0] == "FINISHED"
    world.parts["beta"].grants.clock = lambda: 2e10
    assert grant.until == 2e10
    assert _run(world) == ("REJECTED", "grant.missing")


def test_a_grant_for_other_operators_does_not_help(world: SmallWorld) -> None:
    _granted(world, operators=("psi",))
    assert _run(world) == ("REJECTED", "grant.missing")
    _granted(world, operators=("dataset.read", "table.profile"))
    assert _run(world)[0] == "FINISHED"


def test_revoking_stops_running_jobs_and_refuses_new_ones(world: SmallWorld) -> None:
    grant = _granted(world)
    world.behaviour = lambda worker: None
    job = world.submit(reading_flow())
    world.until(lambda: any(worker.party == "beta" for worker in world.pools["beta"].workers))
    world.parts["beta"].grants.revoke(grant.id)
    assert (world.wait(job, "beta", 5.0), world.wait(job, "alpha", 5.0)) == ("FAILED", "FAILED")
    cause = world.parts["alpha"].jobs.get(job).cause or {}
    assert (cause["code"], cause["what"]) == ("job.revoked", "grant.revoked")
    _wait(world, "alpha", grant.id, "TERMINATED")
    world.behaviour = succeed
    assert _run(world) == ("REJECTED", "grant.missing")


def test_who_asked_can_give_it_up(world: SmallWorld) -> None:
    grant = _granted(world)
    world.parts["alpha"].grants.revoke(grant.id)
    _wait(world, "beta", grant.id, "TERMINATED")
    assert _code(world.parts["alpha"].grants.revoke, grant.id) == "grant.wrong_state"


def test_a_denied_request_is_told(world: SmallWorld) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    asked = alpha.grants.request("beta", Wish("rows", purpose="research"))
    _wait(world, "beta", asked.id, "APPLIED")
    assert str(alpha.grants.ask(asked.id)) == "APPLIED"
    with acting(WANG):
        item = beta.signoff.decide(Kind.GRANT, asked.id, "reject", "not now")
    assert (item.requested_by, item.state) == ("peer:alpha", "rejected")
    assert "research" in item.summary["en"] and "research" in item.summary["zh"]
    _wait(world, "alpha", asked.id, "REJECTED")
    assert str(alpha.grants.ask(asked.id)) == "REJECTED"
    assert _code(beta.signoff.decide, Kind.GRANT, asked.id, "approve") == "inbox.nothing_waits"


def test_a_pattern_grants_what_is_there_and_nothing_later(world: SmallWorld) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    for name in ("sales_a", "sales_b", "secret"):
        beta.catalogue.register(name, str(world.folder / "beta.csv"), published=name != "secret")
    asked = alpha.grants.request("beta", Wish("s*"))
    assert _wait(world, "beta", asked.id, "APPLIED").datasets == ["sales_a", "sales_b"]  # only what is published
    with acting(WANG):
        beta.signoff.decide(Kind.GRANT, asked.id, "approve")
    beta.catalogue.register("sales_c", str(world.folder / "beta.csv"))
    assert _wait(world, "alpha", asked.id, "APPROVED").datasets == ["sales_a", "sales_b"]
    assert _code(alpha.grants.applied, "beta", _application("grant-x", "none_*")) == "grant.nothing_selected"


def test_a_grant_that_an_owner_gives_is_in_force_at_once(world: SmallWorld) -> None:
    beta = world.parts["beta"]
    with acting(WANG):
        given = beta.grants.give("alpha", Wish("rows", max_jobs=3))
        beta.signoff.settle(Kind.GRANT, given.id)
    row = _wait(world, "alpha", given.id, "APPROVED")
    assert (row.side, row.datasets, row.max_jobs) == ("asked", ["rows"], 3)
    assert _run(world)[0] == "FINISHED"


def test_a_grant_of_sensitive_data_takes_two_people(world: SmallWorld) -> None:
    beta = world.parts["beta"]
    beta.rulebook.level_of = lambda _name: 5
    with acting(WANG):
        given = beta.grants.give("alpha", Wish("rows"))
        beta.signoff.settle(Kind.GRANT, given.id)
        assert beta.grants.store.get(given.id).state == "APPLIED"
        item = beta.inbox.store.open_of(Kind.GRANT, given.id)
        assert item is not None and beta.signoff.may_decide(item) == "signoff.own_request"
    with acting(LI):
        beta.signoff.approve(item.id)
    _wait(world, "alpha", given.id, "APPROVED")


def test_the_same_message_twice_and_messages_of_others(world: SmallWorld) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    body = _application("grant-1", "rows")
    assert beta.grants.applied("alpha", body) == beta.grants.applied("alpha", body)
    assert len(beta.inbox.store.open()) == 1
    assert _code(beta.grants.applied, "alpha", _application("grant-1", "row*")) == "grant.conflict"
    assert _code(beta.grants.applied, "gamma", body) == "grant.conflict"
    assert _code(beta.grants.queried, "gamma", AuditRef(audit_id="grant-1")) == "grant.conflict"
    assert _code(beta.grants.terminated, "gamma", AuditRef(audit_id="grant-1")) == "grant.conflict"
    rejection = DatasetConfirm(audit_id="grant-1", status="REJECTED")
    assert _code(beta.grants.confirmed, "alpha", rejection) == "grant.conflict"
    assert _code(alpha.grants.confirmed, "beta", rejection) == "grant.conflict"
    wide = body.model_copy(update={"audit_id": "grant-2", "auth_scope": {"PROJECT": ("a", "b")}})
    assert _code(beta.grants.applied, "alpha", wide) == "grant.scope_unknown"


def test_the_past_is_no_end(world: SmallWorld) -> None:
    alpha: Parts = world.parts["alpha"]
    assert _code(alpha.grants.request, "beta", Wish("rows", until=1.0)) == "grant.over"
    assert _code(alpha.grants.give, "beta", Wish("nothing")) == "grant.nothing_selected"
    assert _code(alpha.grants.request, "gamma", Wish("rows")) == "peer.unknown"


def _application(id: str, dataset: str) -> DatasetApply:
    return DatasetApply(audit_id=id, contract_id="contract-beta", dataset_id=dataset)


def _waiting(world: SmallWorld) -> str:
    """A job of alpha that nobody at beta has decided on."""
    beta = world.parts["beta"]
    for rule in beta.rules.all():
        beta.rules.remove(rule.id)
    job = world.submit(reading_flow())
    world.until(lambda: beta.jobs.find(job) is not None)
    return job


def test_an_open_job_does_not_outlive_the_grant(world: SmallWorld) -> None:
    _granted(world, until=2e10)
    job, beta = _waiting(world), world.parts["beta"]
    assert beta.revocation.look() == []
    beta.grants.clock = beta.revocation.clock = lambda: 2e10 + 1
    assert beta.revocation.look() == [job]
    assert world.wait(job, "alpha") == "FAILED"


def test_what_was_taken_back_before_a_crash_is_made_up_for_at_the_start(world: SmallWorld) -> None:
    grant = _granted(world)
    job, beta = _waiting(world), world.parts["beta"]
    beta.grants.store.move(grant.id, GrantState.TERMINATED, ended_at=1.0)  # and then the node went down
    beta.revocation.start()
    beta.revocation.close()
    assert world.wait(job, "alpha") == "FAILED"
    assert (world.parts["beta"].jobs.get(job).cause or {})["what"] == "grant.revoked"
