"""A party's seat in the dealer profile: its lines, the seeds shared with the dealer, and dealt correlations.

The same straight-line program runs at `first`, `second` and `dealer`. The dealer shares a fresh seed with each of
the two. Independent masks are expanded from the seeds at both ends and cost nothing; a correlation (a dealt value
that depends on other dealt values) is split as PRG(first) + correction, and only the correction travels, to `second`.
The dealer receives nothing but public sizes and public control bits, and so may run ahead of the other two.
"""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TypeAlias

import numpy as np

from tacit.channel.arrays import recv_array, send_array
from tacit.channel.channel import Channel, Session
from tacit.errors import InternalError, ProtocolError
from tacit.kernel import prg_u64
from tacit.protocols.mpc.corrections import CHUNK, Inbox, Outbox, recv_words, send_words
from tacit.protocols.mpc.messages import Kind
from tacit.protocols.mpc.shares import Words

Shape: TypeAlias = "tuple[int, ...]"

SEED_BYTES = 16
_AHEAD = 1 << 15  # words expanded at once, so that small draws cost a slice


class Stream(IntEnum):
    """Domain separation: each use of a seed has its own AES-CTR counter space."""

    MASK = 0  # uniform masks nobody but the dealer knows as a whole
    OWN = 1  # masks that one party knows in full
    SPLIT = 2  # first's shares of correlations


class _Keystream:
    """One stream of one key, taken word by word in order; every word is used once. Results are read-only."""

    def __init__(self, key: bytes, stream: Stream) -> None:
        self._key, self._stream = key, int(stream)
        self._next = 0  # number of the first word after the block
        self._block = np.empty(0, np.uint64)

    def take(self, count: int) -> Words:
        """The next `count` words."""
        if count > self._block.size:
            fresh = prg_u64(self._key, self._stream, count - self._block.size + _AHEAD, self._next)
            self._next += fresh.size
            self._block = np.concatenate([self._block, fresh]) if self._block.size else fresh
            self._block.flags.writeable = False
        words, self._block = self._block[:count], self._block[count:]
        return words


