"""Products over Z_2^64 with Python's integers."""

from __future__ import annotations

import numpy as np

from tacit.kernel.arrays import Words


def ring_matmul(a: Words, b: Words) -> Words:
    """Row times column, modulo 2^64."""
    rows, columns = a.tolist(), b.T.tolist()
    words = [[sum(x * y for x, y in zip(row, column, strict=True)) % 2**64 for column in columns] for row in rows]
    return np.array(words, dtype=np.uint64).reshape(a.shape[0], b.shape[1])


def ring_matvec(a: Words, v: Words) -> Words:
    """`v` as a matrix of one column."""
    return ring_matmul(a, v.reshape(-1, 1)).reshape(-1)


def ring_matvec_t(a: Words, v: Words) -> Words:
    """The transpose, written out."""
    return ring_matvec(a.T, v)
