"""An oblivious pseudorandom function in bins: the receiver learns F of its keys, the sender can compute F.

Vector oblivious linear evaluation and a key-value store (Rindal, Schoppmann, 2021/266; Raghuraman, Rindal, 2022/320).
Per bin: the receiver stores H(x) under every key x in P and has A and C; the sender has Δ and B, with C = A·Δ + B. It
gets A + P and makes K = B + Δ·(A + P), so that <row(x), C> = <row(x), K> + Δ·H(x) for the receiver's x, and for no
other key but with negligible probability. F is the hash of this value.

Bins go in groups, one message each. The receiver sends what the next group needs before it takes up the last one, so
that neither side waits while it has work:

    R -> S  BASE                       S -> R  BASE        R -> S  START, REQUEST 0       S -> R  REPLY 0
    R -> S  REQUEST 1                  S -> R  REPLY 1
    for every group g:  R -> S  REQUEST g + 2, STORE g (A + P)       S -> R  REPLY g + 2

With `malicious` (2021/266, figure 4, for every group apart): the evaluation is checked (CHALLENGE, PROOF; requests go
one group further ahead); the sender commits itself to a random w_s of every group first (COMMITS), the receiver sends
w_r with STORE, and the sender opens w_s (HALF) when it has STORE; F is a hash of value and key x under w_s + w_r.

A user of the function sends messages of its own in between: the sender about group g as soon as it has it, and the
receiver reads them when it has group g. What the receiver says about group g, the sender reads after it has served
group g + 1, or after the last.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import ResourceError
from tacit.kernel import Blake3
from tacit.kernel.arrays import Bytes
from tacit.kernel.keys import KeyBins
from tacit.kernel.okvs import Numbers, Offsets
from tacit.kernel.vole import CONSERVATIVE, VoleSender
from tacit.protocols.psi.layout import Layout, layout
from tacit.protocols.psi.rows import ByteRows
from tacit.protocols.psi.supply import ReceiverSupply, SenderSupply, cheated
from tacit.protocols.psi.wire import ITEM_BYTES, Message, recv_exact, recv_rows, store_failed

__all__ = ["BOUND_BYTES", "Group", "Key", "Layout", "OprfReceiver", "OprfSender", "layout", "unlucky"]

BOUND_BYTES = 32  # of F with `malicious`
_HALF_BYTES = 32

Key = Callable[[str], bytes]
_Cut = tuple[Bytes, Numbers, Offsets]


@dataclass(frozen=True, slots=True)
class Group:
    """Bins `first` to `stop`: my keys (k, 16), their row numbers, where bins begin (from 0), and F of every key."""

    first: int
    stop: int
    keys: Bytes
    rows: Numbers
    offsets: Offsets
    outputs: Bytes


class _Function:
    """What both sides share: the keys of the hashes, and how a group is cut out of the bins."""

    def __init__(
        self,
        channel: Channel,
        key: Key,
        plan: Layout,
        keys: KeyBins,
        *,
        parameters: str = CONSERVATIVE,
        malicious: bool = False,
        width: int = ITEM_BYTES,
    ) -> None:
        """`key` gives hash keys that no other use has. `width`: bytes of F, without `malicious`; with it, 32."""
        self._channel = channel
        self._key = key
        self._layout = plan
        self._keys = keys
        self._parameters = parameters
        self._malicious = malicious
        self._width = width
        self._session, self._seed, self._value, self._tag = (
            key(f"oprf/{use}")[:16] for use in ("session", "store", "value", "tag")
        )

    def _arrange(self) -> list[tuple[int, int]]:
        """Bins as laid out → (first bin, end) of every group."""
        try:
            self._keys.arrange(self._layout.bins)
        except OSError as error:
            raise store_failed(error) from None
        return self._layout.groups()

    def _cut(self, first: int, stop: int, capacity: int) -> _Cut:
        try:
            keys, rows, offsets = self._keys.group(first, stop)
        except OSError as error:
            raise store_failed(error) from None
        if int(np.diff(offsets).max(initial=0)) > capacity:
            raise unlucky("a bin is too full")
        return keys, rows, offsets

    def _commitment(self, group: int, half: bytes) -> bytes:
        hashed = Blake3(self._key(f"oprf/half/{group}"))
        hashed.update(half)
        return hashed.digest()

    def _coin(self, sender: bytes, receiver: bytes) -> bytes:
        hashed = Blake3(self._key("oprf/coin"))
        hashed.update(sender + receiver)
        return hashed.digest()


class OprfReceiver(_Function):
    """The side that learns F of its own keys, and nothing else.

    Assumes semi-honest parties, or with `malicious` none; dual LPN (`tacit.kernel.vole`), hashes as random oracles.
    """

    def groups(self) -> Iterator[Group]:
        """All groups in order. Raises ResourceError psi.unlucky (2^-40), ProtocolError psi.*, PeerLost, PeerFailed."""
        parts = self._arrange()
        commits = recv_rows(self._channel, Message.COMMITS, len(parts), _HALF_BYTES) if self._malicious else None
        supply = ReceiverSupply(self._channel, self._session, self._layout, self._parameters, malicious=self._malicious)
        supply.connect()
        last: Callable[[], Group] | None = None
        for number, (first, stop) in enumerate(parts):
            cut = self._cut(first, stop, self._layout.capacity)
            a, c = supply.take()
            half = os.urandom(_HALF_BYTES) if self._malicious else b""
            self._send_store(cut, a, half)
            if last is not None:
                yield last()
            last = partial(self._finish, first, stop, cut, c, number, half, commits)
        if last is not None:
            yield last()

    def _send_store(self, cut: _Cut, a: Bytes, half: bytes) -> None:
        """A + P, made in place and sent as it lies there: nobody writes to these rows afterwards."""
        keys, _, offsets = cut
        plan = self._layout
        masks = a.reshape(len(offsets) - 1, plan.entries, ITEM_BYTES)
        try:
            kernel.okvs_encode_masked(masks, keys, offsets, plan.capacity, plan.bits, self._seed, self._value)
        except ArithmeticError:
            raise unlucky("no store for a bin") from None
        if self._malicious:
            self._channel.send(Message.HALF, half)
        self._channel.send(Message.STORE, masks.data)

    def _finish(
        self, first: int, stop: int, cut: _Cut, c: Bytes, number: int, half: bytes, commits: ByteRows | None
    ) -> Group:
        keys, rows, offsets = cut
        plan = self._layout
        vectors = c.reshape(stop - first, plan.entries, ITEM_BYTES)
        store = (keys, vectors, offsets, plan.capacity, plan.bits, self._seed)
        if commits is None:
            return Group(first, stop, keys, rows, offsets, kernel.okvs_decode_tags(*store, self._tag, self._width))
        coin = self._open(number, half, bytes(commits[number]))
        return Group(first, stop, keys, rows, offsets, kernel.bound_hash(kernel.okvs_decode(*store), keys, coin))

    def _open(self, number: int, half: bytes, commitment: bytes) -> bytes:
        theirs = bytes(recv_exact(self._channel, Message.HALF, _HALF_BYTES))
        if not hmac.compare_digest(self._commitment(number, theirs), commitment):
            raise cheated("a coin that the peer had not bound itself to")
        return self._coin(theirs, half)


class OprfSender(_Function):
    """The side that can compute F of every key, and learns nothing; `groups` gives F of its own keys."""

    def groups(self) -> Iterator[Group]:
        """All groups in order. Raises ResourceError psi.unlucky (2^-40), ProtocolError psi.*, PeerLost, PeerFailed."""
        parts = self._arrange()
        halves = [os.urandom(_HALF_BYTES) for _ in parts] if self._malicious else []
        if self._malicious:
            commits = (self._commitment(number, half) for number, half in enumerate(halves))
            self._channel.send(Message.COMMITS, b"".join(commits))
        supply = SenderSupply(self._channel, self._session, self._layout, self._parameters, malicious=self._malicious)
        supply.connect()
        for number, (first, stop) in enumerate(parts):
            b = supply.take()
            theirs = bytes(recv_exact(self._channel, Message.HALF, _HALF_BYTES)) if self._malicious else b""
            masked = recv_rows(self._channel, Message.STORE, len(b), ITEM_BYTES)
            k = supply.vole.corrected(masked, b, b)
            if self._malicious:
                self._channel.send(Message.HALF, halves[number])
            keys, rows, offsets = self._cut(first, stop, self._layout.sender_capacity)
            values = self._values(supply.vole, k, keys, offsets)
            if self._malicious:
                outputs = kernel.bound_hash(values, keys, self._coin(halves[number], theirs))
            else:
                outputs = kernel.tag_hash(values, self._tag, self._width)
            yield Group(first, stop, keys, rows, offsets, outputs)

    def _values(self, vole: VoleSender, k: Bytes, keys: Bytes, offsets: Offsets) -> Bytes:
        """<row(y), K> + Δ·H(y) for every own key y."""
        plan = self._layout
        vectors = k.reshape(len(offsets) - 1, plan.entries, ITEM_BYTES)
        decoded = kernel.okvs_decode(keys, vectors, offsets, plan.capacity, plan.bits, self._seed)
        return vole.corrected(kernel.block_hash(keys, self._value), decoded, decoded)


def unlucky(found: str) -> ResourceError:
    """The error of 2^-40: the joint seed puts too many keys into a bin, or the equations of a bin have no solution."""
    return ResourceError(
        "psi.unlucky",
        "The joint seed of this run does not suit the keys.",
        found=found,
        hint="Run again: every run has a new seed. By chance this happens once in 2^40 runs.",
    )
