"""Keystreams of AES-128-CTR: pseudorandom bytes and words from a key and a stream number.

The counter block is the stream number (8 bytes, big-endian) followed by the block number (8 bytes, big-endian).
"""

from __future__ import annotations

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, Words, check_count, check_secret


def prg_bytes(key: bytes, stream: int, count: int, offset: int = 0) -> Bytes:
    """`count` bytes of stream number `stream` (below 2^64) under the 16-byte `key`, from byte `offset` on."""
    _check(key, stream, count, offset)
    return _native.prg_bytes(key, int(stream), int(count), int(offset))


def prg_u64(key: bytes, stream: int, count: int, offset: int = 0) -> Words:
    """The same stream as little-endian words: `count` of them, from word `offset` on."""
    _check(key, stream, count, offset)
    return _native.prg_u64(key, int(stream), int(count), int(offset))


def _check(key: bytes, stream: int, count: int, offset: int) -> None:
    check_secret(key, "key", 16)
    check_count(stream, "stream", 1 << 64)
    check_count(count, "count", 1 << 48)
    check_count(offset, "offset")
