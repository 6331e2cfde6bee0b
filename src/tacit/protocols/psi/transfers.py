"""Products of one side's bits with the other's numbers or bits, from correlated oblivious transfers.

For each bit c of the chooser and number v of the giver (Gilboa, CRYPTO '99): with the transfer's blocks t = q ⊕ c·Δ and
a hash H, the giver sends u = v + H(q) − H(q ⊕ Δ); the chooser holds H(t) + c·u, the giver −H(q), and these add up to
c·v modulo 2^64. For bits the same with ⊕ in place of + (Asharov, Lindell, Schneider, Zohner, CCS 2013). The giver
learns nothing, the chooser only its shares: of the two hashes in u it knows one, and the share hides v by the other.

H is AES_k(x) ⊕ x, which is correlation robust for an ideal cipher (Guo, Katz, Wang, Yu, S&P 2020: enough against
semi-honest parties). Assumes: semi-honest; computational Diffie-Hellman in ristretto255. Messages: BASE both ways once
(32 and 8192 bytes); then per call, in slices, CHOICES (16 bytes per bit) and CORRECTIONS (8 bytes per number, 1 bit per
bit). Both sides must make the same calls in the same order. Sums of shares wrap modulo 2^64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from tacit.channel.channel import Channel
from tacit.kernel import CotReceiver, CotSender, bit_pack, bit_unpack, block_hash
from tacit.kernel.ot import extension_bytes
from tacit.protocols.psi.aggregate import Message, recv_words, taking_message
from tacit.protocols.psi.wire import recv_exact

SLICE = 1 << 18  # transfers at a time: 4 MB of blocks
BASE_OFFER, BASE_ANSWER = 32, 8192

Bits = NDArray[np.uint8]  # (n,) bytes 0 or 1
Words = NDArray[np.uint64]
Blocks = NDArray[np.uint8]  # (n, 16)
Key = Callable[[str], bytes]


class Chooser:
    """The side that brings bits. `key`: keys of this session; `use`: not to be used twice in a session."""

    def __init__(self, channel: Channel, key: Key, use: str) -> None:
        self._channel = channel
        self._hash = _Hash(key, use)
        self._transfer = CotReceiver(key(f"{use}/transfer")[:16])
        channel.send(Message.BASE, self._transfer.base_message())
        answer = recv_exact(channel, Message.BASE, BASE_ANSWER)
        with taking_message():
            self._transfer.connect(answer)

    def products(self, bits: Bits, columns: int) -> Words:
        """My shares (columns, n) of bit · number, for every column of the giver's numbers."""
        shares = np.empty((columns, len(bits)), dtype=np.uint64)
        for part, blocks in self._sent(bits):
            hashes = self._hash.words(blocks, columns)
            corrections = recv_words(self._channel, Message.CORRECTIONS, hashes.size).reshape(hashes.shape)
            shares[:, part] = hashes + corrections * bits[part].astype(np.uint64)
        return shares

    def ands(self, bits: Words) -> Words:
        """My ⊕ shares of bit · bit, all packed in words."""
        loose = bit_unpack(bits, 64 * len(bits))
        shares = np.empty_like(bits)
        for part, blocks in self._sent(loose):
            here = slice(part.start // 64, part.stop // 64)
            corrections = recv_words(self._channel, Message.CORRECTIONS, here.stop - here.start)
            shares[here] = self._hash.bits(blocks) ^ (corrections & bits[here])
        return shares

    def _sent(self, bits: Bits) -> Iterator[tuple[slice, Blocks]]:
        """Slices with my blocks; the next request is on its way while the giver's answer to this one is awaited."""
        waiting: list[tuple[slice, Blocks]] = []
        for part in _slices(len(bits)):
            message, blocks = self._transfer.extend(np.ascontiguousarray(bits[part]))
            self._channel.send(Message.CHOICES, message)
            waiting.append((part, blocks))
            if len(waiting) > 1:
                yield waiting.pop(0)
        yield from waiting


class Giver:
    """The side that brings numbers. `key` and `use` as at the chooser."""

    def __init__(self, channel: Channel, key: Key, use: str) -> None:
        self._channel = channel
        self._hash = _Hash(key, use)
        self._transfer = CotSender(key(f"{use}/transfer")[:16])
        channel.send(Message.BASE, self._transfer.base_message())
        offer = recv_exact(channel, Message.BASE, BASE_OFFER)
        with taking_message():
            self._transfer.connect(offer)
        self._delta = np.frombuffer(self._transfer.delta(), dtype=np.uint8)

    def products(self, numbers: Words) -> Words:
        """My shares (columns, n) of bit · number for numbers of that shape."""
        columns, count = numbers.shape
        shares = np.empty_like(numbers)
        for part in _slices(count):
            own, other = self._blocks(part)
            mask = self._hash.words(own, columns)
            corrections = numbers[:, part] + mask - self._hash.words(other, columns)
            self._channel.send(Message.CORRECTIONS, np.ascontiguousarray(corrections).data)
            np.negative(mask, out=shares[:, part])
        return shares

    def ands(self, bits: Words) -> Words:
        """My ⊕ shares of bit · bit, all packed in words."""
        shares = np.empty_like(bits)
        for part in _slices(64 * len(bits)):
            here = slice(part.start // 64, part.stop // 64)
            own, other = self._blocks(part)
            shares[here] = self._hash.bits(own)
            self._channel.send(Message.CORRECTIONS, (bits[here] ^ shares[here] ^ self._hash.bits(other)).data)
        return shares

    def _blocks(self, part: slice) -> tuple[Blocks, Blocks]:
        count = part.stop - part.start
        request = recv_exact(self._channel, Message.CHOICES, extension_bytes(count))
        with taking_message():
            own = self._transfer.extend(count, request)
        return own, own ^ self._delta


class _Hash:
    """The correlation robust hash of blocks: numbers for two columns from each key, or one bit."""

    def __init__(self, key: Key, use: str) -> None:
        self._key = key
        self._use = use

    def words(self, blocks: Blocks, columns: int) -> Words:
        found = np.empty((columns, len(blocks)), dtype=np.uint64)
        for pair in range(-(-columns // 2)):
            halves = block_hash(blocks, self._key(f"{self._use}/hash/{pair}")[:16]).view("<u8")
            found[2 * pair : 2 * pair + 2] = halves.T[: columns - 2 * pair]
        return found

    def bits(self, blocks: Blocks) -> Words:
        hashed = block_hash(blocks, self._key(f"{self._use}/hash/bit")[:16])
        return bit_pack(hashed[:, 0] & np.uint8(1))


def _slices(count: int) -> list[slice]:
    return [slice(start, min(start + SLICE, count)) for start in range(0, count, SLICE)]
