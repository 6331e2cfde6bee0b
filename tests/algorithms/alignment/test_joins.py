"""Rows of a result from matched keys: multiplicities, gaps, names."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.algorithms.alignment import joins
from tacit.errors import ResourceError
from tacit.protocols.psi.rows import Indices


def _rows(*numbers: int) -> Indices:
    return np.array(numbers, dtype=np.int64)


def test_rows_that_repeat_a_key_join_its_group() -> None:
    groups = joins.groups_of(_rows(7, 2), _rows(9, 3, 8, 5), _rows(2, 2, 7, 4))
    assert groups.rows.tolist() == [7, 8, 2, 3, 9]
    assert groups.counts.tolist() == [2, 3]


def test_without_matches_there_are_no_groups() -> None:
    groups = joins.groups_of(_rows(), _rows(1), _rows(0))
    assert (groups.rows.tolist(), groups.starts.tolist()) == ([], [0])
    assert joins.combined(groups, _rows(), outer=True).tolist() == []


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), max_size=8))
@settings(max_examples=40)
def test_both_sides_walk_the_same_pairs(counts: list[tuple[int, int]]) -> None:
    sides = []
    for side in (0, 1):
        own = np.array([pair[side] for pair in counts], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(own)]).astype(np.int64)
        groups = joins.Groups(np.arange(starts[-1], dtype=np.int64), starts)
        other = np.array([pair[1 - side] for pair in counts], dtype=np.int64)
        sides.append(joins.combined(groups, other, outer=side == 0).tolist())
    starts_a = np.concatenate([[0], np.cumsum([a for a, _ in counts])]).astype(int)
    starts_b = np.concatenate([[0], np.cumsum([b for _, b in counts])]).astype(int)
    expected = [
        (starts_a[k] + i, starts_b[k] + j) for k, (a, b) in enumerate(counts) for i in range(a) for j in range(b)
    ]
    assert list(zip(*sides, strict=True)) == expected


def test_too_many_pairs_are_refused_before_they_are_made() -> None:
    groups = joins.Groups(np.arange(1 << 16, dtype=np.int64), _rows(0, 1 << 16))
    with pytest.raises(ResourceError) as caught:
        joins.combined(groups, _rows(1 << 31), outer=True)
    assert caught.value.code == "psi.result_too_large"


@pytest.mark.parametrize("theirs", [[1 << 23], [(1 << 32) - 1] * 8, [1, 1, 1, (1 << 32) - 1]])
def test_multiplicities_that_a_peer_invents_take_no_memory(theirs: list[int]) -> None:
    """Sums of products that wrap around, and numbers that would have raised their own limit."""
    for own in (1, 1 << 30):
        starts = np.arange(len(theirs) + 1, dtype=np.int64) * own
        groups = joins.Groups(np.zeros(1, dtype=np.int64), starts)
        with pytest.raises(ResourceError) as caught:
            joins.combined(groups, _rows(*theirs), outer=False)
        assert caught.value.code == "psi.result_too_large"


def test_the_limit_follows_what_is_known() -> None:
    joins.check_rows(1 << 22, 0)
    joins.check_rows(256 * 10**6, 10**6)
    for rows, known in ((1 << 23, 10), (257 * 10**6, 10**6), (1 << 32, 1 << 30)):
        with pytest.raises(ResourceError):
            joins.check_rows(rows, known)


def test_rows_without_a_partner_stand_at_their_side() -> None:
    one = joins.outer_rows(_rows(4), _rows(1, 2), 1, receiver=True)
    other = joins.outer_rows(_rows(0), _rows(5), 2, receiver=False)
    assert one.tolist() == [4, 1, 2, joins.ABSENT]
    assert other.tolist() == [0, joins.ABSENT, joins.ABSENT, 5]


def test_missing_rows_are_null_and_roles_stay() -> None:
    table = pa.table({"x": [10, 20]}, schema=pa.schema([pa.field("x", pa.int64(), metadata={"tacit.role": "label"})]))
    taken = joins.take_rows(table, _rows(1, joins.ABSENT, 0))
    assert taken["x"].to_pylist() == [20, None, 10]
    assert taken.field("x").metadata == {b"tacit.role": b"label"}


def test_names_of_given_columns_that_are_taken() -> None:
    table = pa.table({"x": [1, 2], "sender_x": [3, 4]})
    made = joins.with_columns(table, pa.table({"c0": [9]}), ("x",), "sender")
    assert made.column_names == ["x", "sender_x", "sender_x_"]
    assert made["sender_x_"].to_pylist() == [9, None]
