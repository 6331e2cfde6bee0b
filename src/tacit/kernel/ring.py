"""Matrix products over Z_2^64: uint64 arrays, wrapping. (Element-wise arithmetic is NumPy's own.)"""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Words, check


def ring_matmul(a: Words, b: Words) -> Words:
    """(m, k) times (k, n) → (m, n)."""
    check(a, "a", np.uint64, 2)
    check(b, "b", np.uint64, 2)
    return _native.ring_matmul(a, b)


def ring_matvec(a: Words, v: Words) -> Words:
    """(m, k) times the column (k,) → (m,)."""
    check(a, "a", np.uint64, 2)
    check(v, "v", np.uint64, 1)
    return _native.ring_matvec(a, v)


def ring_matvec_t(a: Words, v: Words) -> Words:
    """The transpose of `a` (m, k) times the column (m,) → (k,), without transposing."""
    check(a, "a", np.uint64, 2)
    check(v, "v", np.uint64, 1)
    return _native.ring_matvec_t(a, v)
