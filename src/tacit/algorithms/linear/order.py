"""The public order of rows and batches: the same at every party, on every platform and NumPy version."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from tacit.kernel import prg_u64


def shuffled(count: int, seed: int, number: int) -> NDArray[np.int64]:
    """Permutation `number` of range(count) from a public seed: sorted by pseudorandom words.

    Own construction rather than numpy.random, whose streams may change between releases.
    """
    key = hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=16, person=b"tacit.order").digest()
    return np.argsort(prg_u64(key, 0, count), kind="stable").astype(np.int64, copy=False)
