"""BLAKE3 as its specification writes it: chunks of 1024 bytes in a left-complete binary tree."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tacit.kernel.arrays import Buffer

IV = (0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
QUARTERS = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)
CHUNK_START, CHUNK_END, PARENT, ROOT, KEYED_HASH = 1, 2, 4, 8, 16

Words8 = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """The last compression of a chunk or of a parent, not yet done: it may turn out to be the root."""

    value: Words8
    block: bytes
    counter: int
    length: int
    flags: int

    def chaining_value(self) -> Words8:
        """What the parent takes from here: the first eight words."""
        return compress(self.value, self.block, self.counter, self.length, self.flags)[:8]

    def root_bytes(self, count: int) -> bytes:
        """Output of the root: the same compression with ascending counters."""
        out = b""
        while len(out) < count:
            words = compress(self.value, self.block, len(out) // 64, self.length, self.flags | ROOT)
            out += struct.pack("<16I", *words)
        return out[:count]


def compress(value: Words8, block: bytes, counter: int, length: int, flags: int) -> Words8:
    """Seven rounds over the state of sixteen 32-bit words."""
    state = [*value, *IV[:4], counter & 0xFFFFFFFF, counter >> 32, length, flags]
    message = list(struct.unpack("<16I", block))
    for _ in range(7):
        for place, (a, b, c, d) in enumerate(QUARTERS):
            mix(state, (a, b, c, d), message[2 * place], message[2 * place + 1])
        message = [message[i] for i in PERMUTATION]
    return tuple(state[i] ^ state[i + 8] for i in range(8)) + tuple(state[i + 8] ^ value[i] for i in range(8))


def mix(state: list[int], places: tuple[int, int, int, int], x: int, y: int) -> None:
    """The quarter round G."""
    a, b, c, d = places
    for word, turn_d, turn_b in ((x, 16, 12), (y, 8, 7)):
        state[a] = (state[a] + state[b] + word) & 0xFFFFFFFF
        state[d] = rotate(state[d] ^ state[a], turn_d)
        state[c] = (state[c] + state[d]) & 0xFFFFFFFF
        state[b] = rotate(state[b] ^ state[c], turn_b)


def rotate(word: int, count: int) -> int:
    """To the right, within 32 bits."""
    return (word >> count | word << (32 - count)) & 0xFFFFFFFF


def chunk(data: bytes, index: int, key: Words8, flags: int) -> Node:
    """Up to 1024 bytes, 64 at a time."""
    blocks = [data[i : i + 64] for i in range(0, len(data), 64)] or [b""]
    value = key
    for number, block in enumerate(blocks):
        flag = flags | (CHUNK_START if number == 0 else 0) | (CHUNK_END if number == len(blocks) - 1 else 0)
        node = Node(value, block.ljust(64, b"\0"), index, len(block), flag)
        value = node.chaining_value()
    return node


def tree(data: bytes, index: int, key: Words8, flags: int) -> Node:
    """The left subtree takes the largest power of two of whole chunks that leaves something for the right one."""
    if len(data) <= 1024:
        return chunk(data, index, key, flags)
    left_chunks = 1 << ((len(data) - 1) // 1024).bit_length() - 1
    left = tree(data[: left_chunks * 1024], index, key, flags)
    right = tree(data[left_chunks * 1024 :], index + left_chunks, key, flags)
    block = struct.pack("<16I", *left.chaining_value(), *right.chaining_value())
    return Node(key, block, 0, 64, flags | PARENT)


def blake3(data: bytes, key: bytes | None, out_len: int) -> bytes:
    """The hash, or the keyed hash, of `data`."""
    if key is None:
        return tree(data, 0, IV, 0).root_bytes(out_len)
    return tree(data, 0, struct.unpack("<8I", key), KEYED_HASH).root_bytes(out_len)


def blake3_hash(data: Buffer) -> bytes:
    """BLAKE3 of one buffer, 32 bytes."""
    return blake3(bytes(data), None, 32)


class Blake3:
    """Keeps everything, hashes at the end."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key
        self._data = b""

    def update(self, data: Buffer) -> None:
        """Add a buffer."""
        self._data += bytes(data)

    def digest(self) -> bytes:
        """32 bytes for everything added so far."""
        return blake3(self._data, self._key, 32)


def blake3_strings(
    data: Buffer, offsets: npt.NDArray[np.int64] | npt.NDArray[np.int32], key: bytes, out_len: int = 32
) -> npt.NDArray[np.uint8]:
    """String by string."""
    text = bytes(data)
    digests = [blake3(text[start:end], key, out_len) for start, end in pairwise(offsets.tolist())]
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(len(digests), out_len)


def blake3_short(
    data: Buffer, offsets: npt.NDArray[np.int64] | npt.NDArray[np.int32], key: bytes
) -> npt.NDArray[np.uint8]:
    """String by string, each in its form."""
    text = bytes(data)
    digests = [blake3(short_form(text[start:end]), key, 16) for start, end in pairwise(offsets.tolist())]
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(len(digests), 16)


def short_form(text: bytes) -> bytes:
    """One block with the length, or, for a longer string, 0xff and the string."""
    return (bytes([len(text)]) + text).ljust(64, b"\0") if len(text) < 64 else b"\xff" + text


def bound_hash(blocks: npt.NDArray[np.uint8], items: npt.NDArray[np.uint8], key: bytes) -> npt.NDArray[np.uint8]:
    """Row by row."""
    pairs = zip(blocks, items, strict=True)
    digests = [blake3(block.tobytes() + item.tobytes() + bytes(32), key, 32) for block, item in pairs]
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(len(digests), 32)
