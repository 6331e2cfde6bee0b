"""Whole-number moments against exact fractions."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.algorithms.stats.columns import Measured
from tacit.algorithms.stats.moments import cell_moments, figures, grouped_sums, layout_for, scale_columns

numbers = st.floats(-1e12, 1e12) | st.integers(-5, 5).map(float) | st.floats(-1e-9, 1e-9)


def _measured(columns: list[list[float]]) -> Measured:
    values = np.array(columns, dtype=np.float64).T.copy()
    valid = ~np.isnan(values)
    return Measured(tuple(map(str, range(len(columns)))), np.where(valid, values, 0.0), valid)


@given(st.lists(st.tuples(numbers | st.just(math.nan), st.integers(0, 2)), min_size=1, max_size=30))
@settings(max_examples=80)
def test_figures_match_exact_fractions(rows: list[tuple[float, int]]) -> None:
    measured = _measured([[value for value, _ in rows]])
    layout = layout_for(len(rows), sums=True, squares=True)
    scaled = scale_columns(measured, layout)
    sums = grouped_sums(scaled, np.array([code for _, code in rows], dtype=np.int64), 3)
    present = [value for value, _ in rows if not math.isnan(value)]
    error = (max(present) - min(present)) * 2.0**-layout.bits if present else 0.0
    for group in range(3):
        values = [Fraction(value) for value, code in rows if code == group and not math.isnan(value)]
        count, total, mean, variance = figures(cell_moments(sums, layout, 1, group, 0), scaled, 0)
        assert count == len(values)
        assert total == pytest.approx(float(sum(values)), rel=1e-14, abs=2 * error * len(values) + 1e-300)
        if values:
            assert mean == pytest.approx(float(sum(values) / len(values)), rel=1e-14, abs=2 * error + 1e-300)
        else:
            assert math.isnan(mean)
        if len(values) < 2:
            assert math.isnan(variance)
        else:
            exact = float(statistics.variance(values))
            assert variance == pytest.approx(exact, rel=1e-12, abs=8 * error * math.sqrt(exact) + 8 * error**2 + 1e-300)
            assert variance >= 0


@pytest.mark.parametrize("rows", [1, 2, 10, 1000, 100_000, 10**6, 10**9])
def test_sums_fit_the_ring(rows: int) -> None:
    layout = layout_for(rows, sums=True, squares=True)
    assert layout.bits % 2 == 0
    assert rows << layout.bits <= 1 << 61
    assert layout.bits >= 30


def test_parts_stay_within_their_bound() -> None:
    scaled = scale_columns(
        _measured([[-3.0, 8.0, 1e9, math.nan], [5.0, 5.0, 5.0, 5.0]]), layout_for(4, sums=True, squares=True)
    )
    parts = scaled.parts(0, 4)
    assert parts.shape == (4, 10)
    assert parts.min() >= 0
    assert parts.max() <= 1 << scaled.layout.bits


def test_layouts_leave_out_what_is_not_asked() -> None:
    measured = _measured([[1.0, 2.0, 4.0]])
    codes = np.zeros(3, dtype=np.int64)
    for sums, squares, width in ((False, False, 1), (True, False, 2), (True, True, 5)):
        scaled = scale_columns(measured, layout_for(3, sums=sums, squares=squares))
        assert grouped_sums(scaled, codes, 1).shape == (1, width)


def test_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    from tacit.algorithms.stats import moments

    values = np.random.default_rng(1).normal(size=500)
    codes = np.random.default_rng(2).integers(0, 4, 500)
    scaled = scale_columns(_measured([values.tolist()]), layout_for(500, sums=True, squares=True))
    whole = grouped_sums(scaled, codes, 4)
    monkeypatch.setattr(moments, "_BLOCK_CELLS", 64)
    assert np.array_equal(grouped_sums(scaled, codes, 4), whole)
