"""Bits, one at a time."""

from __future__ import annotations

import numpy as np

from tacit.kernel.arrays import Bytes, Words


def bit_reverse_u64(words: Words) -> Words:
    """Each word as 64 binary digits, read backwards."""
    flipped = [int(f"{int(word):064b}"[::-1], 2) for word in words.reshape(-1)]
    return np.array(flipped, dtype=np.uint64).reshape(words.shape)


def bit_planes(words: Words) -> Words:
    """Bit i % 64 of word (b, i // 64) is bit b of words[i]."""
    planes = [[0] * -(-len(words) // 64) for _ in range(64)]
    for index, word in enumerate(words):
        for bit in range(64):
            planes[bit][index // 64] |= (int(word) >> bit & 1) << index % 64
    return np.array(planes, dtype=np.uint64).reshape(64, -(-len(words) // 64))


def bit_planes_join(planes: Words, count: int) -> Words:
    """Word i gathers bit i of every row."""
    words = [
        sum((int(planes[bit, index // 64]) >> index % 64 & 1) << bit for bit in range(64)) for index in range(count)
    ]
    return np.array(words, dtype=np.uint64)


def bit_pack(bits: Bytes) -> Words:
    """Byte i becomes bit i % 64 of word i // 64."""
    words = [0] * -(-len(bits) // 64)
    for index, bit in enumerate(bits):
        if bit > 1:
            raise ValueError(f"entry {index} is neither 0 nor 1")
        words[index // 64] |= int(bit) << index % 64
    return np.array(words, dtype=np.uint64)


def bit_unpack(words: Words, count: int) -> Bytes:
    """Bit i % 64 of word i // 64 becomes byte i."""
    return np.array([int(words[index // 64]) >> index % 64 & 1 for index in range(count)], dtype=np.uint8)
