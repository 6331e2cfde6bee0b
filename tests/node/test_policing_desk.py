"""Versions of policies, trials against past jobs, explaining, and charges of many threads at once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from real_nodes import matching_flow, reading_flow
from small_world import SmallWorld
from tacit.errors import InputError, NotFoundError, ParameterError, RefusedError
from tacit.governance.policies import Charge, DpBound, Quota, RateBound
from tacit.node.budget_book import BudgetBook
from tacit.node.database import Database, Table, migrate
from tacit.node.policy_desk import PolicyDesk
from tacit.schema.flow import Flow

DENY = {"rules": [{"id": "no-keys", "effect": "deny", "scope": {"columns": ["id"], "uses": ["join_key"]}}]}


@pytest.fixture
def desk(world: SmallWorld) -> PolicyDesk:
    return world.parts["beta"].policy_desk


def test_versions_are_kept_and_one_is_in_force(desk: PolicyDesk) -> None:
    store = desk.policing.store
    first, second = desk.draft("rows", DENY), desk.draft("rows", {})
    assert (first.version, second.version) == (1, 2) and store.in_force("rows") is None
    desk.activate("rows", 2, second.hash)
    desk.activate("rows", 1, first.hash)
    in_force = store.in_force("rows")
    assert in_force is not None and (in_force.version, in_force.activated_by) == (1, "node")
    assert [row.version for row in store.versions("rows")] == [2, 1]
    desk.withdraw("rows")
    assert store.in_force("rows") is None and len(store.versions("rows")) == 2
    with pytest.raises(NotFoundError):
        desk.withdraw("rows")


def test_only_what_was_read_can_be_put_into_force(desk: PolicyDesk) -> None:
    row = desk.draft("rows", DENY)
    with pytest.raises(InputError) as refused:
        desk.activate("rows", row.version, "0" * 64)
    assert refused.value.code == "policy.hash_differs"
    with pytest.raises(NotFoundError):
        desk.activate("rows", 9, row.hash)


def test_every_act_is_in_the_audit_trail(desk: PolicyDesk, world: SmallWorld) -> None:
    row = desk.draft("rows", DENY)
    desk.activate("rows", row.version, row.hash)
    desk.withdraw("rows")
    acts = [entry.act for entry in world.parts["beta"].audit.entries()]
    assert acts[-3:] == ["policy.drafted", "policy.activated", "policy.withdrawn"]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"dataset": "other"}, "policy.invalid"),
        ({"rules": [{"id": "a", "effect": "maybe"}]}, "policy.invalid"),
        ({"rules": [{"id": "a", "effect": "limit"}]}, "policy.invalid"),
        ({"exceptions": [{"id": "a", "scope": {}}]}, "policy.too_wide"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(desk: PolicyDesk, document: dict[str, Any], code: str) -> None:
    with pytest.raises(ParameterError) as refused:
        desk.draft("rows", document)
    assert refused.value.code == code


def test_a_policy_needs_its_dataset(desk: PolicyDesk) -> None:
    with pytest.raises(NotFoundError):
        desk.draft("nothing", {})


def test_a_trial_says_which_past_jobs_would_have_been_refused(world: SmallWorld) -> None:
    world.approve_all()
    jobs = [world.submit(flow) for flow in (matching_flow(), reading_flow())]
    for job in jobs:
        assert world.wait(job, "beta") == "FINISHED"
    desk = world.parts["beta"].policy_desk
    found = {trial.job.id: trial for trial in desk.trial("rows", DENY, None, 10)}
    assert not found[jobs[0]].decision.allowed and found[jobs[0]].before.allowed
    assert found[jobs[0]].decision.reasons[0].rule == "no-keys"
    assert found[jobs[1]].decision.allowed
    row = desk.draft("rows", DENY)
    assert [trial.decision.allowed for trial in desk.trial("rows", None, row.version, 1)] == [True]  # the newest
    assert desk.policing.store.in_force("rows") is None and desk.policing.book.spent("rows").epsilon == 0
    with pytest.raises(ParameterError):
        desk.trial("rows", None, None, 1)


def test_a_flow_is_explained_before_it_is_proposed(desk: PolicyDesk) -> None:
    found = desk.explain(Flow.model_validate(matching_flow()), "alpha", None)
    assert found.decision.allowed and found.datasets == ("rows",)
    assert {use.kind for use in found.uses} == {"read", "join_key"}
    row = desk.draft("rows", DENY)
    desk.activate("rows", row.version, row.hash)
    assert not desk.explain(Flow.model_validate(matching_flow()), "alpha", None).decision.allowed


@pytest.fixture
def book(tmp_path: Path) -> BudgetBook:
    database = Database(f"sqlite:///{tmp_path / 'book.db'}")
    Table.metadata.create_all(database.engine)
    return BudgetBook(database)


def test_of_many_at_once_only_as_many_get_through_as_the_budget_has(book: BudgetBook) -> None:
    charge = Charge("match", "rows", 0.25, "noise", DpBound(epsilon=0.25, total=1.0))
    refused: list[str] = []

    def ask(number: int) -> None:
        try:
            book.charge_noise(f"job-{number}", "match", 1, [charge], enforce=True)
        except RefusedError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["policy.budget_exceeded"] * 8 and book.spent("rows").epsilon == 10**9


def test_noise_counts_even_where_no_rule_bounds_it(book: BudgetBook) -> None:
    """So that a budget that comes later knows what was spent before."""
    book.charge_noise("job-1", "match", 1, [Charge("match", "rows", 0.75)], enforce=True)
    late = Charge("match", "rows", 0.5, "noise", DpBound(epsilon=0.5, total=1.0))
    with pytest.raises(RefusedError):
        book.charge_noise("job-2", "match", 1, [Charge("match", "rows", 0.5), late], enforce=True)


def test_a_refused_job_charges_none_of_its_datasets(book: BudgetBook) -> None:
    quota = Quota("two", "slow", RateBound(rows=50, hours=1))
    with pytest.raises(RefusedError) as refused:
        book.charge_job("job-1", {"one": 10, "two": 60}, [quota])
    assert refused.value.code == "policy.rate_exceeded" and book.charges("one") == []
    for _ in range(2):
        book.charge_job("job-2", {"one": 10, "two": 40}, [quota])  # the same job again is the same job
    with pytest.raises(RefusedError):
        book.charge_job("job-3", {"two": 11}, [quota])
    assert [charge.job_id for charge in book.charges("two")] == ["job-2"]


def test_the_tables_come_with_the_migration(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'migrated.db'}")
    migrate(database)
    BudgetBook(database).charge_job("job-1", {"rows": 3}, [])
    from tacit.node.stores.policies import PolicyStore

    store = PolicyStore(database)
    assert store.draft("rows", {"dataset": "rows"}, "0" * 64, "somebody").version == 1
    assert store.draft("rows", {"dataset": "rows"}, "0" * 64, "somebody").version == 2
    database.close()
