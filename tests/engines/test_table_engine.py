"""table.profile and table.split through the engine's door."""

from __future__ import annotations

import pyarrow as pa

from step_io import MemoryIO, step_call
from tacit.engines.native import engine

BOTH = {"first": "alpha", "second": "beta"}


def test_profile_report() -> None:
    io = MemoryIO(inputs={"table": pa.table({"a": [1, 2], "b": ["x", None]})})
    engine().run(step_call("table.profile", io))
    report = io.outputs["report"]
    assert report["kind"] == "profile"
    assert [each["nulls"] for each in report["columns"]] == [0, 1]
    assert io.notes == [(1, 2, ""), (2, 2, "")]


def test_both_sides_split_alike() -> None:
    rows = list(range(40))
    parts = []
    for role in BOTH:
        io = MemoryIO(inputs={"aligned": pa.table({role: rows})})
        params = {"test_fraction": 0.25, "seed": 3}
        engine().run(step_call("table.split", io, params, role=role, parties=BOTH))
        parts.append([io.outputs[port].column(role).to_pylist() for port in ("train", "test")])
    assert parts[0] == parts[1]
    assert [len(each) for each in parts[0]] == [30, 10]
