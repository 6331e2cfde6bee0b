"""PSI-CA: how many items two parties have in common, and nothing about which."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import ParameterError
from tacit.kernel import KeyBins
from tacit.protocols.psi.aggregate import (
    KEY_BYTES,
    Message,
    Noise,
    distinct_keys,
    exchange_sizes,
    finish,
    recv_number,
    refuse_repeats,
    send_number,
)
from tacit.protocols.psi.groups import Masker
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import ByteRows, Indices, random_order
from tacit.protocols.psi.wire import TAG_BYTES, Reveal, Side, Terms, recv_rows

CHUNK = 1 << 13  # items per message
AHEAD = 3  # how many chunks a side may be ahead of the other

Progress = Callable[[int, int], None]
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Count:
    """`count`: how many items are common, with noise if that was agreed (it may then be negative). None: not told."""

    count: int | None
    peer_count: int


def receive_count(
    channel: Channel, keys: KeyBins, terms: Terms, *, noise: Noise | None = None, progress: Progress | None = None
) -> Count:
    """The number of common items, the receiver's side; `send_count` is the other one.

    Learns: receiver m and the number of common items. Sender n; with terms.reveal BOTH the number too. Nobody learns
        which items are common. With `noise` (bounded) every side gets the number with a draw that the other side made
        and keeps: the receiver through dummy items, the sender through a number added to what it is told.
    Assumes: both follow the protocol (semi-honest); DDH in the group, hashes as random oracles; keys free of repeats.
        Who may choose its keys freely can learn by sets of one item, as many runs as are allowed.
    Messages: (chunks of 8192; points of both directions at once; n and m with the dummies)
        R, S   HELLO   number of keys, marks of session and options
        R -> S POINTS  H(x)^a in random order             S -> R POINTS  H(y)^b in random order
        S -> R TAGS    h(H(x)^ab) of all, shuffled by an order of the sender that it forgets
        R -> S COUNT   the number, with BOTH              R, S   DONE    a constant
    Cost: 2 (n + m) multiplications, n + m hashes to the group; 48 n + 32 m bytes; 3 flights. With noise of bound s,
        2 s more items on each side.
    Source: Huberman, Franklin, Hogg 1999; De Cristofaro, Gasti, Tsudik, IACR 2011/141. Tags are 128 bit.
    Raises: ParameterError psi.unbounded_noise; ResourceError and ProtocolError psi.*, PeerLost, PeerFailed.
    """
    return _count(channel, keys, terms, Side.RECEIVER, noise, progress)


def send_count(
    channel: Channel, keys: KeyBins, terms: Terms, *, noise: Noise | None = None, progress: Progress | None = None
) -> Count:
    """The number of common items, the sender's side. Everything is said at `receive_count`."""
    return _count(channel, keys, terms, Side.SENDER, noise, progress)


def _count(
    channel: Channel, keys: KeyBins, terms: Terms, me: Side, noise: Noise | None, progress: Progress | None
) -> Count:
    with telling_peer(channel):
        bound = _bound(noise)
        drawn = noise.draw() if noise else 0  # before the first message: the time it takes depends on the value
        items, _ = distinct_keys(keys)
        options = f"count/{noise.label if noise else 'exact'}"
        peer_count = exchange_sizes(channel, len(items), terms, me, options)
        if noise:
            items = np.concatenate([items, _dummies(terms, me, bound, drawn)])
        exchange = Exchange(channel, terms, peer_count + 2 * bound, progress)
        if me is Side.RECEIVER:
            return Count(_compare(channel, exchange, items, terms, bound, drawn), peer_count)
        exchange.answer(items)
        count = None
        if terms.reveal is Reveal.BOTH:
            most = min(keys.distinct, peer_count) + 2 * bound
            count = recv_number(channel, Message.COUNT, -2 * bound, most) - drawn
        finish(channel, terms)
        return Count(count, peer_count)


def _compare(channel: Channel, exchange: Exchange, items: ByteRows, terms: Terms, bound: int, drawn: int) -> int:
    tags = exchange.ask(items)
    if terms.reveal is Reveal.RECEIVER:
        finish(channel, terms)  # before the comparison, so that not even the time of this message depends on it
    count = int(matched_places(*tags).sum()) - bound
    if terms.reveal is Reveal.BOTH:
        send_number(channel, Message.COUNT, count + drawn)
        finish(channel, terms)
    return count


