"""GF(2^128) bit by bit, and AES as a fixed permutation."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.prg import encrypt, expand_key

POLYNOMIAL = 1 << 128 | 0x87


def numbers(blocks: Bytes) -> list[int]:
    """Blocks as integers: bit i is the coefficient of X^i."""
    return [int.from_bytes(row.tobytes(), "little") for row in blocks]


def blocks_of(words: Iterable[int]) -> Bytes:
    """Integers as blocks (n, 16)."""
    joined = b"".join(word.to_bytes(16, "little") for word in words)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, 16).copy()


def multiply(a: int, b: int) -> int:
    """a · b modulo the polynomial."""
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
        a ^= POLYNOMIAL if a >> 128 else 0
    return product


def inverse(a: int) -> int:
    """a^(2^128 - 2)."""
    out, square = 1, a
    for _ in range(127):
        square = multiply(square, square)
        out = multiply(out, square)
    return out


def field_scale(factor: bytes, blocks: Bytes) -> Bytes:
    """Every block times the factor."""
    return blocks_of(multiply(int.from_bytes(factor, "little"), word) for word in numbers(blocks))


def field_inner(a: Bytes, b: Bytes) -> bytes:
    """Σ a_i b_i."""
    total = 0
    for x, y in zip(numbers(a), numbers(b), strict=True):
        total ^= multiply(x, y)
    return total.to_bytes(16, "little")


def block_hash(blocks: Bytes, key: bytes) -> Bytes:
    """π(x) ⊕ x with π = AES-128 under `key`."""
    keys = expand_key(key)
    images = [encrypt(keys, row.tobytes()) for row in blocks]
    return np.frombuffer(b"".join(images), dtype=np.uint8).reshape(-1, 16) ^ blocks
