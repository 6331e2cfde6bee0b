"""Rows of steps become rows of groups: in order, once, in one piece, and untouched for as long as they are needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.kernel.vole import CONSERVATIVE, FAST, vole_set
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.layout import layout
from tacit.protocols.psi.supply import Plan, _Stock


@pytest.mark.parametrize("malicious", [False, True])
@pytest.mark.parametrize("name", [FAST, CONSERVATIVE])
@pytest.mark.parametrize("count", [0, 1, 40_000, 100_000, 10**6, 10**7, 10**8])
def test_steps_cover_groups_and_hardly_more(count: int, name: str, malicious: bool) -> None:
    numbers = vole_set(name)
    plan = Plan(numbers, layout(count, count), malicious)
    made, used = plan.length(0), 0
    for step, rows in enumerate(plan.rows, 1):
        made += plan.length(step)
        used += rows
        assert made >= used
        assert plan.blocks[step] <= numbers.batch_limit // 2  # two steps may be under way
    assert made - used < max(numbers.outputs, plan.length(0))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(1, 20), st.booleans())
def test_rows_come_in_order_and_stay(groups: list[int], first: int, sent: bool) -> None:
    """Steps write numbers that count up; a group's rows are looked at again after two more steps have written."""
    lengths = [first * 8] + [0] * len(groups)
    stock = most_left = lengths[0]
    for number, rows in enumerate(groups, 1):
        lengths[number] = max(0, -(-(rows - stock) // 8) * 8)
        stock += lengths[number] - rows
        most_left = max(most_left, stock)

    class Numbers(Plan):
        def __init__(self) -> None:
            self.rows, self.blocks, self.most_left = groups, lengths, most_left

        def length(self, step: int) -> int:
            return self.blocks[step]

    kept = _Stock(Numbers(), sent=sent)
    counted = 0

    def make(length: int) -> None:
        nonlocal counted
        if length:
            kept.space(length)[:, 0] = np.arange(counted, counted + length)
            kept.put(length)
            counted += length

    make(lengths[0])
    views, ends = [], np.cumsum([0, *groups])
    for number, rows in enumerate(groups):
        make(lengths[number + 1])
        views.append(kept.take(rows))
        for past in range(0 if sent else max(0, number - 1), number + 1):
            assert np.array_equal(views[past][:, 0], np.arange(ends[past], ends[past + 1]) % 256)


def test_groups_fit_two_steps_under_way() -> None:
    """The largest group of all layouts needs no more than half of what a step may make."""
    assert -(-layouts.GROUP_ENTRIES // vole_set(CONSERVATIVE).length(1, malicious=True)) <= 8
