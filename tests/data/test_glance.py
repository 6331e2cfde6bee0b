"""Datasets at a glance: no rare value is told, estimates are near, every type has its shape."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from tacit.data.glance import glance
from tacit.data.reservoir import Sample, drawn

LEAST = 10


def columns(table: pa.Table, **how: int) -> dict[str, dict[str, object]]:
    total = None if how else table.num_rows
    found = glance(Sample(table, total, {"method": "all", **how}), LEAST)
    return {each["name"]: each for each in found["columns"]}


def test_shapes_of_all_types() -> None:
    rows = 100
    table = pa.table(
        {
            "n": pa.array([None, *range(1, rows)]),
            "f": pa.array(np.linspace(0, 1, rows)),
            "t": ["often"] * 50 + [f"rare {i}" for i in range(50)],
            "b": [True, False] * 50,
            "d": [datetime.date(2024, 1, 1 + i % 3) for i in range(rows)],
            "at": pa.array([None] * rows, pa.timestamp("us")),
            "empty": pa.array([None] * rows, pa.string()),
        }
    )
    found = columns(table)
    assert found["n"]["null_share"] == 0.01 and (found["n"]["low"], found["n"]["high"]) == (10, 90)
    assert found["f"]["quantiles"]["0.5"] == pytest.approx(0.5)  # type: ignore[index]
    assert found["t"]["top"] == [{"value": "often", "count": 50}] and found["t"]["distinct_estimated"] == 51
    assert "rare" not in str(found["t"]) and found["t"]["lengths"] == {"low": 5, "high": 7}
    assert {str(each["value"]) for each in found["b"]["top"]} == {"True", "False"}  # type: ignore[attr-defined]
    assert found["d"]["top"][0] == {"value": "2024-01-01", "count": 34}  # type: ignore[index]
    assert found["at"]["null_share"] == 1 and found["empty"]["top"] == [] and "lengths" not in found["empty"]


def test_no_number_of_a_few_is_told() -> None:
    few = columns(pa.table({"x": list(range(2 * LEAST - 1))}))["x"]
    assert not {"low", "high", "quantiles"} & few.keys() and few["top"] == []
    salaries = columns(pa.table({"x": [1_000_000] + [50 + i % 3 for i in range(200)]}))["x"]
    assert "1000000" not in str(salaries) and salaries["high"] == 52


def test_distinct_values_are_estimated_from_a_sample() -> None:
    rng = np.random.default_rng(5)
    table = pa.table({"few": rng.integers(0, 8, 2000), "own": np.arange(2000)})
    found = columns(table, rows_estimated=200_000)
    assert found["few"]["distinct_estimated"] == 8
    assert found["own"]["distinct_estimated"] == 20_000  # √(N/n)·f₁: between 2,000 and 200,000, the ratio error bound


def test_the_interval_of_a_share_holds() -> None:
    """95 of 100 intervals, or a few less, hold the true share."""
    rng, held = np.random.default_rng(7), 0
    for _ in range(300):
        column = pa.array(rng.random(500) >= 0.03)
        found = columns(pa.table({"x": pa.array([1 if each else None for each in column.to_pylist()])}))["x"]
        held += abs(float(found["null_share"]) - 0.03) <= float(found["null_share_error"]) + 0.004  # type: ignore[arg-type]
    assert held >= 280


def test_a_stream_is_drawn_evenly() -> None:
    batches = [pa.record_batch({"x": np.arange(start, start + 100)}) for start in range(0, 5000, 100)]
    counts = np.zeros(5000)
    for seed in range(200):
        found = drawn(iter(batches), 100, np.random.default_rng(seed))
        rows = found.table.column("x").to_numpy()
        assert len(rows) == 100 and (np.diff(rows) > 0).all() and found.total_rows == 5000
        counts[rows] += 1
    assert abs(counts[:2500].sum() - counts[2500:].sum()) < 500 and counts.mean() == 4
    assert drawn(iter(batches[:1]), 100, np.random.default_rng(1)).how == {"method": "all"}
    assert drawn(iter([]), 100, np.random.default_rng(1)).table.num_rows == 0