class Seat:
    """Lines and randomness. `index` is 0 at first, 1 at second, 2 at the dealer."""

    def __init__(self, session: Session, first: str, second: str, dealer: str) -> None:
        self.roles = (first, second, dealer)
        if session.me not in self.roles or len(set(self.roles)) != 3:
            raise InternalError("mpc.roles", "Three different roles are needed, one of them mine.")
        self.index = self.roles.index(session.me)
        self.lead = self.index == 0
        self.is_dealer = self.index == 2
        self._lines: list[Channel | None] = [session.channels.get(role) for role in self.roles]
        self._sid = session.sid
        self._outbox = Outbox(self.line(1)) if self.is_dealer else None
        self._inbox = Inbox(self.line(2)) if self.index == 1 else None
        keys = self._share_seeds()
        self._streams = {
            (stream, owner): _Keystream(key, stream)
            for owner, key in enumerate(keys)
            if key is not None
            for stream in Stream
        }

    def line(self, index: int) -> Channel:
        """The channel to the party at that index."""
        channel = self._lines[index]
        if channel is None:
            raise InternalError("mpc.no_channel", f"There is no channel to {self.roles[index]}.")
        return channel

    @property
    def peer(self) -> Channel:
        """The line between the two data parties."""
        return self.line(1 - self.index)

    # seeds

    def _share_seeds(self) -> list[bytes | None]:
        """PRG key by party; a data party has only its own. Bound to the session and the seat."""
        keys: list[bytes | None] = [None, None]
        for owner in (0, 1):
            if self.is_dealer:
                seed = secrets.token_bytes(SEED_BYTES)
                self.line(owner).send(Kind.SEED, seed)
            elif self.index == owner:
                seed = bytes(self.line(2).recv(Kind.SEED, SEED_BYTES))
            else:
                continue
            if len(seed) != SEED_BYTES:
                raise ProtocolError("mpc.seed_size", "The dealer's seed has the wrong size.")
            keys[owner] = self._derive(seed, owner)
        return keys

    def _derive(self, seed: bytes, owner: int) -> bytes:
        bound = b"\0".join([self._sid, *(role.encode() for role in self.roles), bytes([owner])])
        return hashlib.blake2b(bound, key=seed, digest_size=16, person=b"tacit.mpc.seed").digest()

    def _expand(self, stream: Stream, owner: int, count: int) -> Words | None:
        """The next `count` words of one of the streams, where its key is known."""
        keystream = self._streams.get((stream, owner))
        return None if keystream is None else keystream.take(count)

    # dealt randomness

    def uniform(self, shape: Shape, xor: bool = False) -> tuple[Words | None, Words | None]:
        """(this party's share, the dealer's sum): uniform ring elements, or with `xor` uniform bits."""
        count = math.prod(shape)
        left, right = self._expand(Stream.MASK, 0, count), self._expand(Stream.MASK, 1, count)
        if left is not None and right is not None:
            return None, (left ^ right if xor else left + right).reshape(shape)
        mine = left if right is None else right
        return (None if mine is None else mine.reshape(shape)), None

    def own(self, owner: int, shape: Shape) -> Words | None:
        """Uniform ring elements known to `owner` and the dealer; None at the other party."""
        words = self._expand(Stream.OWN, owner, math.prod(shape))
        return None if words is None else words.reshape(shape)

    def deal(self, add: int, xor: int, build: Callable[[Words], None]) -> Words | None:
        """Shares of correlations: `add` additively shared words, then `xor` words shared by exclusive or.

        The dealer's `build` writes the plain words. None at the dealer.
        """
        total = add + xor
        pad = self._expand(Stream.SPLIT, 0, total)
        if self._outbox is not None and pad is not None:
            plain = np.empty(total, np.uint64)
            build(plain)
            np.subtract(plain[:add], pad[:add], out=plain[:add])
            np.bitwise_xor(plain[add:], pad[add:], out=plain[add:])
            self._outbox.put(plain)
            return None
        return pad if self._inbox is None else self._inbox.take(total)

    @contextmanager
    def bundle(self) -> Iterator[None]:
        """Corrections dealt inside travel together: fewer messages, but second waits for the dealer's last one."""
        box = self._outbox or self._inbox
        if box is None:  # first receives none
            yield
            return
        box.bundling = True
        yield
        box.bundling = False
        box.flush()

    # messages

    def swap(self, kind: Kind, mine: Words, count: int) -> Words:
        """Send `mine`, receive `count` words of the other data party, in turns of at most CHUNK words."""
        mine = mine.reshape(-1)
        if mine.size <= CHUNK and count <= CHUNK:
            send_words(self.peer, kind, mine)
            return recv_words(self.peer, kind, count)
        theirs = np.empty(count, np.uint64)
        for start in range(0, max(mine.size, count), CHUNK):
            send_words(self.peer, kind, mine[start : start + CHUNK])
            piece = theirs[start : start + CHUNK]
            piece[:] = recv_words(self.peer, kind, piece.size)
        return theirs

    def hand(self, owner: int, kind: Kind, words: Words | None, count: int) -> Words | None:
        """One way, from `owner` to the other data party, who gets the words. None elsewhere."""
        if self.index == owner and words is not None:
            send_words(self.peer, kind, words.reshape(-1))
        elif self.index == 1 - owner:
            return recv_words(self.peer, kind, count)
        return None

    def open_sum(self, mine: Words) -> Words:
        """The sum of both parties' words. The caller has masked them."""
        return mine + self.swap(Kind.OPEN, mine, mine.size).reshape(mine.shape)

    def open_xor(self, mine: Words) -> Words:
        """The exclusive or of both parties' words. The caller has masked them."""
        return mine ^ self.swap(Kind.OPEN, mine, mine.size).reshape(mine.shape)

    def publish(self, mine: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Every data party's list of public whole numbers, of one length, to all three: (first's, second's)."""
        words = np.array(mine, np.int64)
        if self.is_dealer:
            tables = [self._take_public(owner, words.size) for owner in (0, 1)]
            return tables[0], tables[1]
        for channel in (self.peer, self.line(2)):
            send_array(channel, Kind.PUBLIC, words)
        theirs, own = self._take_public(1 - self.index, words.size), tuple(int(n) for n in words)
        return (own, theirs) if self.lead else (theirs, own)

    def _take_public(self, owner: int, count: int) -> tuple[int, ...]:
        return tuple(int(n) for n in recv_array(self.line(owner), Kind.PUBLIC, np.dtype(np.int64), (count,)))

    def steer(self, bit: bool | None) -> bool:
        """A public bit that both data parties know already (`bit`), told to the dealer by first."""
        if not self.is_dealer:
            if self.lead:
                self.line(2).send(Kind.CONTROL, bytes([bool(bit)]))
            return bool(bit)
        told = bytes(self.line(0).recv(Kind.CONTROL, 1))
        if told not in (b"\0", b"\1"):
            raise ProtocolError("mpc.control", "A control message is not one bit.")
        return told == b"\1"
