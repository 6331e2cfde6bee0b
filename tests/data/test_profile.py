"""Profiles: right figures, finite JSON, and no text value in them."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.data.columns import with_roles
from tacit.data.profile import DISTINCT_LIMIT, profile


def column_of(values: pa.Array) -> dict:
    return profile(pa.table({"x": values}))["columns"][0]


def test_numbers_agree_with_numpy() -> None:
    values = np.random.default_rng(5).normal(3, 10, 5000)
    report = column_of(pa.array([*values, None]))
    assert report["nulls"] == 1
    assert report["distinct"] == {"count": 5000, "exact": True}
    assert report["mean"] == pytest.approx(values.mean())
    assert report["std"] == pytest.approx(values.std(ddof=1))
    for share, value in report["quantiles"].items():
        assert value == pytest.approx(np.quantile(values, float(share)))
    counts, edges = np.histogram(values, bins=20)
    assert report["histogram"]["counts"] == counts.tolist()
    assert report["histogram"]["edges"] == pytest.approx(edges.tolist())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(), st.integers(-5, 5).map(float)), min_size=1, max_size=40))
def test_any_numbers_give_finite_json(values: list[float | None]) -> None:
    report = column_of(pa.array(values, pa.float64()))
    json.dumps(report, allow_nan=False)
    finite = [value for value in values if value is not None and np.isfinite(value)]
    assert report["distinct"]["count"] == len(set(finite))
    if finite:
        assert sum(report["histogram"]["counts"]) == len(finite)
        assert (report["min"], report["max"]) == (min(finite), max(finite))


def test_text_and_keys_show_no_value() -> None:
    table = pa.table({"id": [7001, 7002], "name": ["secret", "秘密"], "day": [date(2024, 1, 2), date(2025, 1, 2)]})
    report = profile(with_roles(table, keys=["id"]))
    text = json.dumps(report, ensure_ascii=False)
    assert all(value not in text for value in ("secret", "秘密", "7001"))
    identity, name, day = report["columns"]
    assert (identity["role"], identity["distinct"]["count"]) == ("key", 2)
    assert name["lengths"] == {"min": 2, "max": 6, "mean": 4.0}
    assert (day["type"], day["min"], day["max"]) == ("date32[day]", "2024-01-02", "2025-01-02")


def test_truth_values_large_integers_and_empty_columns() -> None:
    assert column_of(pa.array([True, False, None, True]))["true"] == 2
    report = column_of(pa.array([2**62 + 1, -5]))
    assert (report["type"], report["min"], report["max"]) == ("integer", -5, float(2**62))
    assert column_of(pa.array([None, None], pa.float64()))["mean"] is None
    assert column_of(pa.array([None], pa.string()))["lengths"]["mean"] is None
    assert column_of(pa.array([4, 4]))["histogram"] == {"edges": [4.0, 4.0], "counts": [2]}
    assert column_of(pa.array([4]))["std"] is None


def test_many_different_texts_are_counted_up_to_the_limit() -> None:
    texts = pa.array(np.arange(DISTINCT_LIMIT + 1)).cast(pa.string())
    assert column_of(texts)["distinct"] == {"count": DISTINCT_LIMIT, "exact": False}
    assert column_of(texts.slice(1))["distinct"] == {"count": DISTINCT_LIMIT, "exact": True}


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    profile(pa.table({"a": [1], "b": [2]}), on_column=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
