"""Oblivious key-value stores in bins, and the tags that are compared after them.

A store over a bin of keys is a vector P of blocks. The row of a key picks three sparse entries of P, and weighs the
dense ones by powers of a field element; the sum is the key's value. Keys are blocks (n, 16) that are hashes already,
sorted into bins: bin i holds rows offsets[i] to offsets[i + 1]. `seed` (16 bytes) is public and chosen after the keys.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, check, check_count, check_secret
from tacit.kernel.field import check_blocks

Offsets: TypeAlias = npt.NDArray[np.int64]
Numbers: TypeAlias = npt.NDArray[np.uint32]


def bin_capacity(keys: int, bins: int, bits: float = 40.0) -> int:
    """Load that none of `bins` bins exceeds with `keys` random keys, but for a probability of 2^-bits over all bins."""
    check_count(keys, "keys", 1 << 32)
    _check_bins(bins)
    return _native.bin_capacity(int(keys), int(bins), _bits(bits))


def bin_partition(keys: Bytes, bins: int) -> tuple[Bytes, Numbers, Offsets]:
    """Keys sorted into bins by their top bits → (keys, their old numbers, offsets)."""
    check_blocks(keys, "keys")
    check_count(keys.shape[0], "number of keys", 1 << 32)
    _check_bins(bins)
    return _native.bin_partition(keys, int(bins))


def okvs_shape(capacity: int, bits: float) -> tuple[int, int]:
    """(sparse, dense) entries of the vector of a bin with up to `capacity` keys that fails with probability 2^-bits.

    `bits` is per bin: 40 + log2(bins) for 2^-40 over all.
    """
    _check_capacity(capacity)
    return _native.okvs_shape(int(capacity), _bits(bits))


def okvs_encode(keys: Bytes, values: Bytes, offsets: Offsets, capacity: int, bits: float, seed: bytes) -> Bytes:
    """Vectors of all bins → (bins, sparse + dense, 16), random but for the values of the keys.

    ArithmeticError if a bin has no solution under `seed`: a key that is there twice, or, with probability 2^-bits, bad
    luck. ValueError if a bin holds more than `capacity` keys.
    """
    check_blocks(keys, "keys")
    check_blocks(values, "values")
    _check_store(offsets, capacity, seed)
    return _native.okvs_encode(keys, values, offsets, int(capacity), _bits(bits), seed)


def okvs_encode_masked(
    masks: Bytes, keys: Bytes, offsets: Offsets, capacity: int, bits: float, seed: bytes, value_key: bytes
) -> None:
    """Add to `masks` (bins, sparse + dense, 16), in place, the vectors that give every key its `block_hash`.

    `value_key` (16 bytes) is that of the hash. Free entries of the vectors are zero: only for masks that nobody else
    knows. Errors as for `okvs_encode`; after an ArithmeticError some bins of `masks` are changed and others are not.
    """
    check(masks, "masks", np.uint8, 3)
    if not masks.flags.writeable:
        raise ValueError("masks must be writeable")
    check_blocks(keys, "keys")
    _check_store(offsets, capacity, seed)
    check_secret(value_key, "value_key", 16)
    _native.okvs_encode_masked(masks, keys, offsets, int(capacity), _bits(bits), seed, value_key)


def okvs_decode(keys: Bytes, vectors: Bytes, offsets: Offsets, capacity: int, bits: float, seed: bytes) -> Bytes:
    """What the vectors (bins, sparse + dense, 16) give for every key → (n, 16); linear in `vectors`."""
    check_blocks(keys, "keys")
    check(vectors, "vectors", np.uint8, 3)
    _check_store(offsets, capacity, seed)
    return _native.okvs_decode(keys, vectors, offsets, int(capacity), _bits(bits), seed)


def okvs_decode_tags(
    keys: Bytes,
    vectors: Bytes,
    offsets: Offsets,
    capacity: int,
    bits: float,
    seed: bytes,
    tag_key: bytes,
    width: int,
) -> Bytes:
    """`tag_hash` of what `okvs_decode` gives → (n, width), without the values in between."""
    check_blocks(keys, "keys")
    check(vectors, "vectors", np.uint8, 3)
    _check_store(offsets, capacity, seed)
    check_secret(tag_key, "tag_key", 16)
    check_count(width, "width", 17)
    _check_width(width)
    return _native.okvs_decode_tags(keys, vectors, offsets, int(capacity), _bits(bits), seed, tag_key, int(width))


def tag_hash(blocks: Bytes, key: bytes, width: int) -> Bytes:
    """The first `width` (4 to 16) bytes of the hash of every block → (n, width). `key` (16 bytes) is public."""
    check_blocks(blocks, "blocks")
    check_secret(key, "key", 16)
    check_count(width, "width", 17)
    _check_width(width)
    return _native.tag_hash(blocks, key, int(width))


def tag_pad(tags: Bytes, offsets: Offsets, capacity: int) -> tuple[Bytes, Numbers]:
    """Every bin filled up with random tags and shuffled → ((bins, capacity, width), origins of bins · capacity places).

    An origin is a row of `tags`, or 2^32 - 1 for a random one. ValueError if a bin holds more than `capacity`.
    """
    check(tags, "tags", np.uint8, 2)
    check(offsets, "offsets", np.int64, 1)
    _check_capacity(capacity)
    _check_width(tags.shape[1])
    return _native.tag_pad(tags, offsets, int(capacity))


def tag_join(tags: Bytes, offsets: Offsets, peer: Bytes) -> Numbers:
    """Rows (own, peer's) of equal tags in the same bin → (k, 2), in the order of `peer` (bins, m, width).

    Of equal own tags the first is found. ValueError if a bin holds more than 2^24 tags.
    """
    _check_lists(tags, offsets, peer)
    return _native.tag_join(tags, offsets, peer)


def tag_match(tags: Bytes, offsets: Offsets, peer: Bytes) -> tuple[Numbers, Numbers, Bytes]:
    """As `tag_join` → own rows (k,), the peer's (k,), and a bit for each of the peer's: whether it was found.

    Bits are packed lowest first into ⌈bins · m / 8⌉ bytes, as by `np.packbits(…, bitorder="little")`.
    """
    _check_lists(tags, offsets, peer)
    return _native.tag_match(tags, offsets, peer)


def _check_lists(tags: Bytes, offsets: Offsets, peer: Bytes) -> None:
    check(tags, "tags", np.uint8, 2)
    check(offsets, "offsets", np.int64, 1)
    check(peer, "peer", np.uint8, 3)
    _check_width(tags.shape[1])
    check_count(max(tags.shape[0], peer.shape[0] * peer.shape[1]), "number of tags", 1 << 32)


def _check_store(offsets: Offsets, capacity: int, seed: bytes) -> None:
    check(offsets, "offsets", np.int64, 1)
    _check_capacity(capacity)
    check_secret(seed, "seed", 16)


def _check_bins(bins: int) -> None:
    check_count(bins, "bins", 1 << 24)
    if bins == 0:
        raise ValueError("bins must be at least 1")


def _check_capacity(capacity: int) -> None:
    check_count(capacity, "capacity", (1 << 24) + 1)
    if capacity == 0:
        raise ValueError("capacity must be at least 1")


def _check_width(width: int) -> None:
    if not 4 <= width <= 16:
        raise ValueError("width must be in 4..16")


def _bits(bits: float) -> float:
    if not (isinstance(bits, (int, float)) and math.isfinite(bits) and 1 <= bits <= 128):
        raise ValueError("bits must be a number in 1..128")
    return float(bits)
