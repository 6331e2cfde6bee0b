"""ECDH-PSI: two parties find their common items by masking points with two secrets, in either order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from tacit.channel.channel import Channel
from tacit.errors import PeerFailed, PeerLost, ProtocolError, TacitError
from tacit.protocols.psi.groups import Masker
from tacit.protocols.psi.rows import ByteRows, Indices, has_repeats, match_rows, random_order, sort_rows
from tacit.protocols.psi.wire import (
    DIGEST_BYTES,
    POINT_BYTES,
    TAG_BYTES,
    Message,
    Reveal,
    Side,
    Terms,
    exchange_hello,
    recv_rows,
    swap,
)

CHUNK = 1 << 13  # items per message: the peer computes on one while the next is made and a third travels
AHEAD = 3  # how many chunks a side may be ahead of the other; bounds what waits in the queues

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Match:
    """`rows`: my indices of the common items; both parties' k-th entries are the same item. None: I do not learn.

    The order follows the hash tags of doubly masked points and says nothing about items or tables.
    """

    rows: Indices | None
    peer_count: int


def receive(channel: Channel, digests: ByteRows, terms: Terms, *, progress: Progress | None = None) -> Match:
    """Private set intersection, the receiver's side; `send` is the other one.

    Inputs: receiver digests (n, 32), sender digests (m, 32), uint8: hashes of the items, no repeats on either side.
    Learns: receiver m and which own items are common, in a common order. Sender n, and with terms.reveal BOTH the
        same about its own items; with RECEIVER nothing else, not even how many are common.
    Assumes: both follow the protocol (semi-honest); DDH in the group, hashes as random oracles. Malformed, invalid
        and repeated points, foreign sessions and oversized sets end the run. A party may still choose its items
        freely: guessable ids can be tried out, up to the size that it announces.
    Messages (chunks of 8192, interleaved so that both compute while bytes travel; both directions at once):
        R, S   HELLO    terms, number of items
        R -> S POINTS   H(x)^a  in random order          S -> R POINTS  H(y)^b  in random order
        S -> R TAGS     h_R(H(x)^ab), same order         R -> S TAGS    h_S(H(y)^ba), same order, only with BOTH
        R, S   DONE     with BOTH: hash of the common tags h_R
    h_R and h_S are hashes with different keys, so that tags sent back to where they came from match nothing.
    Cost: 2 (n + m) multiplications, n + m hashes to the group; 32 (n + m) + 16 n (+ 16 m) bytes; 3 flights.
    Source: Meadows 1986; Huberman, Franklin, Hogg 1999. Tags are 128 bit: for n, m <= 2^27 any false match has
        probability below 2^-74.
    Raises: DataError psi.key_types_differ, ProtocolError psi.*, PeerLost, PeerFailed.
    """
    return _run(channel, digests, terms, Side.RECEIVER, progress)


def send(channel: Channel, digests: ByteRows, terms: Terms, *, progress: Progress | None = None) -> Match:
    """Private set intersection, the sender's side. Everything is said at `receive`."""
    return _run(channel, digests, terms, Side.SENDER, progress)


def _run(channel: Channel, digests: ByteRows, terms: Terms, me: Side, progress: Progress | None) -> Match:
    if digests.ndim != 2 or digests.shape[1] != DIGEST_BYTES or digests.dtype != np.uint8:
        raise ValueError(f"digests must be (n, {DIGEST_BYTES}) bytes")
    with telling_peer(channel):
        peer_count = exchange_hello(channel, len(digests), terms, me)
        order = random_order(len(digests))
        # The exchange, and the secret with it, is gone when it has run.
        tags = _Exchange(channel, terms, me, peer_count, progress).run(digests[order])
        if terms.reveal is Reveal.BOTH:
            rows, common = tags.match()
            _agree(channel, common)
            return Match(order[rows], peer_count)
        # Said before the matching, so that not even the time of this message depends on the result.
        _agree(channel, tags.mine[:0])
        return Match(order[tags.match()[0]] if me is Side.RECEIVER else None, peer_count)


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
            self._points[step] = recv_rows(self._channel, Message.POINTS, stop - start, POINT_BYTES)
        if self._me in self._learners and 0 <= step - AHEAD < len(mine):
            start, stop = mine[step - AHEAD]
            self._mine.append(recv_rows(self._channel, Message.TAGS, stop - start, TAG_BYTES))

    @staticmethod
    def _checked(parts: list[ByteRows]) -> ByteRows:
        tags = _joined(parts)
        if has_repeats(tags):
            raise ProtocolError(
                "psi.repeated_point",
                "The peer sent the same point or tag twice.",
                expected="each item once",
                hint="The peer's table must be freed of repeated keys before PSI.",
            )
        return tags


def _agree(channel: Channel, common: ByteRows) -> None:
    """End together: nobody leaves before the other has everything, and both hold the same result."""
    mine = hashlib.sha256(np.ascontiguousarray(common).data).digest()
    if swap(channel, Message.DONE, mine) != mine:
        raise ProtocolError("psi.result_differs", "The peer computed another set of common items.")


def _chunks(count: int) -> list[tuple[int, int]]:
    return [(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]


def _joined(parts: list[ByteRows]) -> ByteRows:
    return np.concatenate(parts) if parts else np.empty((0, TAG_BYTES), dtype=np.uint8)


@contextmanager
def telling_peer(channel: Channel) -> Iterator[None]:
    """If this side stops on an error of its own, the peer hears the code and does not wait for a time-out."""
    try:
        yield
    except (PeerLost, PeerFailed):
        raise
    except TacitError as error:
        channel.fail(error.code)
        raise
