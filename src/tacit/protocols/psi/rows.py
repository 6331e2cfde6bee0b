"""Exact comparison of rows of bytes (digests, tags) without a Python loop: order, repeats, matches."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

ByteRows = NDArray[np.uint8]  # (n, width), width a multiple of 8
Indices = NDArray[np.int64]


def sort_rows(rows: ByteRows) -> tuple[Indices, NDArray[np.bool_]]:
    """An order in which equal rows are neighbours, and for each row in that order whether it equals the one before.

    rows: (n, 8k) bytes. The order is by the little-endian 64-bit words, first word first; the same rows in another
    input order give the same sequence of values. Work: one 64-bit sort unless different rows share their first word.
    """
    words = np.ascontiguousarray(rows).view("<u8").reshape(len(rows), rows.shape[1] // 8)
    order = np.argsort(words[:, 0]).astype(np.int64, copy=False)
    first = words[order, 0]
    ties = np.flatnonzero(first[1:] == first[:-1]) + 1
    equal = np.all(words[order[ties]] == words[order[ties - 1]], axis=1)
    if not equal.all():
        order = np.lexsort(words.T[::-1]).astype(np.int64, copy=False)
        ties = np.arange(1, len(order))
        equal = np.all(words[order[1:]] == words[order[:-1]], axis=1)
    same = np.zeros(len(order), dtype=bool)
    same[ties] = equal
    return order, same


def has_repeats(rows: ByteRows) -> bool:
    """Whether any row occurs twice."""
    return bool(sort_rows(rows)[1].any())


def first_occurrences(rows: ByteRows) -> Indices:
    """Index of the first occurrence of every distinct row, ascending."""
    order, same = sort_rows(rows)
    if not same.any():
        return np.arange(len(rows), dtype=np.int64)
    starts = np.flatnonzero(~same)
    return np.sort(np.minimum.reduceat(order, starts))


def match_rows(mine: ByteRows, theirs: ByteRows) -> tuple[Indices, Indices]:
    """Indices into `mine` and into `theirs` of the rows that stand in both, ordered by their values (`sort_rows`).

    Each side must be free of repeats. Two parties that swap the arguments get the same sequence of common rows.
    """
    order, same = sort_rows(np.concatenate([mine, theirs]))
    hits = np.flatnonzero(same)
    pair = order[hits], order[hits - 1]
    return np.minimum(*pair), np.maximum(*pair) - len(mine)


def random_order(count: int) -> Indices:
    """A permutation of 0..count-1 from the randomness of the operating system.

    Ranks of random 64-bit numbers: two equal ones, which would favour one order, occur with probability below
    count² / 2^65.
    """
    return np.argsort(np.frombuffer(os.urandom(8 * count), dtype=np.uint64)).astype(np.int64, copy=False)
