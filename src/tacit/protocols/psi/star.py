"""The star among many parties: followers hint at their zero shares, the leader adds up what it finds for its keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from tacit import kernel
from tacit.channel.channel import Channel
from tacit.kernel import Blake3
from tacit.kernel.arrays import Bytes
from tacit.kernel.keys import KeyBins
from tacit.kernel.okvs import Offsets
from tacit.protocols.psi import wire
from tacit.protocols.psi.layout import BIN_BITS, Layout, layout
from tacit.protocols.psi.oprf import Group, Key, OprfReceiver, OprfSender, unlucky
from tacit.protocols.psi.roundtable import Message, Table
from tacit.protocols.psi.wire import Reveal, malformed, recv_rows

TAG_BYTES = 11  # of a common key, at least; enough for sets of up to 2^28
TAG_BITS = 41.0  # -log2 of the probability that tags of unequal keys are equal, at any follower
_BLOCK = 16
_STORING = ("oprf/store", "oprf/value")
_NOTHING = bytes(32)
_FILLER = np.uint32(2**32 - 1)

Rows = NDArray[np.uint32]
Progress = Callable[[int, int], None]
_NO_ROWS = np.empty(0, dtype=np.uint32)


def width(leader_count: int) -> int:
    """Bytes in which sums are compared: by chance one of the leader's keys gives zero with probability 2^-40."""
    return max(8, math.ceil((40 + math.log2(max(leader_count, 1))) / 8))


def tag_bytes(plan: Layout, room: int, followers: int) -> int:
    """Bytes of a tag: every key of every follower (`room` at most) meets all of the leader's places in its bin."""
    compared = math.log2(max(room, 1)) + math.log2(plan.capacity) + math.log2(followers)
    return max(TAG_BYTES, math.ceil((TAG_BITS + compared) / 8))


def zeros(sums: Bytes, width: int) -> NDArray[np.bool_]:
    """Which rows (n, 16) are zero in their first `width` (8 to 16) bytes."""
    words = sums.view("<u8")
    zero: NDArray[np.bool_] = words[:, 0] == 0
    if width > 8:
        zero &= words[:, 1] << np.uint64(8 * (_BLOCK - width)) == 0
    return zero


class Hints:
    """How a follower's stores travel: of a sparse entry `width` bytes, of a dense one all 16.

    A value is a sum of sparse entries and of multiples, over GF(2^128), of the dense ones. So its first bytes follow
    from the first bytes of the sparse entries, and they are all that the leader compares.
    """

    def __init__(self, plan: Layout, leader_count: int, followers: int, seed: bytes) -> None:
        self._capacity = plan.sender_capacity
        self._bits = plan.bits + math.log2(followers)  # plan.bits are for the bins of one follower
        self._seed = seed
        self._sparse, self._dense = kernel.okvs_shape(self._capacity, self._bits)
        self._width = width(leader_count)
        self._cut = np.dtype([("kept", f"V{self._width}"), ("rest", f"V{_BLOCK - self._width}")])

    def size(self, bins: int) -> int:
        """Bytes of the hint of that many bins."""
        return bins * (self._sparse * self._width + self._dense * _BLOCK)

    def pack(self, keys: Bytes, values: Bytes, offsets: Offsets) -> Bytes:
        """The message that gives `values` for `keys`, and randomness for all others."""
        try:
            store = kernel.okvs_encode(keys, values, offsets, self._capacity, self._bits, self._seed)
        except ArithmeticError:
            raise unlucky("no store for a bin") from None
        message = np.empty(self.size(len(store)), dtype=np.uint8)
        kept, dense = self._parts(message, len(store))
        kept[...] = store.view(self._cut)["kept"][:, : self._sparse, 0]
        dense[...] = store[:, self._sparse :]
        return message

    def unpack(self, message: memoryview, keys: Bytes, offsets: Offsets) -> Bytes:
        """What the message gives for the keys, (n, 16), of which the first `width` bytes count."""
        bins = len(offsets) - 1
        if len(message) != self.size(bins):
            raise malformed("a hint of another length")
        store = np.zeros((bins, self._sparse + self._dense, _BLOCK), dtype=np.uint8)
        kept, dense = self._parts(np.frombuffer(message, dtype=np.uint8), bins)
        store.view(self._cut)["kept"][:, : self._sparse, 0] = kept
        store[:, self._sparse :] = dense
        return kernel.okvs_decode(keys, store, offsets, self._capacity, self._bits, self._seed)

    def _parts(self, message: Bytes, bins: int) -> tuple[NDArray[np.void], Bytes]:
        middle = bins * self._sparse * self._width
        kept = message[:middle].view(self._cut["kept"]).reshape(bins, self._sparse)
        return kept, message[middle:].reshape(bins, self._dense, _BLOCK)


