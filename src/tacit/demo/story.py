"""The main job, told: meet, intersect, train, predict, and the receipt that proves it.

Told without anybody there to approve, so the others approve by a rule, which ends with the story. In the console a
person approves, in each chair; only the dealer, which sees no data, keeps its rule.
"""

from __future__ import annotations

import importlib.resources
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import yaml

from tacit.client.client import Job
from tacit.client.language import language
from tacit.demo.baseline import Baseline, measure_baseline
from tacit.demo.everyday import furnish
from tacit.demo.nodes import DemoNodes
from tacit.demo.tables import Scenario, make_tables, write_tables
from tacit.errors import ResourceError

AUC_TOLERANCE = 0.005
_JOB_LIMIT_S = 300.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that the demo found out."""

    scenario: Scenario
    job: dict[str, Any]
    auc: float
    baseline: Baseline
    verified: dict[str, bool]  # party -> its own verification of the receipt
    receipt: str  # where it is
    seconds: dict[str, float]

    @property
    def ok(self) -> bool:
        close = abs(self.auc - self.baseline.pooled) <= AUC_TOLERANCE
        return self.job["state"] == "FINISHED" and close and all(self.verified.values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "scenario": self.scenario.name,
            "job": self.job["id"],
            "auc": {"secure": self.auc, "alone": self.baseline.alone, "pooled_in_the_clear": self.baseline.pooled},
            "disclosures": self.job["disclosures"],
            "steps": {step["id"]: _step_cost(step) for step in self.job["steps"]},
            "verified": self.verified,
            "receipt": self.receipt,
            "seconds": self.seconds,
        }


def tell(scenario: Scenario, nodes: DemoNodes, say: Callable[[str], None]) -> Outcome:
    """Run the story on running nodes. Raises TacitError if a job cannot be run."""
    started = time.monotonic()
    tables = meet(scenario, nodes, say)
    feature = nodes.clients[scenario.feature_party]
    rule = feature.add_rule(initiators=[scenario.label_party], note="demo: approve what the initiator proposes")
    met = time.monotonic()
    others = " and ".join(scenario.parties[1:])
    say(f"  all three know each other's keys; {others} approve by a rule what {scenario.label_party} proposes")
    flow = load_flow(scenario)
    job = nodes.clients[scenario.label_party].run(flow)
    say(f"  {job.id} proposed to {', '.join(scenario.parties[1:])}")
    _follow(job, say)
    ended = time.monotonic()
    feature.remove_rule(rule["id"])
    auc, baseline = _compare(scenario, job, flow, tables)
    verified = {party: bool(client.job(job.id).verify()["ok"]) for party, client in nodes.clients.items()}
    receipt = nodes.folder / "receipt.json"
    receipt.write_text(_pretty(job.receipt()), encoding="utf-8")
    return Outcome(
        scenario=scenario,
        job=job.refresh().record,
        auc=auc,
        baseline=baseline,
        verified=verified,
        receipt=str(receipt),
        seconds={"meet": met - started, "job": ended - met, "total": time.monotonic() - started},
    )


def meet(scenario: Scenario, nodes: DemoNodes, say: Callable[[str], None]) -> dict[str, pa.Table]:
    """Introduce the nodes, and let them register their tables and settle their levels; party -> table."""
    nodes.introduce_all()
    tables = make_tables(scenario)
    for party, path in write_tables(scenario, nodes.folder / "data").items():
        nodes.clients[party].add_dataset(
            scenario.datasets[party], path, description=scenario.about[party].as_dict()[language()]
        )
        say(f"  {party} holds {tables[party].num_rows} rows, {tables[party].num_columns} columns")
    furnish(scenario, nodes, tables)
    nodes.clients[scenario.dealer].add_rule(
        initiators=list(scenario.parties[:2]), note="demo: deal randomness for what the other two propose"
    )
    return tables


def load_flow(scenario: Scenario) -> dict[str, Any]:
    text = importlib.resources.files("tacit.demo").joinpath("flows", scenario.flow).read_text(encoding="utf-8")
    flow: dict[str, Any] = yaml.safe_load(text)
    return flow


def penalty_of(flow: dict[str, Any]) -> float:
    """L2 penalty that the flow trains with."""
    train = next(step for step in flow["steps"] if step["operator"] == "logistic_regression.train")
    return float(train.get("params", {}).get("l2", 0.001))


def _follow(job: Job, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + _JOB_LIMIT_S
    for name, data in job.watch():
        if name == "state":
            job.record.update(data)
        if time.monotonic() > deadline:
            job.cancel("the demo's time limit")
            raise ResourceError("demo.too_slow", f"The job did not end within {_JOB_LIMIT_S:.0f} s.")
    if job.refresh().state != "FINISHED":
        raise ResourceError("demo.job_failed", f"The job ended as {job.state}.", found=str(job.record.get("cause")))
    say(f"  {job.id} finished")


def _compare(scenario: Scenario, job: Job, flow: dict[str, Any], tables: dict[str, pa.Table]) -> tuple[float, Baseline]:
    """The secure AUC from the job's own evaluation, and the baselines on the same rows."""
    by_operator = {step["operator"]: step for step in flow["steps"]}
    scores = job.table(by_operator["logistic_regression.predict"]["id"], "scores")
    evaluation = job.document(by_operator["evaluation.binary"]["id"], "report")
    test_keys = {str(key) for key in scores.column(scenario.key).to_pylist()}
    return float(evaluation["auc"]), measure_baseline(scenario, tables, test_keys, penalty_of(flow))


def _step_cost(step: dict[str, Any]) -> dict[str, float]:
    reports = [party["report"] for party in step["parties"].values() if party.get("report")]
    return {
        "wall_s": max((report["wall_s"] for report in reports), default=0.0),
        "bytes_sent": sum(report["bytes_sent"] for report in reports),
    }


def _pretty(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
