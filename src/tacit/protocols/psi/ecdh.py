"""ECDH-PSI: two parties find their common items by masking points with two secrets, in either order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tacit.channel.channel import Channel
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.groups import Masker
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.rows import ByteRows, Indices, has_repeats, match_rows, random_order, sort_rows
from tacit.protocols.psi.wire import (
    TAG_BYTES,
    Match,
    Message,
    Reveal,
    Side,
    Terms,
    not_malicious,
    recv_rows,
    repeated,
    result_differs,
    swap,
)

CHUNK = 1 << 13  # items per message: the peer computes on one while the next is made and a third travels
AHEAD = 3  # how many chunks a side may be ahead of the other; bounds what waits in the queues

Progress = Callable[[int, int], None]


def receive(
    channel: Channel, keys: KeyBins, peer_count: int, terms: Terms, *, progress: Progress | None = None
) -> Match:
    """Private set intersection, the receiver's side; `send` is the other one. Both have opened the run and know sizes.

    Inputs: finished keys of each side under one joint seed, n at the receiver, m at the sender.
    Learns: which own items are common: the receiver, and with terms.reveal BOTH the sender, in a common order. With
        RECEIVER the sender learns nothing, not even how many are common.
    Assumes: both follow the protocol (semi-honest); DDH in the group, hashes as random oracles. Malformed, invalid
        and repeated points end the run. A party may still choose its items freely: guessable ids can be tried out, up
        to the size that it announces.
    Messages (chunks of 8192, interleaved so that both compute while bytes travel; both directions at once):
        R -> S POINTS   H(x)^a  in random order          S -> R POINTS  H(y)^b  in random order
        S -> R TAGS     h_R(H(x)^ab), same order         R -> S TAGS    h_S(H(y)^ba), same order, only with BOTH
        R, S   DONE     with BOTH: hash of the common tags h_R
    h_R and h_S are hashes with different keys, so that tags sent back to where they came from match nothing.
    Cost: 2 (n + m) multiplications, n + m hashes to the group; p (n + m) + 16 n (+ 16 m) bytes with
        points of p = 32 or 33 bytes; 3 flights.
    Source: Meadows 1986; Huberman, Franklin, Hogg 1999. Tags are 128 bit: for n, m <= 2^30 any false match has
        probability below 2^-68.
    Raises: ProtocolError psi.*, ParameterError psi.not_malicious, PeerLost, PeerFailed.
    """
    return _run(channel, keys, peer_count, terms, Side.RECEIVER, progress)


def send(channel: Channel, keys: KeyBins, peer_count: int, terms: Terms, *, progress: Progress | None = None) -> Match:
    """Private set intersection, the sender's side. Everything is said at `receive`."""
    return _run(channel, keys, peer_count, terms, Side.SENDER, progress)


def _run(channel: Channel, keys: KeyBins, peer_count: int, terms: Terms, me: Side, progress: Progress | None) -> Match:
    with telling_peer(channel):
        if terms.malicious:
            raise not_malicious()
        keys.arrange(1)
        items, numbers, _ = keys.group(0, 1)
        order = random_order(len(items))  # keys are sorted, which says something about them
        # The exchange, and the secret with it, is gone when it has run.
        tags = _Exchange(channel, terms, me, peer_count, progress).run(items[order])
        if terms.reveal is Reveal.BOTH:
            rows, common = tags.match()
            _agree(channel, common)
            return Match(numbers[order[rows]], peer_count, len(rows))
        # Said before the matching, so that not even the time of this message depends on the result.
        _agree(channel, tags.mine[:0])
        if me is Side.SENDER:
            return Match(None, peer_count, None)
        rows = tags.match()[0]
        return Match(numbers[order[rows]], peer_count, len(rows))


