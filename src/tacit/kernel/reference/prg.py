"""AES-128 in counter mode as FIPS 197 and NIST SP 800-38A write it."""

from __future__ import annotations

import numpy as np

from tacit.kernel.arrays import Bytes, Words

Block = list[int]


def prg_bytes(key: bytes, stream: int, count: int, offset: int = 0) -> Bytes:
    """Blocks stream || i for ascending i, encrypted, then cut at `offset` and `count`."""
    first, last = offset // 16, -(-(offset + count) // 16)
    keys = expand_key(key)
    stream_bytes = b"".join(encrypt(keys, (stream << 64 | block).to_bytes(16, "big")) for block in range(first, last))
    return np.frombuffer(stream_bytes, dtype=np.uint8)[offset - 16 * first :][:count].copy()


def prg_u64(key: bytes, stream: int, count: int, offset: int = 0) -> Words:
    """Eight bytes a word, little-endian."""
    return prg_bytes(key, stream, 8 * count, 8 * offset).view("<u8").astype(np.uint64)


def double(x: int) -> int:
    """x times the polynomial x modulo x^8 + x^4 + x^3 + x + 1."""
    return (x << 1 ^ 0x11B) if x & 0x80 else x << 1


def multiply(x: int, y: int) -> int:
    """Product in GF(2^8)."""
    product = 0
    while y:
        product ^= x if y & 1 else 0
        x, y = double(x), y >> 1
    return product


def substitute(x: int) -> int:
    """The S-box: inverse in GF(2^8), then the affine map (FIPS 197, 5.1.1)."""
    inverse = 1
    for _ in range(254):
        inverse = multiply(inverse, x)
    out = 0x63
    for turn in range(5):
        out ^= (inverse << turn | inverse >> (8 - turn)) & 0xFF
    return out


SBOX = [substitute(x) for x in range(256)]


def expand_key(key: bytes) -> list[Block]:
    """Eleven round keys (FIPS 197, 5.2)."""
    words = [list(key[i : i + 4]) for i in range(0, 16, 4)]
    constant = 1
    for i in range(4, 44):
        word = words[-1]
        if i % 4 == 0:
            word = [SBOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= constant
            constant = double(constant)
        words.append([x ^ y for x, y in zip(words[i - 4], word, strict=True)])
    return [[byte for word in words[i : i + 4] for byte in word] for i in range(0, 44, 4)]


def encrypt(keys: list[Block], block: bytes) -> bytes:
    """One block (FIPS 197, 5.1). Byte 4c + r of the state is row r, column c."""
    state = [x ^ y for x, y in zip(block, keys[0], strict=True)]
    for turn in range(1, 11):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if turn < 10:
            state = mix_columns(state)
        state = [x ^ y for x, y in zip(state, keys[turn], strict=True)]
    return bytes(state)


def mix_columns(state: Block) -> Block:
    """Every column times 3x^3 + x^2 + x + 2."""
    out = []
    for column in range(0, 16, 4):
        a, b, c, d = state[column : column + 4]
        out += [
            double(a) ^ double(b) ^ b ^ c ^ d,
            a ^ double(b) ^ double(c) ^ c ^ d,
            a ^ b ^ double(c) ^ double(d) ^ d,
            double(a) ^ a ^ b ^ c ^ double(d),
        ]
    return out
