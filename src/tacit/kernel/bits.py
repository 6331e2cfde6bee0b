"""Bits of 64-bit words: order, planes (bit-sliced form), packing. Bit 0 is the least significant."""

from __future__ import annotations

import numpy as np

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, Words, check, check_count


def bit_reverse_u64(words: Words) -> Words:
    """Every word with its bits in reverse order; any shape."""
    flat = words.reshape(-1) if isinstance(words, np.ndarray) and words.flags.c_contiguous else words
    check(flat, "words", np.uint64, 1)
    return _native.bit_reverse_u64(flat).reshape(words.shape)


def bit_planes(words: Words) -> Words:
    """(n,) → (64, ⌈n/64⌉): row b holds bit b of every word, packed; unused bits are 0."""
    check(words, "words", np.uint64, 1)
    return _native.bit_planes(words)


def bit_planes_join(planes: Words, count: int) -> Words:
    """(64, ⌈count/64⌉) → (count,): the words whose planes these are."""
    check(planes, "planes", np.uint64, 2)
    check_count(count, "count")
    return _native.bit_planes_join(planes, int(count))


def bit_pack(bits: Bytes) -> Words:
    """(n,) bytes 0 or 1 → ⌈n/64⌉ words, first byte in bit 0. ValueError for another byte."""
    check(bits, "bits", np.uint8, 1)
    return _native.bit_pack(bits)


def bit_unpack(words: Words, count: int) -> Bytes:
    """⌈count/64⌉ words → the first `count` bits as bytes 0 or 1."""
    check(words, "words", np.uint64, 1)
    check_count(count, "count")
    return _native.bit_unpack(words, int(count))
