"""Sketches of sets: their difference is told exactly while it is small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.privacy.dominance import largest_share, worst_share
from tacit.privacy.releases import MOST, difference, read_sketch, sketch_of


def ids(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 2**63, count, dtype=np.uint64)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 400), st.integers(0, 50), st.integers(0, 50), st.integers(0, 1000))
def test_the_difference_is_exact(common: int, left: int, right: int, seed: int) -> None:
    rows = ids(common + left + right, seed)
    one, other = rows[: common + left], np.r_[rows[:common], rows[common + left :]]
    assert difference(sketch_of(one), sketch_of(other)) == left + right


@pytest.mark.parametrize("seed", range(20))
def test_differences_up_to_the_promise_are_always_told(seed: int) -> None:
    rows = ids(5000, seed)
    assert difference(sketch_of(rows), sketch_of(rows[MOST:])) == MOST


def test_large_differences_are_not_told_as_small_ones() -> None:
    assert difference(sketch_of(ids(5000, 1)), sketch_of(ids(5000, 2))) is None
    told = [difference(sketch_of(ids(400, seed)), sketch_of(ids(0))) for seed in range(20)]
    assert all(one in (None, 400) for one in told)


def test_repeated_rows_count_once_and_order_does_not_matter() -> None:
    rows = ids(50)
    twice = np.r_[rows[::-1], rows]
    assert difference(sketch_of(rows), sketch_of(twice)) == 0


def test_a_sketch_survives_its_text() -> None:
    one = sketch_of(ids(300))
    assert difference(read_sketch(one.text()), one) == 0
    with pytest.raises(ValueError):
        read_sketch("AAAA")


def test_shares() -> None:
    values = np.array([1.0, -3.0, 0.0])
    assert largest_share(values) == 0.75
    assert worst_share(values, 2) == 1.0 and worst_share(values, 3) == 0.75
    assert largest_share(np.zeros(3)) == worst_share(np.array([]), 5) == 0.0
