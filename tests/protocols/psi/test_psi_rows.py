"""Order, repeats and matches of byte rows against plain Python sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.protocols.psi.rows import first_occurrences, has_repeats, match_rows, random_order, sort_rows

# Two values per word: first words are shared by different rows all the time, which random tags never do.
rows_strategy = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=12)


def _rows(pairs: list[tuple[int, int]]) -> np.ndarray:
    return np.array(pairs, dtype="<u8").reshape(len(pairs), 2).view(np.uint8).reshape(len(pairs), 16)


@given(rows_strategy)
@settings(max_examples=60)
def test_sorting_gives_the_lexicographic_order_and_marks_repeats(pairs: list[tuple[int, int]]) -> None:
    order, same = sort_rows(_rows(pairs))
    ordered = [pairs[i] for i in order]
    assert ordered == sorted(pairs)
    assert list(same) == [i > 0 and ordered[i] == ordered[i - 1] for i in range(len(pairs))]
    assert has_repeats(_rows(pairs)) == (len(set(pairs)) < len(pairs))


@given(rows_strategy)
@settings(max_examples=60)
def test_first_occurrences_keep_the_table_order(pairs: list[tuple[int, int]]) -> None:
    assert list(first_occurrences(_rows(pairs))) == [i for i, pair in enumerate(pairs) if pair not in pairs[:i]]


@given(rows_strategy.map(dict.fromkeys).map(list), rows_strategy.map(dict.fromkeys).map(list))
@settings(max_examples=60)
def test_both_sides_see_the_same_sequence(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    here, there = match_rows(_rows(left), _rows(right))
    assert [left[i] for i in here] == [right[i] for i in there] == sorted(set(left) & set(right))
    assert [found.tolist() for found in match_rows(_rows(right), _rows(left))] == [there.tolist(), here.tolist()]


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_random_order_is_a_permutation(count: int) -> None:
    assert sorted(random_order(count)) == list(range(count))


def test_random_orders_differ() -> None:
    assert not np.array_equal(random_order(1000), random_order(1000))


def test_large_input_matches_numpy() -> None:
    generator = np.random.default_rng(1)
    left = generator.integers(0, 256, (5000, 16), dtype=np.uint8)
    right = np.concatenate([left[1000:2000], generator.integers(0, 256, (500, 16), dtype=np.uint8)])
    found, there = match_rows(left, right)
    assert set(found.tolist()) == set(range(1000, 2000))
    assert np.array_equal(left[found], right[there])
