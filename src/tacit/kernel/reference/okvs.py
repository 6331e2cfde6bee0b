"""Key-value stores by Gaussian elimination over the whole matrix, and the join of tags by a dictionary."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tacit.kernel.arrays import Bytes
from tacit.kernel.okvs import Numbers, Offsets, okvs_shape
from tacit.kernel.reference.field import block_hash, blocks_of, inverse, multiply, numbers
from tacit.kernel.reference.prg import encrypt, expand_key


def bin_partition(keys: Bytes, bins: int) -> tuple[Bytes, Numbers, Offsets]:
    """The bin of a key is its top 64 bits times bins / 2^64, rounded down."""
    places = np.array([(word >> 64) * bins >> 64 for word in numbers(keys)], dtype=np.int64)
    order = np.argsort(places, kind="stable").astype(np.uint32)
    counts = np.bincount(places, minlength=bins)
    return keys[order], order, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def row(position: int, element: int, sparse: int, dense: int) -> dict[int, int]:
    """Entries of a key's row: three ones at distinct positions, then powers of the element."""
    low = position & 0xFFFFFFFF
    taken = [low * sparse >> 32]
    for turn in (1, 2):
        place = (position >> 32 * turn & 0xFFFFFFFF) * (sparse - turn) >> 32
        for other in sorted(taken):
            place += place >= other
        taken.append(place)
    entries = dict.fromkeys(taken, 1)
    power = 1
    for column in range(sparse, sparse + dense):
        power = multiply(power, element)
        entries[column] = power
    return entries


def rows(keys: Bytes, sparse: int, dense: int, seed: bytes) -> list[dict[int, int]]:
    """Positions are hashed under the seed, elements under the seed with its lowest bit flipped."""
    other = bytes([seed[0] ^ 1]) + seed[1:]
    pairs = zip(numbers(block_hash(keys, seed)), numbers(block_hash(keys, other)), strict=True)
    return [row(position, element, sparse, dense) for position, element in pairs]


def okvs_encode(keys: Bytes, values: Bytes, offsets: Offsets, capacity: int, bits: float, seed: bytes) -> Bytes:
    """One solution of many: free entries are zero."""
    shape = okvs_shape(capacity, bits)
    solved = [
        solve(rows(keys[a:b], *shape, seed), numbers(values[a:b]), sum(shape)) for a, b in pairwise(offsets.tolist())
    ]
    return np.stack([blocks_of(vector) for vector in solved])


def okvs_encode_masked(
    masks: Bytes, keys: Bytes, offsets: Offsets, capacity: int, bits: float, seed: bytes, value_key: bytes
) -> None:
    """The masks plus a solution; another than the kernel's, which gives the keys the same values."""
    masks ^= okvs_encode(keys, block_hash(keys, value_key), offsets, capacity, bits, seed)


def solve(equations: list[dict[int, int]], values: list[int], unknowns: int) -> list[int]:
    """Elimination, pivot by pivot. ArithmeticError if there is no solution."""
    pivots: list[tuple[int, dict[int, int], int]] = []
    for equation, value in zip(equations, values, strict=True):
        for column, other, known in pivots:
            if factor := equation.get(column, 0):
                value ^= multiply(factor, known)
                for place, entry in other.items():
                    equation[place] = equation.get(place, 0) ^ multiply(factor, entry)
        column = next((place for place, entry in equation.items() if entry), -1)
        if column < 0:
            raise ArithmeticError("no solution")
        factor = inverse(equation[column])
        pivots.append((column, {k: multiply(factor, v) for k, v in equation.items()}, multiply(factor, value)))
    out = [0] * unknowns
    for column, equation, value in reversed(pivots):
        for place, entry in equation.items():
            value ^= multiply(entry, out[place]) if place != column else 0
        out[column] = value
    return out


def okvs_decode(keys: Bytes, vectors: Bytes, offsets: Offsets, capacity: int, bits: float, seed: bytes) -> Bytes:
    """The product of every row with the vector of its bin."""
    shape = okvs_shape(capacity, bits)
    out = []
    for number, entries in enumerate(rows(keys, *shape, seed)):
        vector = numbers(vectors[int(np.searchsorted(offsets, number, side="right")) - 1])
        total = 0
        for place, entry in entries.items():
            total ^= multiply(entry, vector[place])
        out.append(total)
    return blocks_of(out)


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
    """One after the other."""
    return tag_hash(okvs_decode(keys, vectors, offsets, capacity, bits, seed), tag_key, width)


def tag_hash(blocks: Bytes, key: bytes, width: int) -> Bytes:
    """π(π(x)) ⊕ π(x), cut."""
    keys = expand_key(key)
    once = [encrypt(keys, block.tobytes()) for block in blocks]
    twice = [encrypt(keys, block) for block in once]
    rows = [bytes(a ^ b for a, b in zip(x, y, strict=True))[:width] for x, y in zip(once, twice, strict=True)]
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(-1, width).copy()


def tag_join(tags: Bytes, offsets: Offsets, peer: Bytes) -> Numbers:
    """Bin by bin, the first own tag for every one of the peer's."""
    found = []
    for bin_, (a, b) in enumerate(pairwise(offsets.tolist())):
        own: dict[bytes, int] = {}
        for number in range(a, b):
            own.setdefault(tags[number].tobytes(), number)
        for place, tag in enumerate(peer[bin_]):
            if tag.tobytes() in own:
                found.append((own[tag.tobytes()], bin_ * peer.shape[1] + place))
    return np.array(found, dtype=np.uint32).reshape(-1, 2)


def tag_match(tags: Bytes, offsets: Offsets, peer: Bytes) -> tuple[Numbers, Numbers, Bytes]:
    """The columns of the pairs, and which places are in the second."""
    pairs = tag_join(tags, offsets, peer)
    found = np.isin(np.arange(peer.shape[0] * peer.shape[1]), pairs[:, 1])
    return pairs[:, 0].copy(), pairs[:, 1].copy(), np.packbits(found, bitorder="little")