class Seat:
    """What leader and follower have in common. `counts`: sizes by name, as far as this party was told.

    `room`: a bound on the followers' sizes that all know, so that all lay out their keys alike.
    """

    def __init__(
        self, table: Table, keys: KeyBins, counts: Mapping[str, int], room: int, progress: Progress | None
    ) -> None:
        self._table, self._terms, self._keys, self._progress = table, table.terms, keys, progress
        self._pair_keys = [table.pair_keys[name] for name in sorted(table.pair_keys)]
        self._counts = {**counts, table.me: keys.distinct}
        self._leader_count = self._counts[table.leader]
        self._layout = layout(self._leader_count, room)
        self._tag_key = self._terms.key("many/tags")[:16]
        self._tag_bytes = tag_bytes(self._layout, room, len(table.followers))

    def _plan(self, follower: str) -> Layout:
        """The layout with one follower: bins and groups are those of all."""
        bits = BIN_BITS + math.log2(len(self._table.followers))  # over the bins of all followers
        capacity = kernel.bin_capacity(self._counts[follower], self._layout.bins, bits)
        return replace(self._layout, sender_capacity=max(1, capacity))

    def _hints(self, plan: Layout) -> Hints:
        return Hints(plan, self._leader_count, len(self._table.followers), self._terms.key("many/stores")[:16])

    def _oprf_key(self, follower: str) -> Key:
        """Hash keys of the function with one follower. What the leader stores is the same towards all of them."""
        return lambda use: self._terms.key(f"many/{'leader' if use in _STORING else follower}/{use}")

    def _shares(self, keys: Bytes) -> Bytes:
        """My shares of zero, (n, 16): for every key those of all parties add up to 0."""
        shares = kernel.block_hash(keys, self._pair_keys[0])
        for key in self._pair_keys[1:]:
            shares ^= kernel.block_hash(keys, key)
        return shares

    def _tags(self, keys: Bytes) -> Bytes:
        return kernel.tag_hash(keys, self._tag_key, self._tag_bytes)

    def _report(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self._layout.bins)


class Follower(Seat):
    """A party that answers the leader."""

    def run(self) -> Rows | None:
        """My rows of the common items, in the leader's order, if I learn them."""
        me, parameters = self._table.me, self._terms.parameters
        channel, plan = self._table.channels[self._table.leader], self._plan(me)
        hints = self._hints(plan)
        for group in OprfSender(channel, self._oprf_key(me), plan, self._keys, parameters=parameters).groups():
            values = group.outputs ^ self._shares(group.keys)
            channel.send(Message.HINT, hints.pack(group.keys, values, group.offsets).data)
            self._report(group.stop)
        return self._hear(channel)

    def _hear(self, channel: Channel) -> Rows | None:
        """The end: which of my rows are common, found by their tags."""
        if self._terms.reveal is not Reveal.BOTH:
            self._table.conclude(_NOTHING)
            return None
        rows, seen = [_NO_ROWS], Blake3()
        for first, stop in self._layout.groups():
            places = (stop - first) * self._layout.capacity
            theirs = recv_rows(channel, Message.COMMON, places, self._tag_bytes)
            keys, numbers, offsets = self._keys.group(first, stop)
            pairs = kernel.tag_join(self._tags(keys), offsets, theirs.reshape(stop - first, -1, self._tag_bytes))
            rows.append(numbers[pairs[:, 0]])
            seen.update(theirs[pairs[:, 1]])
        self._table.conclude(seen.digest())
        return np.concatenate(rows)


