"""The layout of bins and messages: bounds from public sizes, every one a union bound."""

from __future__ import annotations

import itertools
import math

import pytest

from tacit import kernel
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.layout import layout

SIZES = [0, 1, 1000, 1 << 15, (1 << 16) - 1, 1 << 16, 10**6, 10**8, 1 << 30]


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("m", SIZES)
def test_bounds(n: int, m: int) -> None:
    plan = layout(n, m)
    assert plan.bins & (plan.bins - 1) == 0
    assert plan.capacity >= max(1, -(-n // plan.bins))
    assert plan.sender_capacity >= max(1, -(-m // plan.bins))
    assert plan.bits == 43 + math.log2(plan.bins)
    assert plan.entries == sum(kernel.okvs_shape(plan.capacity, plan.bits))
    assert 2.0 ** (8 * plan.width - 41) >= n * plan.sender_capacity
    assert 6 <= plan.width <= 13


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("m", SIZES)
def test_messages_stay_small_and_cover_all_bins(n: int, m: int) -> None:
    plan = layout(n, m)
    groups = plan.groups()
    assert groups[0][0] == 0 and groups[-1][1] == plan.bins
    assert all(stop == first for (_, stop), (first, _) in itertools.pairwise(groups))
    largest = max(stop - first for first, stop in groups)
    assert largest * plan.entries * 16 <= 32 << 20
    assert largest * plan.sender_capacity * plan.width <= 32 << 20


def test_the_known_table() -> None:
    """2^20 keys against as many: bins of 2^15 to 2^16, 1.3 entries and 34 bytes per item."""
    plan = layout(1 << 20, 1 << 20)
    assert (plan.bins, plan.width) == (32, 10)
    assert plan.bins * plan.entries < 1.37 * (1 << 20)


def test_the_whole_chance_of_failure_is_below_two_to_the_minus_forty() -> None:
    assert 2 * 2.0**-layouts.BIN_BITS + 2.0**-layouts.STORE_BITS + 2.0**-layouts.TAG_BITS < 2.0**-40


def test_a_small_receiver_does_not_make_large_messages_of_the_sender() -> None:
    assert layout(10, 10**8).bins == 256
