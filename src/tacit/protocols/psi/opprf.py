"""A programmable oblivious pseudorandom function on whole sets: one side asks, the other decides what some keys give.

The asking side learns at each of its queries a block per hint: the programmed one if the other side programmed that
key, otherwise one that looks random to both. It cannot tell which. The programming side learns nothing.

Function (Rindal, Schoppmann 2021/266; Raghuraman, Rindal 2022/320): the asking side puts k ↦ G(k) for its queries
into a key-value store P, both make vectors C = A·Δ + B over GF(2^128), and it sends A ⊕ P. The other has
K = B + Δ·(A ⊕ P) = C + Δ·P and F(k) = H(K(k) + Δ·G(k)), the first F(k) = H(C(k)) at its queries. Hint i is a store
with k ↦ value_i ⊕ F_i(k) (Kolesnikov et al., CCS 2017). Semi-honest; the code's assumption is that of `kernel.vole`.
Each store fails with probability below 2^-47. Queries, like programmed keys, must not repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tacit.channel.channel import Channel
from tacit.kernel import (
    VoleReceiver,
    VoleSender,
    bin_capacity,
    bin_partition,
    block_hash,
    okvs_decode,
    okvs_encode,
    okvs_shape,
    vole_set,
)
from tacit.protocols.psi.aggregate import KEY_BYTES, Message, taking_message
from tacit.protocols.psi.oprf import unlucky
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.wire import recv_exact, recv_rows

KEYS_PER_BIN = 1 << 15
MARGIN_BITS = 48.0
CHUNK = 1 << 18  # blocks of a store per message
VOLE_OFFER, VOLE_ANSWER = 32, 8192

Key = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Store:
    """The public shape of a key-value store for up to `count` keys. `seed` (16 bytes) is public."""

    count: int
    seed: bytes

    @property
    def bins(self) -> int:
        """A power of two, with 2^15 to 2^16 keys each on average if there are so many."""
        return 1 << max(0, (self.count // KEYS_PER_BIN).bit_length() - 1)

    @property
    def capacity(self) -> int:
        """Keys that a bin takes."""
        return max(1, bin_capacity(self.count, self.bins, MARGIN_BITS))

    @property
    def bits(self) -> float:
        """Failure exponent of each bin."""
        return MARGIN_BITS + float(self.bins.bit_length() - 1)

    @property
    def blocks(self) -> int:
        """Size of the whole store."""
        return self.bins * sum(okvs_shape(self.capacity, self.bits))

    def encode(self, keys: ByteRows, values: ByteRows) -> ByteRows:
        """(blocks, 16). Raises ResourceError psi.unlucky."""
        ordered, order, offsets = bin_partition(keys, self.bins)
        try:
            vectors = okvs_encode(ordered, values[order], offsets, self.capacity, self.bits, self.seed)
        except (ArithmeticError, ValueError):
            raise unlucky("no solution of a key-value store") from None
        return vectors.reshape(-1, KEY_BYTES)

    def decode(self, keys: ByteRows, vectors: ByteRows) -> ByteRows:
        """What the store gives for each key, (n, 16), for any number of keys."""
        ordered, order, offsets = bin_partition(keys, self.bins)
        shaped = np.ascontiguousarray(vectors).reshape(self.bins, -1, KEY_BYTES)
        found = np.empty_like(keys)
        found[order] = okvs_decode(ordered, shaped, offsets, self.capacity, self.bits, self.seed)
        return found


def ask(channel: Channel, key: Key, queries: ByteRows, programmed: int, hints: int, parameters: str) -> list[ByteRows]:
    """The blocks (n, 16) at the n queries (n, 16), per hint. `programmed`: how many keys the other side programs."""
    own, other = _stores(key, len(queries), programmed)
    a, c = _vole_receiver(channel, key, own.blocks, parameters)
    a ^= own.encode(queries, block_hash(queries, key("opprf/point")[:16]))
    _send_blocks(channel, Message.MASKED, a)
    seeds = own.decode(queries, c)
    found = []
    for hint in range(hints):
        vectors = _recv_blocks(channel, Message.HINT, other.blocks)
        found.append(_function(key, hint, seeds) ^ other.decode(queries, vectors))
    return found


def program(channel: Channel, key: Key, keys: ByteRows, values: list[ByteRows], queries: int, parameters: str) -> None:
    """The other side of `ask`: values (m, 16) per hint for my m keys (m, 16). `queries`: how many the other asks."""
    own, other = _stores(key, len(keys), queries)
    sender, b = _vole_sender(channel, key, other.blocks, parameters)
    k = sender.corrected(_recv_blocks(channel, Message.MASKED, other.blocks), b)
    seeds = sender.corrected(block_hash(keys, key("opprf/point")[:16]), other.decode(keys, k))
    for hint, blocks in enumerate(values):
        _send_blocks(channel, Message.HINT, own.encode(keys, _function(key, hint, seeds) ^ blocks))


def _stores(key: Key, own: int, other: int) -> tuple[Store, Store]:
    seed = key("opprf/store")[:16]
    return Store(own, seed), Store(other, seed)


def _function(key: Key, hint: int, seeds: ByteRows) -> ByteRows:
    return block_hash(seeds, key(f"opprf/function/{hint}")[:16])


def _vole_receiver(channel: Channel, key: Key, count: int, parameters: str) -> tuple[ByteRows, ByteRows]:
    """A and C, (count, 16) each."""
    receiver = VoleReceiver(key("opprf/vole")[:16], parameters)
    channel.send(Message.VOLE, receiver.base_message())
    answer = recv_exact(channel, Message.VOLE, VOLE_ANSWER)
    with taking_message():
        channel.send(Message.VOLE, receiver.connect(answer))
    numbers, parts = vole_set(parameters), []
    for blocks in _steps(count, parameters):
        channel.send(Message.VOLE, receiver.request(blocks))
        reply = recv_exact(channel, Message.VOLE, numbers.reply_bytes(blocks))
        with taking_message():
            parts.append(receiver.finish(reply))
    a, c = (np.concatenate(halves)[:count] for halves in zip(*parts, strict=True))
    return a, c


def _vole_sender(channel: Channel, key: Key, count: int, parameters: str) -> tuple[VoleSender, ByteRows]:
    """The side with Δ, and B (count, 16)."""
    sender, numbers = VoleSender(key("opprf/vole")[:16], parameters), vole_set(parameters)
    channel.send(Message.VOLE, sender.base_message())
    offer = bytes(recv_exact(channel, Message.VOLE, VOLE_OFFER))
    start = recv_exact(channel, Message.VOLE, numbers.start_bytes)
    with taking_message():
        sender.connect(offer, start)
    parts = []
    for blocks in _steps(count, parameters):
        request = recv_exact(channel, Message.VOLE, numbers.request_bytes(blocks))
        with taking_message():
            reply, b = sender.extend(blocks, request)
        channel.send(Message.VOLE, reply)
        parts.append(b)
    return sender, np.concatenate(parts)[:count]


def _steps(count: int, parameters: str) -> list[int]:
    """Blocks per step, until there are `count` outputs."""
    numbers = vole_set(parameters)
    steps, made = [1], numbers.length(1, first=True)
    while made < count:
        steps.append(min(numbers.batch_limit, -(-(count - made) // numbers.length(1, first=False))))
        made += numbers.length(steps[-1], first=False)
    return steps


def _send_blocks(channel: Channel, message: Message, blocks: ByteRows) -> None:
    for start in range(0, len(blocks), CHUNK):
        channel.send(message, np.ascontiguousarray(blocks[start : start + CHUNK]).data)


def _recv_blocks(channel: Channel, message: Message, count: int) -> ByteRows:
    starts = range(0, count, CHUNK)
    parts = [recv_rows(channel, message, min(CHUNK, count - start), KEY_BYTES) for start in starts]
    return np.concatenate(parts)