def _bound(noise: Noise | None) -> int:
    if noise is None:
        return 0
    if noise.bound is None:
        raise ParameterError(
            "psi.unbounded_noise",
            "Dummy items can only carry noise that has a bound.",
            found=noise.label,
            hint="Use bounded Laplace noise, or the circuit protocol.",
        )
    return noise.bound


def _dummies(terms: Terms, me: Side, bound: int, drawn: int) -> ByteRows:
    """2·bound items. The receiver holds the whole public pool; the sender `bound + drawn` of it, the rest is random."""
    pool = kernel.prg_bytes(terms.key("aggregate/dummies")[:16], 0, 2 * bound * KEY_BYTES).reshape(-1, KEY_BYTES)
    if me is Side.RECEIVER:
        return pool
    others = np.frombuffer(os.urandom(pool.nbytes), dtype=np.uint8).reshape(pool.shape)
    return np.concatenate([pool[: bound + drawn], others[bound + drawn :]])


class Exchange:
    """The masked comparison: the asking side gets a bit per *place* of the other, whose places are shuffled.

    Both sides call it at the same time, one `ask`, the other `answer`. In step s a side sends its s-th chunk of
    points and takes the peer's chunk s - AHEAD + 1, so that both compute while bytes travel.
    """

    def __init__(self, channel: Channel, terms: Terms, peer_count: int, progress: Progress | None = None) -> None:
        self._channel = channel
        self._masker = Masker(terms)
        self._peer_count = peer_count
        self._progress = progress

    def ask(self, items: ByteRows) -> tuple[ByteRows, ByteRows]:
        """The asking side: tags of my items, shuffled by the peer, and tags of the peer's items by place."""
        theirs = self._exchange(items[random_order(len(items))])
        parts = [recv_rows(self._channel, Message.TAGS, stop - start, TAG_BYTES) for start, stop in _chunks(len(items))]
        return refuse_repeats(_joined(parts)), theirs

    def answer(self, items: ByteRows) -> Indices:
        """The other side: which item of mine stands in which place."""
        order = random_order(len(items))
        tags = self._exchange(items[order])
        # The shuffle is what hides which items match: the tags go back in an order that nobody keeps.
        tags = tags[random_order(len(tags))]
        for start, stop in _chunks(len(tags)):
            self._channel.send(Message.TAGS, tags[start:stop].data)
        return order

    def _exchange(self, items: ByteRows) -> ByteRows:
        """Send my points, return the tags of the peer's in the order of its places."""
        mine, peers = _chunks(len(items)), _chunks(self._peer_count)
        learner = Side.RECEIVER  # one key for the tags: only one side gets any
        tags = []
        steps = max(len(mine), len(peers)) + AHEAD - 1
        for step in range(steps):
            if step < len(mine):
                start, stop = mine[step]
                self._channel.send(Message.POINTS, self._masker.mask(items[start:stop]).data)
            if 0 <= step - AHEAD + 1 < len(peers):
                start, stop = peers[step - AHEAD + 1]
                points = recv_rows(self._channel, Message.POINTS, stop - start, self._masker.point_bytes)
                tags.append(self._masker.tags(self._masker.mask_again(points), learner))
            if self._progress is not None:
                self._progress(step + 1, steps)
        return refuse_repeats(_joined(tags))


def matched_places(mine: ByteRows, theirs: ByteRows) -> Bits:
    """For every place of the peer, 1 if its tag is among mine. No step depends on how many are.

    The peer of a sum waits for what follows, so that time spent per match would tell it their number.
    """
    words = np.concatenate([mine, theirs]).view("<u8").reshape(-1, 2)
    order = np.lexsort((words[:, 1], words[:, 0]))
    same = np.zeros(len(words) + 1, dtype=np.uint8)  # whether it equals the one before; neither side has repeats
    same[1:-1] = (words[order[1:]] == words[order[:-1]]).all(axis=1)
    bits = np.empty(len(words), dtype=np.uint8)
    bits[order] = same[1:] | same[:-1]
    return bits[len(mine) :]


def _chunks(count: int) -> list[tuple[int, int]]:
    return [(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


def _joined(parts: list[ByteRows]) -> ByteRows:
    return np.concatenate(parts) if parts else np.empty((0, TAG_BYTES), dtype=np.uint8)
