"""How keys are laid out in bins, and bins in messages: from public sizes alone, alike on both sides."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tacit import kernel

FULL_BIN = 1 << 15  # receiver's keys per bin on average, at least: vectors of 0.7 to 1.4 MB, near the second cache
WIDE_BIN = 1 << 19  # sender's keys per bin on average, at most: what a message holds stays small
GROUP_ENTRIES = 520_000  # of vectors in a message: 8.3 MB, and eight blocks of oblivious evaluation
GROUP_PLACES = 1 << 20  # of tags in a message
LEAST_GROUPS = 4  # of runs with as many bins: both sides work at the same time
# -log2 of what may go wrong: three times 2^-43 and once 2^-41 are less than 2^-40 together.
BIN_BITS = 43.0  # a bin of one side overflows
STORE_BITS = 43.0  # a bin has no store
TAG_BITS = 41.0  # tags of unequal keys are equal


@dataclass(frozen=True, slots=True)
class Layout:
    """`capacity`, `sender_capacity`: keys per bin at most. `bits`: -log2 of a store's failure, per bin. `entries`: of
    a bin's vector. `group`: bins per message. `width`: bytes of a tag."""

    bins: int
    capacity: int
    sender_capacity: int
    bits: float
    entries: int
    group: int
    width: int

    def groups(self) -> list[tuple[int, int]]:
        """(first bin, end) of every message."""
        return [(first, min(first + self.group, self.bins)) for first in range(0, self.bins, self.group)]


def layout(receiver_count: int, sender_count: int) -> Layout:
    """The layout for these numbers of distinct keys. Every bound is a union bound over all bins.

    Overflow at one side, overflow at the other, no store, and a false match: together below 2^-40.
    """
    bins = max(_below(receiver_count // FULL_BIN), _above(-(-sender_count // WIDE_BIN)))
    capacity = max(1, kernel.bin_capacity(receiver_count, bins, BIN_BITS))
    sender_capacity = max(1, kernel.bin_capacity(sender_count, bins, BIN_BITS))
    bits = STORE_BITS + math.log2(bins)
    entries = sum(kernel.okvs_shape(capacity, bits))
    group = min(GROUP_ENTRIES // entries, GROUP_PLACES // sender_capacity, bins // LEAST_GROUPS)
    compared = math.log2(max(receiver_count, 1)) + math.log2(sender_capacity)  # every key with every place of its bin
    return Layout(bins, capacity, sender_capacity, bits, entries, max(group, 1), math.ceil((TAG_BITS + compared) / 8))


def _below(number: int) -> int:
    """The largest power of two that is at most `number`; 1 for 0."""
    return 1 << max(number, 1).bit_length() - 1


def _above(number: int) -> int:
    """The smallest power of two that is at least `number`; 1 for 0."""
    return 1 << max(number - 1, 0).bit_length()
