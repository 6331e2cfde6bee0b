"""Real nodes with real workers: what is taken back at one stops the other's work, too."""

from __future__ import annotations

import time
from typing import Any

import pytest

from real_nodes import Group, LossyProxy, RunningNode, await_gone, matching_flow, reading_flow, write_rows

SOON_S = 5.0
ROWS = 60_000
NAMES = ("alpha", "beta", "gamma")


def until(node: RunningNode, agreement: str, wanted: Any, timeout_s: float = 30.0) -> dict[str, Any]:
    """The agreement at a node as soon as it is there and as wanted."""
    end = time.monotonic() + timeout_s
    while True:
        rows = {row["id"]: row for row in node.get("/agreements")["items"]}
        if agreement in rows and wanted(rows[agreement]):
            return rows[agreement]
        assert time.monotonic() < end, (node.name, rows.get(agreement))
        time.sleep(0.05)


def propose(group: Group, **terms: Any) -> str:
    nodes = list(group.nodes.values())
    body = {
        "name": "study",
        "purpose": "a test",
        "members": [node.name for node in nodes],
        "datasets": {node.name: ["rows"] for node in nodes},
        "valid_until": "2040-01-01",
        **terms,
    }
    return str(nodes[0].post("/agreements", body)["id"])


def is_active(row: dict[str, Any]) -> bool:
    return bool(row["state"] == "ACTIVE")


@pytest.mark.parametrize(
    "act", ["agreement", *(pytest.param(act, marks=pytest.mark.slow) for act in ("peer", "dataset"))]
)
def test_a_running_job_stops_at_both_parties(group: Group, act: str) -> None:
    group.add("alpha", "beta")
    group.pair_all()
    group.approve_all()
    for index, node in enumerate(group.nodes.values()):
        ids = range(index * 1000, index * 1000 + ROWS)
        file = write_rows(group.folder / f"{node.name}.csv", ids, {"x": lambda number: number % 7})
        node.post("/datasets", {"name": "rows", "path": str(file)})
    alpha, beta = group["alpha"], group["beta"]
    agreement = propose(group)
    until(beta, agreement, lambda _: True)
    beta.post(f"/agreements/{agreement}/approve")
    for node in group.nodes.values():
        until(node, agreement, is_active)
    job = str(alpha.post("/jobs", {"flow": matching_flow(), "agreement": agreement})["id"])
    for node in group.nodes.values():
        node.until(job, lambda found: any(s["id"] == "match" and s["state"] == "RUNNING" for s in found["steps"]))
    workers = [worker for node in group.nodes.values() for worker in node.workers()]
    begun = time.monotonic()
    if act == "agreement":
        beta.post(f"/agreements/{agreement}/terminate")
    else:
        beta.call("DELETE", "/peers/alpha" if act == "peer" else "/datasets/rows")
    await_gone(workers, SOON_S)
    what = {"agreement": "agreement.terminated", "peer": "peer.terminated", "dataset": "dataset.removed"}[act]
    for node in group.nodes.values():
        ended = node.wait(job)
        assert (ended["state"], ended["cause"]["code"], ended["cause"]["what"]) == ("FAILED", "job.revoked", what)
    assert time.monotonic() - begun < SOON_S


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_three_processes_over_bad_lines_come_to_the_same(group: Group, seed: int) -> None:
    group.add(*NAMES)
    group.pair_all()
    group.add_tables()
    proxies = {name: LossyProxy(group[name].peer_port, loss=0.1, seed=seed * 10 + n) for n, name in enumerate(NAMES)}
    for node in group.nodes.values():
        for name, proxy in proxies.items():
            if name != node.name:
                node.call("PATCH", f"/peers/{name}", {"address": proxy.address})
    agreement = propose(group)
    until(group["gamma"], agreement, lambda _: True)
    countered = group["gamma"].post(f"/agreements/{agreement}/counter", {"purpose": "a narrower test"})
    for name in ("alpha", "beta"):
        until(group[name], agreement, lambda row: row["hash"] == countered["hash"])
        group[name].post(f"/agreements/{agreement}/approve?hash={countered['hash']}")
    for node in group.nodes.values():
        until(node, agreement, is_active, 60)
    told = group["beta"].get(f"/agreements/{agreement}/negotiation")
    assert [offer["author"] for offer in told["offers"]] == ["alpha", "gamma"]
    assert told["offers"][1]["changes"] == [{"field": "purpose", "before": "a test", "after": "a narrower test"}]
    job = group["alpha"].post("/jobs", {"flow": reading_flow(parties=NAMES), "agreement": agreement})["id"]
    group["alpha"].kill()
    group["alpha"].start()
    for name in ("beta", "gamma"):
        group[name].until(job, lambda found: found["decision"] == "waiting", 60)
        group[name].post(f"/jobs/{job}/approve")
    for node in group.nodes.values():
        assert node.wait(job, 120)["state"] == "FINISHED", node.log(job)
        attempts = [(step["id"], step["attempt"]) for step in node.get(f"/jobs/{job}")["steps"]]
        assert len(attempts) == 6
    assert all(proxy.broken for proxy in proxies.values())
    for proxy in proxies.values():
        proxy.close()
