"""Votes, quorum, delegation and expiry over the services of two nodes in one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.errors import DataError, TacitError
from tacit.governance.access import COMPLIANCE, OWNER, SCIENTIST
from tacit.governance.inbox import Kind
from tacit.node.access.people import new_user
from tacit.node.acting import LOCAL, Principal, acting
from tacit.node.stores.access import UserStore
from tacit.node.tables.inbox import InboxRow
from tacit.node.wiring import Parts

LI = Principal("user", "li", frozenset({COMPLIANCE}))
WANG = Principal("user", "wang", frozenset({OWNER}))
CHEN = Principal("user", "chen", frozenset({OWNER}))
MO = Principal("user", "mo", frozenset({SCIENTIST}))
DAY = 86_400.0


class Clock:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(tmp_path)
    made.add_tables()
    for parts in made.parts.values():
        parts.rulebook.level_of = lambda _name: 4
    yield made
    made.close()


@pytest.fixture
def beta(world: SmallWorld) -> Parts:
    parts = world.parts["beta"]
    users = UserStore(parts.ground.database)
    for each in (LI, WANG, CHEN, MO):
        users.add(new_user(each.name, each.roles, each.name, moment=0.0))
    return parts


def _proposed(world: SmallWorld) -> tuple[str, InboxRow]:
    """A job of alpha that waits at beta, and its item."""
    with acting(LOCAL):
        job = world.submit(reading_flow())
    beta = world.parts["beta"]
    world.until(lambda: beta.inbox.store.open_of(Kind.JOB, job) is not None)
    item = beta.inbox.store.open_of(Kind.JOB, job)
    assert item is not None
    return job, item


def _code(act, *arguments) -> str:
    with pytest.raises(TacitError) as caught:
        act(*arguments)
    return caught.value.code


def _approve(parts: Parts, item: str, who: Principal) -> InboxRow:
    with acting(who):
        return parts.signoff.approve(item)


def test_two_people_approve_and_the_job_runs(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    assert (item.level, item.requested_by, beta.signoff.missing(item).officer) == (4, "peer:alpha", True)
    assert _approve(beta, item.id, WANG).state == "open"
    assert beta.jobs.get(job).decision == "waiting"
    done = _approve(beta, item.id, LI)
    assert (done.state, done.applied, beta.jobs.get(job).decided_by) == ("approved", True, "user:li")
    assert world.wait(job, "alpha") == "FINISHED"


def test_the_same_person_counts_once_and_owners_alone_are_not_enough(world: SmallWorld, beta: Parts) -> None:
    _, item = _proposed(world)
    _approve(beta, item.id, WANG)
    with acting(WANG):
        assert _code(beta.signoff.approve, item.id) == "signoff.voted_already"
    with acting(MO):
        assert _code(beta.signoff.approve, item.id) == "signoff.not_entitled"
    assert _approve(beta, item.id, CHEN).state == "open"
    assert beta.signoff.missing(beta.inbox.store.get(item.id)).officer


def test_a_level_that_rises_meanwhile_counts(world: SmallWorld, beta: Parts) -> None:
    beta.rulebook.level_of = lambda _name: 3
    job, item = _proposed(world)
    assert item.level == 3
    beta.rulebook.level_of = lambda _name: 5
    voted = _approve(beta, item.id, WANG)
    assert (voted.state, voted.level, beta.jobs.get(job).decision) == ("open", 5, "waiting")


def test_one_rejection_ends_it(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    _approve(beta, item.id, WANG)
    with acting(LI):
        assert beta.signoff.reject(item.id, "no").state == "rejected"
    assert world.wait(job, "alpha") == "REJECTED"
    with acting(CHEN):
        assert _code(beta.signoff.approve, item.id) == "inbox.wrong_state"


def test_a_withdrawn_approval_does_not_count(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    _approve(beta, item.id, WANG)
    with acting(WANG):
        beta.signoff.withdraw(item.id)
        assert _code(beta.signoff.withdraw, item.id) == "signoff.nothing_to_withdraw"
    assert _approve(beta, item.id, LI).state == "open"
    assert beta.jobs.get(job).decision == "waiting"
    assert _approve(beta, item.id, WANG).state == "approved"  # who withdrew may change their mind


def test_the_token_counts_as_one_person_where_it_may_not_sign_alone(tmp_path: Path) -> None:
    world = SmallWorld(tmp_path, local_may_sign_alone=False)
    world.add_tables()
    beta = world.parts["beta"]
    for parts in world.parts.values():
        parts.rulebook.level_of = lambda _name: 4
    with acting(LOCAL):
        job = world.submit(reading_flow())
        alpha = world.parts["alpha"]
        held = alpha.inbox.store.open_of(Kind.JOB, job)
        assert held is not None and alpha.signoff.may_decide(held) == "signoff.own_request"
    _approve(alpha, held.id, LI)
    world.until(lambda: beta.inbox.store.open_of(Kind.JOB, job) is not None)
    item = beta.inbox.store.open_of(Kind.JOB, job)
    assert item is not None and _approve(beta, item.id, LOCAL).state == "open"
    assert _approve(beta, item.id, LI).state == "approved"
    world.close()


def test_many_approvals_at_once_count_once_each_and_finish_once(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    people = [Principal("user", f"p{number}", frozenset({COMPLIANCE})) for number in range(6)]
    gate, outcomes = threading.Barrier(12), []

    def vote(who: Principal) -> None:
        gate.wait()
        try:
            outcomes.append(_approve(beta, item.id, who).state)
        except TacitError as fault:
            outcomes.append(fault.code)

    threads = [threading.Thread(target=vote, args=(who,)) for who in [*people, *people]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = beta.inbox.store.get(item.id)
    assert len(found.decisions) == 2 and len({vote["by"] for vote in found.decisions}) == 2
    assert outcomes.count("open") == 1 and outcomes.count("approved") == 1
    assert set(outcomes) <= {"open", "approved", "inbox.wrong_state", "signoff.voted_already"}
    acts = [entry.act for entry in beta.audit.entries() if entry.subject == f"job:{job}"]
    assert acts.count("job.approved") == 1


def test_no_approval_is_lost_when_the_node_goes_down_before_the_act(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    _approve(beta, item.id, WANG)

    class Crash(BaseException):
        pass

    def crash(subject: str, by: str) -> None:
        raise Crash

    beta.inbox.desks[Kind.JOB] = _Desk(beta.job_desk, crash)
    with acting(LI), pytest.raises(Crash):
        beta.signoff.approve(item.id)
    assert beta.jobs.get(job).decision == "waiting"
    world.crash("beta")
    beta = world.restart("beta")
    beta.rulebook.level_of = lambda _name: 4
    assert (beta.inbox.store.get(item.id).state, beta.inbox.store.get(item.id).applied) == ("approved", False)
    assert beta.signoff.recover() == 1
    assert beta.jobs.get(job).decided_by == "user:li"
    assert world.wait(job, "alpha") == "FINISHED"
    assert beta.signoff.recover() == 0


class _Desk:
    """A desk whose approval goes wrong."""

    def __init__(self, desk, approve) -> None:
        self._desk, self.approve = desk, approve

    def __getattr__(self, name: str):
        return getattr(self._desk, name)


def test_an_act_that_fails_leaves_the_item_open_without_the_last_vote(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    _approve(beta, item.id, WANG)
    file = world.folder / "beta.csv"
    kept = file.read_text()
    file.unlink()
    with acting(LI):
        with pytest.raises(DataError) as caught:
            beta.signoff.approve(item.id)
        assert caught.value.code == "dataset.not_found"
        assert beta.inbox.store.get(item.id).state == "open"
        file.write_text(kept)
        assert beta.signoff.approve(item.id).state == "approved"
    assert world.wait(job, "alpha") == "FINISHED"


def test_a_job_decided_elsewhere_closes_its_item(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    beta.participant.approve(job, by="person")
    assert beta.inbox.store.get(item.id).state == "approved"
    job, item = _proposed(world)
    world.parts["alpha"].scheduler.cancel(job)
    world.until(lambda: beta.inbox.store.get(item.id).state == "withdrawn")
    with acting(LI):
        assert _code(beta.signoff.approve, item.id) == "inbox.wrong_state"


# -- own jobs --------------------------------------------------------------------------------------------------------


def test_an_own_job_on_sensitive_data_goes_out_after_a_second_person(world: SmallWorld) -> None:
    alpha, beta = world.parts["alpha"], world.parts["beta"]
    with acting(MO):
        job = world.submit(reading_flow())
    assert alpha.jobs.get(job).decision == "waiting" and world.calls == []
    item = alpha.inbox.store.open_of(Kind.JOB, job)
    assert item is not None
    assert [vote["by"] for vote in item.decisions] == ["user:mo"]
    with acting(MO):
        assert _code(alpha.signoff.approve, item.id) == "signoff.own_request"
    assert _approve(alpha, item.id, WANG).state == "open"  # nobody of compliance yet
    assert _approve(alpha, item.id, LI).state == "approved"
    world.until(lambda: beta.jobs.find(job) is not None)
    beta.participant.approve(job)
    assert world.wait(job, "alpha") == "FINISHED"


def test_a_held_job_can_be_refused_and_no_peer_hears_of_it(world: SmallWorld) -> None:
    alpha = world.parts["alpha"]
    with acting(MO):
        job = world.submit(reading_flow())
    item = alpha.inbox.store.open_of(Kind.JOB, job)
    assert item is not None
    with acting(LI):
        alpha.signoff.reject(item.id)
    assert (alpha.jobs.get(job).state, alpha.inbox.store.get(item.id).state) == ("REJECTED", "rejected")
    assert world.parts["beta"].jobs.find(job) is None and world.calls == []


def test_an_own_job_on_ordinary_data_goes_out_at_once(world: SmallWorld) -> None:
    world.parts["alpha"].rulebook.level_of = lambda _name: 3
    with acting(MO):
        job = world.submit(reading_flow())
    assert world.parts["alpha"].jobs.get(job).decision == "APPROVED"


# -- delegation ------------------------------------------------------------------------------------------------------


def test_a_delegate_decides_in_anothers_name_until_it_ends(world: SmallWorld, beta: Parts) -> None:
    clock = Clock()
    beta.inbox.clock = beta.delegations.clock = clock
    with acting(LI):
        given = beta.delegations.give("mo", [COMPLIANCE], until=clock.at + DAY, kinds=["job"])
    _, item = _proposed(world)
    _approve(beta, item.id, WANG)
    clock.at += DAY
    with acting(MO):
        assert _code(beta.signoff.approve, item.id) == "signoff.not_entitled"
        clock.at -= 1
        done = beta.signoff.approve(item.id)
    assert (done.state, done.decisions[-1]["by"], done.decisions[-1]["on_behalf"]) == ("approved", "user:mo", "user:li")
    told = [entry.details for entry in beta.audit.entries() if entry.act == "signoff.approved"]
    assert told[-1]["for"] == "user:li"
    with acting(LI):
        assert beta.delegations.revoke(given.id).revoked_at is not None


def test_a_person_counts_once_whoever_holds_the_pen(world: SmallWorld, beta: Parts) -> None:
    with acting(LI):
        beta.delegations.give("mo", [COMPLIANCE], until=2e10)
    _, item = _proposed(world)
    _approve(beta, item.id, LI)
    with acting(MO):
        assert _code(beta.signoff.approve, item.id) == "signoff.not_entitled"


def test_a_delegation_brings_no_role_that_its_giver_has_lost(world: SmallWorld, beta: Parts) -> None:
    with acting(LI):
        given = beta.delegations.give("mo", [COMPLIANCE], until=2e10)
    _, item = _proposed(world)
    UserStore(beta.ground.database).change("li", disabled=True)
    with acting(MO):
        assert beta.signoff.may_decide(item) == "signoff.not_entitled"
    UserStore(beta.ground.database).change("li", disabled=False)
    with acting(MO):
        assert beta.signoff.may_decide(item) is None
    with acting(LI):
        beta.delegations.revoke(given.id)
    with acting(MO):
        assert beta.signoff.may_decide(item) == "signoff.not_entitled"


def test_who_may_delegate_what(beta: Parts) -> None:
    give = beta.delegations.give

    def code(who: Principal, *arguments, **options) -> str:
        with acting(who), pytest.raises(TacitError) as caught:
            give(*arguments, **{"until": 2e10, **options})
        return caught.value.code

    assert code(WANG, "mo", [COMPLIANCE]) == "delegation.roles_not_held"
    assert code(MO, "li", [SCIENTIST]) == "delegation.roles_not_held"
    assert code(LI, "li", [COMPLIANCE]) == "delegation.to_oneself"
    assert code(LI, "nobody", [COMPLIANCE]) == "delegation.user_unknown"
    assert code(LI, "mo", [COMPLIANCE], until=1.0) == "delegation.time_wrong"
    assert code(LI, "mo", [OWNER], delegator="wang") == "delegation.not_yours"
    with acting(LOCAL):
        row = give("mo", [OWNER], until=2e10, delegator="wang")
    with acting(LI):
        assert _code(beta.delegations.revoke, row.id) == "delegation.not_yours"
    with acting(WANG):
        beta.delegations.revoke(row.id)


# -- time ------------------------------------------------------------------------------------------------------------


def test_what_nobody_decides_expires_and_is_refused(world: SmallWorld, beta: Parts) -> None:
    clock = Clock()
    beta.inbox.clock = clock
    job, item = _proposed(world)
    _approve(beta, item.id, WANG)
    clock.at = (item.due_at or 0.0) - 1
    beta.signoff.look()
    assert beta.inbox.store.get(item.id).state == "open"
    clock.at += 1
    beta.signoff.look()
    found = beta.inbox.store.get(item.id)
    assert (found.state, found.applied) == ("expired", True)
    assert world.wait(job, "alpha") == "REJECTED"


def test_what_waits_long_is_recalled_once_a_day(world: SmallWorld, beta: Parts) -> None:
    clock = Clock()
    beta.inbox.clock = clock
    _, item = _proposed(world)

    def reminded() -> int:
        beta.signoff.look()
        return sum(entry.act == "inbox.reminded" for entry in beta.audit.entries())

    assert (reminded(), beta.signoff.reminder(item)) == (0, None)
    clock.at += DAY
    assert (reminded(), reminded(), beta.signoff.reminder(item)) == (1, 1, "old")
    clock.at += DAY
    assert reminded() == 2
    clock.at = (item.due_at or 0.0) - 5
    assert (reminded(), beta.signoff.reminder(item)) == (3, "due")


# -- results ---------------------------------------------------------------------------------------------------------


def test_results_of_sensitive_data_wait_for_a_release(world: SmallWorld, beta: Parts) -> None:
    job, item = _proposed(world)
    _approve(beta, item.id, LOCAL)
    world.wait(job, "beta")
    with acting(MO):
        assert _code(beta.releases.check, job) == "result.not_released"
        asked = beta.releases.request(job, "for the report")
    assert asked.state == "open" and "for the report" in asked.summary["en"]
    _approve(beta, asked.id, WANG)
    assert not beta.releases.released(job)
    _approve(beta, asked.id, LI)
    with acting(MO):
        beta.releases.check(job)
        assert beta.releases.request(job).id == asked.id
        beta.releases.check(job)
    with acting(LOCAL):
        beta.releases.check(job)


def test_ordinary_results_need_no_release(world: SmallWorld, beta: Parts) -> None:
    beta.rulebook.level_of = lambda _name: 3
    job, _ = _proposed(world)
    with acting(MO):
        beta.releases.check(job)
    beta.catalogue.remove("rows")
    with acting(MO):
        beta.rulebook.level_of = beta.labels.level
        assert _code(beta.releases.check, job) == "result.not_released"  # nobody knows any more
