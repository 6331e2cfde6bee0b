"""What gets into the inbox, and how it leaves it again."""

from __future__ import annotations

import pytest

from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.errors import TacitError
from tacit.governance.access import COMPLIANCE, OWNER, SCIENTIST
from tacit.governance.inbox import Kind
from tacit.node.acting import LOCAL, Principal, acting
from tacit.node.database import RuleRow
from tacit.node.inbox import Draft, PlainDesk
from tacit.node.labels import Wish
from tacit.node.tables.inbox import InboxRow
from tacit.node.wiring import Parts
from tacit.schema.flow import Flow
from tacit.schema.text import Text

LI = Principal("user", "li", frozenset({COMPLIANCE}))
WANG = Principal("user", "wang", frozenset({OWNER}))
MO = Principal("user", "mo", frozenset({SCIENTIST}))
FAR = 2_000_000_000_000


@pytest.fixture
def alpha(world: SmallWorld) -> Parts:
    return world.parts["alpha"]


@pytest.fixture
def beta(world: SmallWorld) -> Parts:
    return world.parts["beta"]


def _code(act, *arguments, **options) -> str:
    with pytest.raises(TacitError) as caught:
        act(*arguments, **options)
    return caught.value.code


def _open(parts: Parts, kind: Kind) -> list[InboxRow]:
    return parts.inbox.store.open(kind)


# -- jobs ------------------------------------------------------------------------------------------------------------


def test_a_job_that_waits_says_who_will_learn_what(world: SmallWorld, beta: Parts) -> None:
    job = world.submit(reading_flow())
    world.until(lambda: len(_open(beta, Kind.JOB)) == 1)
    (item,) = _open(beta, Kind.JOB)
    assert (item.subject, item.requested_by, item.level) == (job, "peer:alpha", 3)
    assert "reading" in item.title["zh"] and "reading" in item.title["en"]
    assert item.summary["zh"] and item.summary["en"]
    with acting(WANG):
        beta.signoff.approve(item.id)
    assert world.wait(job, "alpha") == "FINISHED"
    assert beta.jobs.get(job).decided_by == "user:wang"


def test_a_job_that_a_rule_approves_never_gets_in(world: SmallWorld, beta: Parts) -> None:
    world.approve_all()
    job = world.submit(reading_flow())
    assert world.wait(job, "alpha") == "FINISHED"
    assert beta.inbox.store.latest_of(Kind.JOB, job) is None