@dataclass(frozen=True, slots=True)
class _Tags:
    """`mine`: of my items, as the peer made them (none if I get none); `theirs`: of the peer's, under the same key.
    `names`: of the peer's items under the receiver's key, whoever I am: both parties order by these."""

    mine: ByteRows
    theirs: ByteRows
    names: ByteRows

    def match(self) -> tuple[Indices, ByteRows]:
        """Where in `mine` the common items stand, and their names, ordered by name."""
        mine, theirs = match_rows(self.mine, self.theirs)
        names = self.names[theirs]
        order, _ = sort_rows(names)
        return mine[order], names[order]


class _Exchange:
    """The middle of the protocol: my points go out, the peer's come back as tags, and the other way round.

    Both sides walk the same steps. In step s a side sends its s-th chunk of points and the tags of the peer's chunk
    s - AHEAD; then it takes what the peer sent in step s - AHEAD + 1. So a side waits only when it is AHEAD - 1 steps
    in front, and neither queue holds more than AHEAD + 1 chunks of each kind.
    """

    def __init__(self, channel: Channel, terms: Terms, me: Side, peer_count: int, progress: Progress | None) -> None:
        self._channel = channel
        self._masker = Masker(terms)
        self._me = me
        self._learners = tuple(Side) if terms.reveal is Reveal.BOTH else (Side.RECEIVER,)
        self._peer_count = peer_count
        self._progress = progress
        self._points: dict[int, ByteRows] = {}  # chunks of the peer that wait for their tags
        self._theirs: dict[Side, list[ByteRows]] = {side: [] for side in Side}
        self._mine: list[ByteRows] = []

    def run(self, digests: ByteRows) -> _Tags:
        """Tags of my items in the given order, and of the peer's in its order."""
        mine, peers = _chunks(len(digests)), _chunks(self._peer_count)
        steps = max(len(mine), len(peers)) + 2 * AHEAD - 1
        for step in range(steps):
            if step < len(mine):
                start, stop = mine[step]
                self._channel.send(Message.POINTS, self._masker.mask(digests[start:stop]).data)
            self._return_tags(step - AHEAD)
            self._take(step - AHEAD + 1, mine, peers)
            if self._progress is not None:
                self._progress(step + 1, steps)
        names = self._checked(self._theirs[Side.RECEIVER])
        theirs = names if self._me is Side.RECEIVER else _joined(self._theirs[Side.SENDER])
        return _Tags(self._checked(self._mine), theirs, names)

    def _return_tags(self, chunk: int) -> None:
        points = self._points.pop(chunk, None)
        if points is None:
            return
        masked = self._masker.mask_again(points)
        for learner in self._learners:
            tags = self._masker.tags(masked, learner)
            if learner is not self._me:
                self._channel.send(Message.TAGS, tags.data)
            if learner in (self._me, Side.RECEIVER):
                self._theirs[learner].append(tags)

    def _take(self, step: int, mine: list[tuple[int, int]], peers: list[tuple[int, int]]) -> None:
        """What the peer sent in its `step`: a chunk of its points, and the tags of my chunk step - AHEAD."""
        if 0 <= step < len(peers):
            start, stop = peers[step]
            self._points[step] = recv_rows(self._channel, Message.POINTS, stop - start, self._masker.point_bytes)
        if self._me in self._learners and 0 <= step - AHEAD < len(mine):
            start, stop = mine[step - AHEAD]
            self._mine.append(recv_rows(self._channel, Message.TAGS, stop - start, TAG_BYTES))

    @staticmethod
    def _checked(parts: list[ByteRows]) -> ByteRows:
        tags = _joined(parts)
        if has_repeats(tags):
            raise repeated()
        return tags


def _agree(channel: Channel, common: ByteRows) -> None:
    """End together: nobody leaves before the other has everything, and both hold the same result."""
    mine = hashlib.sha256(np.ascontiguousarray(common).data).digest()
    if swap(channel, Message.DONE, mine) != mine:
        raise result_differs()


def _chunks(count: int) -> list[tuple[int, int]]:
    return [(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


def _joined(parts: list[ByteRows]) -> ByteRows:
    return np.concatenate(parts) if parts else np.empty((0, TAG_BYTES), dtype=np.uint8)
