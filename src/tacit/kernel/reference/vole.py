"""The expand-convolute code value by value."""

from __future__ import annotations

from tacit.kernel.arrays import Bytes
from tacit.kernel.reference.field import blocks_of, multiply, numbers
from tacit.kernel.reference.prg import encrypt, expand_key

WINDOW = 24


def words(seed: bytes, stream: int, count: int) -> list[int]:
    """32-bit numbers: AES-128 of the little-endian counters from stream · 2^64 on."""
    keys = expand_key(seed)
    blocks = [encrypt(keys, (stream << 64 | block).to_bytes(16, "little")) for block in range(-(-count // 4))]
    joined = b"".join(blocks)
    return [int.from_bytes(joined[at : at + 4], "little") for at in range(0, 4 * count, 4)]


def convolve(values: list[int], bits: list[int]) -> None:
    """v_i ← X·(v_i + v_(i-25)) + those of the 24 values before i whose bit is set; then once more over the first 25,
    into which the last ones wrap."""
    count = len(values)
    for at in range(count + WINDOW + 1):
        reach = [at - distance if 0 <= at - distance < count else None for distance in range(WINDOW + 2)]
        far = reach[WINDOW + 1]
        value = multiply(2, values[at % count] ^ (0 if far is None else values[far]))
        for distance in range(1, WINDOW + 1):
            near = reach[distance]
            if near is not None and bits[at] >> (WINDOW - distance) & 1:
                value ^= values[near]
        values[at % count] = value


def vole_compress(blocks: Bytes, weight: int, seed: bytes) -> Bytes:
    """Two convolutions of the upper half; every output is a value of the lower half plus `weight` convolved ones."""
    count = len(blocks) // 2
    values = numbers(blocks)
    lower, upper = values[:count], values[count:]
    for stream in (0, 1):
        convolve(upper, words(seed, stream, count + WINDOW + 1))
    parts = weight - weight // 2
    size = count // parts
    picks = words(seed, 2, count * weight)
    for at in range(count):
        for number in range(weight):
            pick = picks[at * weight + number]
            lower[at] ^= upper[number * size + (pick * size >> 32) if number < parts else pick * count >> 32]
    return blocks_of(lower)
