"""What cannot be metered now waits; the rest is metered."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tacit.errors import NotFoundError
from tacit.node.metering import Metering
from tacit.node.stores.metering import Period


class Store:
    """Jobs that are not metered yet, and those that are."""

    def __init__(self, jobs: list[str]) -> None:
        self.left, self.metered = jobs, list[str]()

    def unmetered(self, limit: int) -> list[Any]:
        return [_row(name) for name in self.left[:limit]]

    def add(self, job: Any, uses: object) -> None:
        self.left.remove(job.job_id)
        self.metered.append(job.job_id)

    def all(self, period: Period) -> list[Any]:
        return []

    jobs = all


def _row(name: str) -> Any:
    return SimpleNamespace(id=name, agreement_id="", initiator="alpha", ended_at=1.0, created_at=1.0, pact={})


def _plan_of(row: Any) -> Any:
    if row.id.startswith("old"):
        raise NotFoundError("flow.operator_unknown", "There is no such operator.")
    return SimpleNamespace(plan=None)


def test_a_job_that_cannot_be_read_stops_nothing(monkeypatch: Any) -> None:
    monkeypatch.setattr("tacit.node.metering.uses_of", lambda *given: [])
    monkeypatch.setattr("tacit.node.metering.JobAgreement", SimpleNamespace(model_validate=lambda pact: pact))
    monkeypatch.setattr("tacit.node.metering.BATCH", 2)
    store: Any = Store(["old-1", "old-2", "new-1", "old-3", "new-2"])
    tasks: Any = SimpleNamespace(of_job=lambda job: [])
    planner: Any = SimpleNamespace(of_job=_plan_of)
    meter = Metering("alpha", store, SimpleNamespace(), tasks, planner, SimpleNamespace())  # type: ignore[arg-type]
    assert meter.summary(Period(), "month") == []
    assert store.metered == ["new-1", "new-2"]
    assert store.left == ["old-1", "old-2", "old-3"]