class Leader(Seat):
    """The party that asks all others."""

    def run(self) -> Rows:
        """My rows of the common items, in an order that says nothing about my table."""
        shelf = _Shelf(len(self._table.followers))
        spokes = [self._spoke(name, shelf) for name in self._table.followers]
        for spoke in spokes:
            spoke.start()
        found = []
        for first, stop in self._layout.groups():
            keys, _, _ = self._keys.group(first, stop)
            sums = self._shares(keys)
            for spoke in spokes:
                spoke.add_to(sums)
            found.append(np.packbits(zeros(sums, width(self._leader_count))))
            self._report(stop)
        return self._tell(found) if self._terms.reveal is Reveal.BOTH else self._keep(found)

    def _spoke(self, follower: str, shelf: _Shelf) -> _Spoke:
        channel, plan = self._table.channels[follower], self._plan(follower)
        key, parameters = self._oprf_key(follower), self._terms.parameters
        oprf = _Asker(channel, key, plan, self._keys, parameters=parameters).using(shelf)
        return _Spoke(channel, self._hints(plan), oprf.groups())

    def _keep(self, found: list[Bytes]) -> Rows:
        """The end when I alone learn: said before a row is looked up, so that its time tells nothing."""
        self._table.conclude(_NOTHING)
        rows = [_NO_ROWS]
        for (first, stop), bits in zip(self._layout.groups(), found, strict=True):
            _, numbers, _ = self._keys.group(first, stop)
            rows.append(numbers[_set(bits, len(numbers))])
        return np.concatenate(rows)

    def _tell(self, found: list[Bytes]) -> Rows:
        """The end when all learn: the tags of the common keys, shuffled among random ones, to all."""
        rows, seen = [_NO_ROWS], Blake3()
        for (first, stop), bits in zip(self._layout.groups(), found, strict=True):
            keys, numbers, offsets = self._keys.group(first, stop)
            hits = _set(bits, len(keys))
            tags, bounds = self._tags(keys[hits]), np.searchsorted(hits, offsets)
            padded, origins = kernel.tag_pad(tags, bounds.astype(np.int64), self._layout.capacity)
            for name in self._table.followers:
                self._table.channels[name].send(Message.COMMON, padded.data)
            order = origins[origins != _FILLER]
            rows.append(numbers[hits[order]])
            seen.update(tags[order])
        self._table.conclude(seen.digest())
        return np.concatenate(rows)


class _Shelf:
    """Stores of my keys that some followers have been sent and others not yet: each is made once.

    That is safe, for what a follower gets is the sum of the store and of the output A of an evaluation of its own.
    """

    def __init__(self, readers: int) -> None:
        self._readers = readers
        self._stores: dict[int, tuple[Bytes, int]] = {}

    def take(self, group: int, make: Callable[[], Bytes]) -> Bytes:
        """The store of that group, for one reader, who does not write to it."""
        store, left = self._stores.pop(group) if group in self._stores else (make(), self._readers)
        if left > 1:
            self._stores[group] = store, left - 1
        return store


class _Asker(OprfReceiver):
    """A receiver that shares its stores with those towards the other followers."""

    def using(self, shelf: _Shelf) -> _Asker:
        """Itself, with the shelf where they stand."""
        self._shelf = shelf
        self._turns = count()
        return self

    def _send_store(self, cut: tuple[Bytes, Rows, Offsets], a: Bytes, half: bytes) -> None:
        keys, _, offsets = cut
        np.bitwise_xor(a, self._shelf.take(next(self._turns), lambda: self._stored(keys, offsets)), out=a)
        self._channel.send(wire.Message.STORE, a.data)

    def _stored(self, keys: Bytes, offsets: Offsets) -> Bytes:
        plan = self._layout
        store = np.zeros((len(offsets) - 1, plan.entries, _BLOCK), dtype=np.uint8)
        try:
            kernel.okvs_encode_masked(store, keys, offsets, plan.capacity, plan.bits, self._seed, self._value)
        except ArithmeticError:
            raise unlucky("no store for a bin") from None
        return store.reshape(-1, _BLOCK)


class _Spoke:
    """The leader's side towards one follower."""

    def __init__(self, channel: Channel, hints: Hints, groups: Iterator[Group]) -> None:
        self.hints = hints
        self._channel = channel
        self._groups = groups

    def start(self) -> None:
        """The first messages and the first group, so that all followers are busy before any hint is waited for."""
        self._groups = chain([next(self._groups)], self._groups)

    def add_to(self, sums: Bytes) -> None:
        """Adds what this follower's next hint holds for my keys of the group, (n, 16)."""
        group = next(self._groups)
        message = self._channel.recv(Message.HINT, self.hints.size(group.stop - group.first))
        sums ^= group.outputs
        sums ^= self.hints.unpack(message, group.keys, group.offsets)


def _set(bits: Bytes, count: int) -> NDArray[np.intp]:
    """The numbers of the bits that are set among the first `count`."""
    return np.flatnonzero(np.unpackbits(bits, count=count))
