"""Differencing between real nodes: the second, almost equal request fails, and both sides hear the code alone."""

from __future__ import annotations

from typing import Any

from real_nodes import Group, write_rows


def statistics_flow(dataset: str) -> dict[str, Any]:
    reads = [
        {
            "id": f"{party}_rows",
            "operator": "dataset.read",
            "at": {"owner": party},
            "params": {"dataset": name, "keys": ["id"]},
        }
        for party, name in (("alpha", dataset), ("beta", "rows"))
    ]
    match = {
        "id": "match",
        "operator": "psi",
        "at": {"receiver": "alpha", "sender": "beta"},
        "inputs": {"receiver": "alpha_rows.table", "sender": "beta_rows.table"},
    }
    figures = {
        "id": "figures",
        "operator": "stats.joint",
        "at": {"first": "alpha", "second": "beta", "dealer": "notary"},
        "inputs": {"aligned": "match.aligned"},
        "params": {"columns": {"first": [], "second": ["y1"]}, "measures": ["count", "sum"]},
    }
    parties = {"alpha": "data", "beta": "data", "notary": "dealer"}
    return {
        "tacit": "1",
        "name": "figures",
        "profile": "2pc-dealer",
        "parties": parties,
        "steps": [*reads, match, figures],
    }


def test_sums_over_almost_the_same_rows(group: Group) -> None:
    group.add("alpha", "beta", "notary")
    group.pair_all()
    group.approve_all()
    group.add_tables(60)
    alpha, beta = group["alpha"], group["beta"]
    fewer = write_rows(group.folder / "fewer.csv", range(16, 60), {"x0": lambda number: number % 7})
    alpha.post("/datasets", {"name": "fewer", "path": str(fewer)})
    first = alpha.post("/jobs", {"flow": statistics_flow("rows")})["id"]
    assert alpha.wait(first)["state"] == "FINISHED", alpha.log(first)
    second = alpha.post("/jobs", {"flow": statistics_flow("fewer")})["id"]
    for node in (alpha, beta):
        ended = node.wait(second)
        assert ended["state"] == "FAILED" and ended["cause"]["step"] == "figures"
        assert ended["cause"]["code"] == "policy.difference" and ended["cause"]["party"] in ("alpha", "beta")
    again = alpha.post("/jobs", {"flow": statistics_flow("rows")})["id"]
    assert beta.wait(again)["state"] == "FINISHED"
