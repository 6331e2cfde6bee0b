"""A stored model is as sensitive as what it was trained on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import databases
import postgresql_server
from tacit.flow.document import load
from tacit.governance.levels import HIGHEST, Label
from tacit.node.blueprint import Planner
from tacit.node.database import Database, JobRow, migrate
from tacit.node.derivation import Derivation
from tacit.node.stores.jobs import JobStore
from tacit.operators import all_specs

EXAMPLES = Path(__file__).parents[2] / "examples"
TRAINING = load(EXAMPLES / "breast_cancer.yaml").model_dump(mode="json")
MATCHING = load(EXAMPLES / "psi.yaml").model_dump(mode="json")


def job(number: int, flow: dict[str, Any]) -> JobRow:
    words = dict.fromkeys(
        ("audit_id", "name", "initiator", "agreement_id", "flow_hash", "state", "decision", "salt"), "x"
    )
    return JobRow(id=f"job-{number}", flow=flow, disclosures={}, forecast={}, created_at=float(number), **words)


@pytest.fixture(params=databases.KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path / 'node.db'}")
        return
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs")
    with postgresql_server.serve() as server, databases.new_database(server) as url:
        yield from _opened(url)


def _opened(url: str) -> Any:
    database = Database(url)
    migrate(database)
    with database.write() as session:
        session.add_all([job(1, TRAINING), job(2, MATCHING)])
    yield JobStore(database)
    database.close()


def derivation(store: Any, level: int) -> Derivation:
    labels: Any = SimpleNamespace(default_level=3, of=lambda dataset: {"radius": Label(level, None, confirmed=True)})
    return Derivation("hospital", labels, Planner(all_specs()), store)


def test_jobs_are_found_by_operator(store: JobStore) -> None:
    assert [row.id for row in store.with_operator("model.save", 10)] == ["job-1"]
    assert [row.id for row in store.with_operator("psi", 10)] == ["job-2", "job-1"]
    assert [row.id for row in store.with_operator("psi", 1)] == ["job-2"]
    assert store.with_operator("psi_", 10) == []


@pytest.mark.parametrize(("level", "expected"), [(5, 5), (4, 4), (1, 3)])
def test_a_model_has_the_level_of_its_data(level: int, expected: int) -> None:
    jobs = SimpleNamespace(with_operator=lambda operator, limit: [job(1, TRAINING)])
    assert derivation(jobs, level).saved("breast-cancer") == expected
    assert derivation(jobs, level).saved("another") == 3


def test_a_model_of_which_nobody_can_tell_counts_as_the_highest() -> None:
    gone = TRAINING | {"steps": [step | {"version": "99.0.0"} for step in TRAINING["steps"]]}
    jobs = SimpleNamespace(with_operator=lambda operator, limit: [job(1, gone)])
    assert derivation(jobs, 1).saved("breast-cancer") == HIGHEST
