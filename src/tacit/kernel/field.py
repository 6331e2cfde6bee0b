"""GF(2^128) and the fixed-key hash, over arrays of blocks.

A block is 16 bytes, little-endian: bit i is the coefficient of X^i modulo X^128 + X^7 + X^2 + X + 1. Addition is
exclusive or. Arrays of blocks are uint8 of shape (n, 16).
"""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, check, check_secret


def check_blocks(blocks: object, name: str) -> None:
    """As `arrays.check`, for blocks: uint8 of shape (n, 16)."""
    check(blocks, name, np.uint8, 2)
    if isinstance(blocks, np.ndarray) and blocks.shape[1] != 16:
        raise ValueError(f"{name} must have shape (n, 16), not {blocks.shape}")


def field_scale(factor: bytes, blocks: Bytes) -> Bytes:
    """Every block times `factor` (16 bytes) → (n, 16)."""
    check_secret(factor, "factor", 16)
    check_blocks(blocks, "blocks")
    return _native.field_scale(factor, blocks)


def field_inner(a: Bytes, b: Bytes) -> bytes:
    """The sum of products of the rows of `a` and `b` → 16 bytes. ValueError if they have unequally many."""
    check_blocks(a, "a")
    check_blocks(b, "b")
    return _native.field_inner(a, b)


def block_hash(blocks: Bytes, key: bytes) -> Bytes:
    """AES-128(key, x) ⊕ x for every block x → (n, 16); correlation robust. `key` (16 bytes) is public."""
    check_blocks(blocks, "blocks")
    check_secret(key, "key", 16)
    return _native.block_hash(blocks, key)
