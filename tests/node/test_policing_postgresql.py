"""Policies and budgets on a PostgreSQL server: two connections that know nothing of each other ask at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import postgresql_server
from tacit.errors import RefusedError
from tacit.governance.policies import Charge, DpBound, Quota, RateBound
from tacit.node.budget_book import BudgetBook
from tacit.node.database import Database, migrate
from tacit.node.stores.policies import PolicyStore

pytestmark = pytest.mark.skipif(postgresql_server.programs() is None, reason="no PostgreSQL server programs")
CHARGE = Charge("match", "rows", 0.25, "noise", DpBound(epsilon=0.25, total=1.0))
QUOTA = Quota("rows", "slow", RateBound(jobs=3, hours=1))


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Database]]:
    """Four databases objects, each with a lock of its own: as if they were other processes."""
    with postgresql_server.serve() as server:
        monkeypatch.setenv("PGPASSWORD", postgresql_server.PASSWORD)
        made = [Database(server.url) for _ in range(4)]
        migrate(made[0])
        yield made
        for each in made:
            each.close()


def at_once(doors: list[Database], act: object) -> list[str]:
    """Codes of the refusals of twelve calls, three through each door."""
    refused: list[str] = []

    def call(number: int) -> None:
        try:
            act(doors[number % len(doors)], number)  # type: ignore[operator]
        except RefusedError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_budgets_and_rates_hold_and_versions_do_not_collide(doors: list[Database]) -> None:
    noise = at_once(doors, lambda db, n: BudgetBook(db).charge_noise(f"job-{n}", "match", 1, [CHARGE], enforce=True))
    assert noise == ["policy.budget_exceeded"] * 8 and BudgetBook(doors[0]).spent("rows").epsilon == 10**9
    jobs = at_once(doors, lambda db, n: BudgetBook(db).charge_job(f"job-{n}", {"rows": 5}, [QUOTA]))
    assert jobs == ["policy.rate_exceeded"] * 9
    assert at_once(doors, lambda db, n: PolicyStore(db).draft("rows", {"dataset": "rows"}, "0" * 64, "who")) == []
    store = PolicyStore(doors[1])
    assert [row.version for row in store.versions("rows")] == list(range(12, 0, -1))
    store.activate("rows", 7, "0" * 64, "who")
    in_force = store.in_force("rows")
    assert in_force is not None and in_force.version == 7 and list(store.all_in_force()) == ["rows"]
