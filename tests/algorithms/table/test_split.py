"""The split is a function of number of rows, fraction and seed alone, and stays the same for ever."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.algorithms.table.split import split, split_rows
from tacit.data.columns import columns_with_role, with_roles
from tacit.errors import TacitError


def test_fixed_vectors() -> None:
    """Written down once: a change would make nodes of different releases disagree."""
    assert np.flatnonzero(split_rows(12, test_fraction=0.25, seed=0)).tolist() == [0, 2, 11]
    assert np.flatnonzero(split_rows(12, test_fraction=0.5, seed=2**63 + 1)).tolist() == [1, 2, 4, 6, 7, 11]


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 3000), st.floats(0.01, 0.99), st.integers(0, 2**64 - 1))
def test_sizes_are_exact_or_refused(rows: int, fraction: float, seed: int) -> None:
    expected = int(np.floor(rows * fraction + 0.5))
    if 0 < expected < rows:
        mask = split_rows(rows, test_fraction=fraction, seed=seed)
        assert mask.sum() == expected
    else:
        with pytest.raises(TacitError) as caught:
            split_rows(rows, test_fraction=fraction, seed=seed)
        assert caught.value.code == "data.too_few_rows"


def test_two_sides_keep_the_same_rows_in_order_with_roles() -> None:
    rows = np.arange(1000)
    left = with_roles(pa.table({"id": rows.astype(str), "a": rows}), keys=["id"])
    right = pa.table({"b": rows}).combine_chunks()
    right = pa.concat_tables([right.slice(0, 333), right.slice(333)])
    for mine, other in zip(
        split(left, test_fraction=0.3, seed=9), split(right, test_fraction=0.3, seed=9), strict=True
    ):
        assert mine.column("a").to_pylist() == other.column("b").to_pylist()
        assert mine.column("a").to_pylist() == sorted(mine.column("a").to_pylist())
        assert columns_with_role(mine, "key") == ["id"]


def test_seeds_differ_and_rows_are_spread() -> None:
    masks = [split_rows(10_000, test_fraction=0.5, seed=seed) for seed in (0, 1)]
    assert not np.array_equal(*masks)
    assert abs(masks[0][:5000].sum() - 2500) < 250


@pytest.mark.parametrize("fraction", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_fractions_out_of_range(fraction: float) -> None:
    with pytest.raises(TacitError) as caught:
        split_rows(10, test_fraction=fraction, seed=0)
    assert caught.value.code == "parameter.invalid"
