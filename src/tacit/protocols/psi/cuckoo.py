"""Cuckoo hashing with three tables: each item of one side gets a bin of its own, at one of three places.

There are 1.33 bins per item (at least 3072), in three tables of the same size; place j of an item is in table j.
Probability that no placement exists: then a smallest set of t items lies in t − 1 bins, each hit by at least two of
them, so that with B bins per table and any z > 0 it is at most

    Σ_{t ≥ 4} C(n, t) · C(3B, t − 1) · (t!)³ · (e^z − 1 − z)^(t−1) / (z·B)^(3t)

(Hall's theorem; t items into a bins of a table, each twice or more, in at most t!·(e^z − 1 − z)^a / z^t ways). With z
chosen for every t this is below 2^-41 for every n from 1 to 2^22; the tests compute it. Below 1.3 bins per item
this bound says nothing, which is why there are more than the 1.27 that experiments suggest.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from tacit.kernel import block_hash
from tacit.protocols.psi.oprf import unlucky
from tacit.protocols.psi.rows import ByteRows, Indices

TABLES = 3
SMALLEST = 3072
ROUNDS = 1 << 13  # walks of the last item; a few dozen are usual
_FREE = -1
_BITS = np.uint64(40)

Places = NDArray[np.int64]  # (3, n)


def bin_count(items: int) -> int:
    """Number of bins for so many items, a multiple of 3."""
    return TABLES * max(SMALLEST // TABLES, -(-items * 133 // (100 * TABLES)))


def places(keys: ByteRows, key: bytes, bins: int) -> Places:
    """The bins (3, n) where the items with these keys (n, 16) may lie; `key` (16 bytes) is public."""
    words = block_hash(keys, key).view("<u8").reshape(len(keys), 2)
    low = (np.uint64(1) << _BITS) - np.uint64(1)
    third = words[:, 0] >> _BITS | (words[:, 1] >> _BITS & np.uint64(0xFFFF)) << np.uint64(24)
    numbers = np.stack([words[:, 0] & low, words[:, 1] & low, third])
    size = bins // TABLES  # below 2^24, so that the products stay below 2^64
    found = (numbers * np.uint64(size) >> _BITS).astype(np.int64)
    return found + size * np.arange(TABLES, dtype=np.int64)[:, None]


def place(where: Places, bins: int) -> tuple[Indices, Indices]:
    """For every bin its item, -1 if empty, and which of the item's three places it is.

    All items without a bin move at the same time; who is driven out goes to another of its places, drawn at random.
    Raises ResourceError psi.unlucky if some item finds none.
    """
    table = np.full(bins, _FREE, dtype=np.int64)
    items = np.arange(where.shape[1], dtype=np.int64)
    choices = np.zeros(len(items), dtype=np.int64)
    for _ in range(ROUNDS):
        if not len(items):
            return np.where(table == _FREE, _FREE, table // TABLES), table % TABLES
        slots, tokens = where[choices, items], TABLES * items + choices
        before = table[slots]
        table[slots] = tokens
        won = table[slots] == tokens
        driven = before[won]
        driven = driven[driven != _FREE]
        items = np.concatenate([items[~won], driven // TABLES])
        turns = 1 + (np.frombuffer(os.urandom(len(items)), dtype=np.uint8) & 1)
        choices = (np.concatenate([choices[~won], driven % TABLES]) + turns) % TABLES
    raise unlucky("no placement of the items in bins")