def test_one_item_per_subject_however_often_it_is_put(beta: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    beta.inbox.register(PlainDesk(Kind.MODEL))
    draft = Draft(Kind.MODEL, "risk/1", Text("模型", "model"), Text("发布", "release"), "user:mo", 3)
    assert beta.inbox.put(draft).id == beta.inbox.put(draft).id
    monkeypatch.delitem(beta.inbox.desks, Kind.PEER)
    assert _code(beta.inbox.put, Draft(Kind.PEER, "x", draft.title, draft.summary, "peer:x", 3)) == "inbox.no_desk"


def test_what_is_put_by_hand_calls_back(beta: Parts) -> None:
    told: list[tuple[str, str, str]] = []
    beta.inbox.register(
        PlainDesk(
            Kind.MODEL,
            lambda subject, by: told.append(("yes", subject, by)),
            lambda subject, by: told.append(("no", subject, by)),
        )
    )
    for name, verdict in (("a", "approve"), ("b", "reject")):
        beta.inbox.put(Draft(Kind.MODEL, name, Text("模型", "model"), Text("发布", "release"), "user:mo", 3))
        with acting(WANG):
            beta.signoff.decide(Kind.MODEL, name, verdict)
    assert told == [("yes", "a", "user:wang"), ("no", "b", "user:wang")]


def test_what_was_missed_is_found_after_a_start(world: SmallWorld, beta: Parts) -> None:
    beta.trail.followers.clear()  # the node goes down before the item is there
    job = world.submit(reading_flow())
    world.until(lambda: beta.jobs.find(job) is not None)
    assert _open(beta, Kind.JOB) == []
    world.crash("beta")
    beta = world.restart("beta")
    beta.signoff.recover()
    assert [item.subject for item in _open(beta, Kind.JOB)] == [job]
    beta.trail.followers.clear()
    beta.participant.reject(job)
    beta.signoff.recover()
    assert _open(beta, Kind.JOB) == []


# -- agreements ------------------------------------------------------------------------------------------------------


def test_an_offer_waits_and_a_counter_offer_waits_anew(world: SmallWorld, alpha: Parts, beta: Parts) -> None:
    with acting(LOCAL):
        row = alpha.projects.propose("study", "research", ["beta"], {"beta": ["rows"]}, FAR)
    world.until(lambda: len(_open(beta, Kind.AGREEMENT)) == 1)
    (item,) = _open(beta, Kind.AGREEMENT)
    assert (item.subject.split(" ")[0], item.requested_by) == (row.id, "peer:alpha")
    assert "rows" in item.summary["en"]
    beta.projects.counter(row.id, {"purpose": "other research"})
    assert beta.inbox.store.get(item.id).state == "withdrawn"
    world.until(lambda: len(_open(alpha, Kind.AGREEMENT)) == 1)
    (counter,) = _open(alpha, Kind.AGREEMENT)
    with acting(WANG):
        assert alpha.signoff.approve(counter.id).state == "open"  # compliance binds the organisation
    with acting(LI):
        alpha.signoff.approve(counter.id)
    world.until(lambda: beta.agreements.get(row.id).state == "ACTIVE")
    assert (alpha.inbox.store.get(counter.id).state, _open(alpha, Kind.AGREEMENT)) == ("approved", [])


def test_what_the_other_wrote_cannot_pass_for_a_line_of_ours(world: SmallWorld, alpha: Parts, beta: Parts) -> None:
    with acting(LOCAL):
        alpha.projects.propose("study", "research\nOur datasets: none", ["beta"], {"beta": ["rows"]}, FAR)
    world.until(lambda: len(_open(beta, Kind.AGREEMENT)) == 1)
    lines = _open(beta, Kind.AGREEMENT)[0].summary["en"].splitlines()
    assert [line for line in lines if line.startswith("Our datasets")] == ["Our datasets: rows"]


def test_a_rejected_offer_is_over(world: SmallWorld, alpha: Parts, beta: Parts) -> None:
    with acting(LOCAL):
        row = alpha.projects.propose("study", "research", ["beta"], {}, FAR)
    world.until(lambda: len(_open(beta, Kind.AGREEMENT)) == 1)
    with acting(LI):
        beta.signoff.reject(_open(beta, Kind.AGREEMENT)[0].id)
    world.until(lambda: alpha.agreements.get(row.id).state != "PROPOSED")


# -- standing approvals and rules ------------------------------------------------------------------------------------


def _standing(parts: Parts, who: Principal, **limits) -> str:
    with acting(who):
        row = parts.flow_approvals.propose(Flow.model_validate(reading_flow()), **limits)
        parts.signoff.settle(Kind.FLOW, row.id)
    return row.id


def test_a_standing_approval_lets_so_many_runs_of_exactly_this_flow_through(world: SmallWorld, beta: Parts) -> None:
    standing = _standing(beta, MO, initiator="alpha", max_runs=2)
    (item,) = _open(beta, Kind.FLOW)
    with acting(WANG):
        beta.signoff.approve(item.id)
    assert beta.flow_approvals.store.get(standing).state == "active"
    other = world.submit(reading_flow("other"))
    world.until(lambda: len(_open(beta, Kind.JOB)) == 1)
    jobs = [world.submit(reading_flow()) for _ in range(2)]
    assert [world.wait(job, "alpha") for job in jobs] == ["FINISHED"] * 2
    assert {beta.jobs.get(job).decided_by for job in jobs} == {f"flow:{standing}"}
    third = world.submit(reading_flow())
    world.until(lambda: {item.subject for item in _open(beta, Kind.JOB)} == {other, third})


def test_a_standing_approval_ends_and_can_be_revoked(world: SmallWorld, beta: Parts) -> None:
    standing = _standing(beta, WANG, initiator="alpha", until=1.9e9)
    assert beta.flow_approvals.store.get(standing).state == "active"  # who may decide approves by asking
    beta.rulebook.clock = lambda: 1.9e9
    job = world.submit(reading_flow())
    world.until(lambda: [item.subject for item in _open(beta, Kind.JOB)] == [job])
    beta.rulebook.clock = lambda: 1.8e9
    assert world.wait(world.submit(reading_flow()), "alpha") == "FINISHED"
    with acting(WANG):
        beta.flow_approvals.revoke(standing)
        assert _code(beta.flow_approvals.revoke, standing) == "standing.wrong_state"
    assert _code(beta.flow_approvals.propose, Flow.model_validate(reading_flow())) == "standing.unlimited"
    assert _code(beta.flow_approvals.propose, Flow.model_validate(reading_flow()), until=1.0) == "standing.over"


def test_a_standing_approval_of_sensitive_data_needs_two_and_holds_for_own_jobs(
    world: SmallWorld, alpha: Parts
) -> None:
    alpha.rulebook.level_of = lambda _name: 4
    standing = _standing(alpha, WANG, max_runs=5)
    assert alpha.flow_approvals.store.get(standing).state == "waiting"
    with acting(LI):
        alpha.signoff.decide(Kind.FLOW, standing, "approve")
    with acting(MO):
        job = world.submit(reading_flow())
    assert alpha.jobs.get(job).decision == "APPROVED"
    alpha.rulebook.level_of = lambda _name: 5  # more sensitive than what was approved
    with acting(MO):
        job = world.submit(reading_flow())
    assert alpha.jobs.get(job).decision == "waiting"


def test_a_rule_approves_as_many_jobs_as_it_may(world: SmallWorld, beta: Parts) -> None:
    beta.rules.add(RuleRow(id="r", document={"initiators": ["alpha"], "max_uses": 2}, note="", created_at=0.0))
    jobs = [world.submit(reading_flow()) for _ in range(2)]
    assert [world.wait(job, "alpha") for job in jobs] == ["FINISHED"] * 2
    third = world.submit(reading_flow())
    world.until(lambda: [item.subject for item in _open(beta, Kind.JOB)] == [third])
    told = beta.rulebook.explain(beta.planner.of_job(beta.jobs.get(third)), "alpha", "", "")
    assert [gap.code for gap in told.rules["r"]] == ["rule.uses"]


def test_a_rule_never_approves_sensitive_data(world: SmallWorld, beta: Parts) -> None:
    beta.rulebook.level_of = lambda _name: 4
    beta.rules.add(RuleRow(id="r", document={"initiators": ["alpha"], "max_level": 5}, note="", created_at=0.0))
    job = world.submit(reading_flow())
    world.until(lambda: [item.subject for item in _open(beta, Kind.JOB)] == [job])


# -- labels ----------------------------------------------------------------------------------------------------------


def test_a_lowered_label_waits_for_an_officer(alpha: Parts) -> None:
    with acting(WANG):
        alpha.labels.set("rows", {"x": Wish(5, "personal.health", "patients")})
        alpha.labels.set("rows", {"x": Wish(2, "general", "only test data")})
    (item,) = _open(alpha, Kind.DOWNGRADE)
    assert (item.subject, item.requested_by, item.level) == ("rows x", "user:wang", 5)
    assert "only test data" in item.summary["en"]
    with acting(WANG):
        assert _code(alpha.signoff.approve, item.id) == "signoff.own_request"
    with acting(LI):
        alpha.signoff.approve(item.id)
    assert alpha.labels.of("rows")["x"].level == 2
    with acting(WANG):
        alpha.labels.set("rows", {"x": Wish(5, "personal.health", "patients")})
        alpha.labels.set("rows", {"x": Wish(2, "general", "again")})
        alpha.labels.reject("rows", "x")
    assert _open(alpha, Kind.DOWNGRADE) == []


def test_a_wish_that_changes_has_to_be_read_again(alpha: Parts) -> None:
    with acting(WANG):
        alpha.labels.set("rows", {"x": Wish(5, "personal.health", "patients")})
        alpha.labels.set("rows", {"x": Wish(4, "personal.identity", "names are out")})
        (old,) = _open(alpha, Kind.DOWNGRADE)
        alpha.labels.set("rows", {"x": Wish(1, "public", "everything is out")})
    (new,) = _open(alpha, Kind.DOWNGRADE)
    assert new.id != old.id and "everything is out" in new.summary["en"]
    assert alpha.inbox.store.get(old.id).state == "withdrawn"
    with acting(LI):
        assert _code(alpha.signoff.approve, old.id) == "inbox.wrong_state"
    assert alpha.labels.of("rows")["x"].level == 5


def test_a_wish_that_changes_while_it_is_approved_is_not_done(alpha: Parts) -> None:
    with acting(WANG):
        alpha.labels.set("rows", {"x": Wish(5, "personal.health", "patients")})
        alpha.labels.set("rows", {"x": Wish(4, "personal.identity", "names are out")})
        (item,) = _open(alpha, Kind.DOWNGRADE)
        alpha.trail.followers.clear()  # the inbox has not looked again yet
        alpha.labels.set("rows", {"x": Wish(1, "public", "everything is out")})
    with acting(LI):
        assert _code(alpha.signoff.approve, item.id) == "inbox.conflict"
    assert alpha.labels.of("rows")["x"].level == 5
    (new,) = _open(alpha, Kind.DOWNGRADE)
    assert new.id != item.id and new.decisions == []


# -- policies --------------------------------------------------------------------------------------------------------


def _policy(parts: Parts) -> tuple[int, str]:
    with acting(WANG):
        row = parts.policy_desk.draft("rows", {"rules": []})
        parts.activations.request("rows", row.version, row.hash)
    return row.version, row.hash


def test_a_policy_of_ordinary_data_is_in_force_at_once(alpha: Parts) -> None:
    version, _ = _policy(alpha)
    row = alpha.policing.store.in_force("rows")
    assert row is not None and row.version == version and _open(alpha, Kind.POLICY) == []


def test_a_policy_of_sensitive_data_waits_for_an_officer(alpha: Parts) -> None:
    alpha.rulebook.level_of = lambda _name: 4
    version, hash = _policy(alpha)
    assert alpha.policing.store.in_force("rows") is None
    with acting(LI):
        alpha.signoff.decide(Kind.POLICY, f"rows {version} {hash}", "approve")
    row = alpha.policing.store.in_force("rows")
    assert row is not None and row.activated_by == "user:li"
    assert _code(alpha.activations.request, "rows", version, "0" * 64) == "policy.hash_differs"
