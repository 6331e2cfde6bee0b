"""Metering of real jobs at two nodes: both work out the same, each job once; export and bills."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from real_nodes import Group, matching_flow, reading_flow

UNTIL = "2099-12-31"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    made = Group(tmp_path_factory.mktemp("usage"))
    try:
        made.add("alpha", "beta")
        made.pair_all()
        made.approve_all()
        made.add_tables()
        yield made
    finally:
        made.close()


def agree(two: Group, **terms: Any) -> str:
    body = {
        "name": "counted",
        "purpose": "tests",
        "members": ["alpha", "beta"],
        "datasets": {"alpha": ["rows"], "beta": ["rows"]},
        "valid_until": UNTIL,
        **terms,
    }
    agreement = two["alpha"].post("/agreements", body)["id"]
    for _ in range(300):
        known = [row["id"] for row in two["beta"].get("/agreements")["items"]]
        if agreement in known:
            break
    two["beta"].post(f"/agreements/{agreement}/approve")
    for _ in range(300):
        if all(two[name].get(f"/agreements/{agreement}")["state"] == "ACTIVE" for name in ("alpha", "beta")):
            break
    return str(agreement)


def run(two: Group, flow: dict[str, Any], agreement: str | None = None) -> str:
    job = two["alpha"].post("/jobs", {"flow": flow, "agreement": agreement})["id"]
    for name in ("alpha", "beta"):
        assert two[name].wait(job)["state"] == "FINISHED"
    return str(job)


def test_both_nodes_work_out_the_same_bill(two: Group) -> None:
    agreement = agree(
        two,
        prices=[
            {"amount": "2.5", "currency": "CNY", "unit": "job"},
            {"amount": "0.01", "currency": "CNY", "unit": "row"},
        ],
        revenue={"alpha": "0.4", "beta": "0.6"},
    )
    jobs = sorted(run(two, matching_flow(f"match{number}"), agreement) for number in range(2))
    run(two, reading_flow("outside"))
    bills = [two[name].get(f"/usage/bills/{agreement}") for name in ("alpha", "beta")]
    assert bills[0] == bills[1]
    assert sorted({charge["job"] for charge in bills[0]["charges"]}) == jobs
    assert bills[0]["payments"] == [{"payer": "alpha", "receiver": "beta", "currency": "CNY", "amount": "3.48"}]


def test_uses_come_in_pages_once_per_dataset_and_job(two: Group) -> None:
    job = run(two, matching_flow("pages"))
    items, cursor = [], None
    while True:
        found = two["beta"].get("/usage?limit=1" + (f"&cursor={cursor}" if cursor else ""))
        items += found["items"]
        cursor = found["next"]
        if cursor is None:
            break
    mine = [item for item in items if item["job"] == job]
    assert [(item["owner"], item["rows"], item["queries"]) for item in mine] == [("beta", 40, 1), ("alpha", 40, 1)]
    assert mine[0]["operators"] == ["dataset.read", "psi"] and mine[0]["users"] == ["alpha"]
    assert items == two["beta"].get("/usage?limit=1000")["items"]
    two["beta"].call("GET", "/usage?cursor=nonsense", status=422)


def test_sums_and_export_agree(two: Group) -> None:
    run(two, matching_flow("sums"))
    lines = list(csv.DictReader(io.StringIO(two["alpha"].http.get("/usage/export").text)))
    groups = {row["group"]: row for row in two["alpha"].get("/usage/summary?by=dataset")["items"]}
    assert sum(int(line["rows"]) for line in lines if line["owner"] == "beta") == groups["beta.rows"]["rows"]
    assert groups["beta.rows"]["bytes_sent"] > 0
    for by in ("agreement", "owner", "initiator", "month"):
        summed = two["alpha"].get(f"/usage/summary?by={by}")["items"]
        assert sum(row["rows"] for row in summed) == sum(int(line["rows"]) for line in lines)
    two["alpha"].call("GET", "/usage/summary?by=colour", status=422)


def test_an_agreement_without_prices_has_no_bill(two: Group, tmp_path: Path) -> None:
    agreement = agree(two)
    told = two["alpha"].call("GET", f"/usage/bills/{agreement}", status=404)
    assert told["code"] == "usage.no_prices"
    two["alpha"].call("GET", "/usage/bills/agr-" + "0" * 32, status=404)
