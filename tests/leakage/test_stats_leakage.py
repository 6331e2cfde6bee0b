"""What joint statistics show on the wire is a function of sizes and of the published result alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from leakage.recorder import Recorder, shapes_of
from parties import run_parties
from tacit.algorithms.stats.joint import joint_statistics
from tacit.algorithms.stats.query import GroupBy, Query
from tacit.algorithms.stats.shape import Message

ROLES = ("first", "second", "dealer")


def _run(bank: pa.Table, shop: pa.Table, query: Query) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """All messages at every end (name "owner>peer"), and the results."""
    ends: dict[str, Any] = {}

    def wrap(channel: Any) -> Any:
        record = Recorder(channel)
        ends[f"{len(ends)}>{channel.peer}"] = record
        return record

    tables = {"first": bank, "second": shop}
    results = run_parties(
        {role: lambda session, role=role: joint_statistics(session, query, tables.get(role)) for role in ROLES},
        wrap=wrap,
    )
    return ends, results


def _tables(seed: int, groups: tuple[str, ...] = ("a", "b", "c", "z")) -> tuple[pa.Table, pa.Table]:
    """90 rows; groups of 40, 30 and 20 rows in random places; values with some missing."""
    random = np.random.default_rng(seed)
    codes = random.permutation(np.repeat([0, 1, 2], [40, 30, 20]))
    values = random.normal(10.0**seed, 3, 90)
    values[random.permutation(90)[: 5 * seed]] = np.nan
    table = pa.table({"x": values}, schema=pa.schema([("x", pa.float64())]))
    return pa.table({"city": [groups[code] for code in codes]}), table


def test_shapes_do_not_depend_on_values_places_or_missing_cells() -> None:
    query = Query(group=GroupBy("first", "city"), minimum=5)
    shapes = []
    for seed in (1, 2, 3):
        ends, results = _run(*_tables(seed), query)
        assert all(cell is not None for group in results["first"]["groups"] for cell in group["cells"])
        shapes.append(shapes_of(ends))
    assert shapes[0] == shapes[1] == shapes[2]


def test_a_withheld_label_never_travels() -> None:
    secret = "secret-city"
    bank = pa.table({"city": ["a"] * 50 + ["b"] * 35 + [secret] * 5})
    shop = pa.table({"x": np.arange(90.0)})
    ends, results = _run(bank, shop, Query(group=GroupBy("first", "city")))
    assert results["second"]["group"]["withheld"] == 2
    assert not any(secret.encode() in payload for record in ends.values() for payload in record.received)


def test_unasked_measures_never_travel_to_the_other_side() -> None:
    bank, shop = _tables(1)
    ends, _ = _run(bank, shop, Query(group=GroupBy("first", "city"), measures=("mean",), minimum=5))
    for record in ends.values():
        kinds = [kind for way, kind, _ in record.shape if way == "received"]
        for kind, payload in zip(kinds, record.received, strict=True):
            if kind == Message.FIGURES and payload:
                assert len(payload) == 4 * 1 * 2 * 8  # overall and three groups, one column, shown and mean


def test_the_dealer_receives_sizes_only() -> None:
    query = Query(group=GroupBy("first", "city"), minimum=5)
    seen = []
    for seed in (1, 2):
        ends, _ = _run(*_tables(seed), query)
        at_dealer = [record for name, record in ends.items() if int(name.split(">")[0]) in (3, 5)]
        assert {record.peer for record in at_dealer} == {"first", "second"}
        seen.append([record.received for record in at_dealer])
    assert seen[0] == seen[1]
    assert all(np.frombuffer(payload, dtype="<i8").size == 4 for received in seen[0] for payload in received)


def test_views_of_the_same_data_differ_in_every_run() -> None:
    """Membership and values travel under fresh masks."""
    query = Query(group=GroupBy("first", "city"), minimum=5)
    runs = [_run(*_tables(1), query)[0] for _ in range(2)]
    for name in runs[0]:
        large = [[payload for payload in run[name].received if len(payload) > 1000] for run in runs]
        assert not set(large[0]) & set(large[1])
