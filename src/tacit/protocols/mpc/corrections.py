"""The line from the dealer to second: corrections one by one, or many of them in one message.

Both ends open and close a bundle at the same point of the program. Inside, the dealer collects corrections and never
splits one, so second takes whole corrections from the message at hand and fetches the next when it is used up.
"""

from __future__ import annotations

import numpy as np

from tacit.channel.arrays import recv_array, send_array
from tacit.channel.channel import Channel
from tacit.errors import ProtocolError
from tacit.protocols.mpc.messages import Kind
from tacit.protocols.mpc.shares import Words

CHUNK = 1 << 19  # words per message (4 MiB): far below a channel's queue, so that both sides may send first
_WORD = 8


def send_words(channel: Channel, kind: Kind, words: Words) -> None:
    """In messages of at most CHUNK words; none at all for an empty array."""
    for start in range(0, words.size, CHUNK):
        send_array(channel, kind, words[start : start + CHUNK])


def recv_words(channel: Channel, kind: Kind, count: int) -> Words:
    """Exactly `count` words sent by `send_words`. Raises ProtocolError."""
    if count == 0:
        return np.empty(0, np.uint64)
    if count <= CHUNK:
        return _take(channel, kind, count)
    words = np.empty(count, np.uint64)
    for start in range(0, count, CHUNK):
        piece = words[start : start + CHUNK]
        piece[:] = _take(channel, kind, piece.size)
    return words


def _take(channel: Channel, kind: Kind, count: int) -> Words:
    return recv_array(channel, kind, np.dtype(np.uint64), (count,))


class Outbox:
    """The dealer's end."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._held: list[Words] = []
        self._size = 0
        self.bundling = False

    def put(self, words: Words) -> None:
        """Send a correction, now or with the bundle. It must not be changed afterwards."""
        if not self.bundling or self._size + words.size > CHUNK:
            self.flush()
        self._held.append(words)
        self._size += words.size
        if not self.bundling or self._size > CHUNK:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            send_words(self._channel, Kind.CORRECTION, np.concatenate(self._held))
        self._held, self._size = [], 0


class Inbox:
    """Second's end."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._rest = np.empty(0, np.uint64)
        self.bundling = False

    def take(self, count: int) -> Words:
        """The next correction, of `count` words. Raises ProtocolError."""
        if not self.bundling or count > CHUNK:
            self.flush()
            return recv_words(self._channel, Kind.CORRECTION, count)
        if count and not self._rest.size:
            self._rest = self._fetch()
        if count > self._rest.size:
            raise _wrong_size()
        words, self._rest = self._rest[:count], self._rest[count:]
        return words

    def flush(self) -> None:
        """Nothing may be left over at the end of a bundle. Raises ProtocolError."""
        if self._rest.size:
            raise _wrong_size()

    def _fetch(self) -> Words:
        payload = self._channel.recv(Kind.CORRECTION, CHUNK * _WORD)
        if payload.nbytes == 0 or payload.nbytes % _WORD:
            raise _wrong_size()
        return np.frombuffer(payload, np.dtype("<u8")).astype(np.uint64, copy=False)


def _wrong_size() -> ProtocolError:
    return ProtocolError("mpc.bundle_size", "The dealer's corrections do not have the sizes that the program needs.")
