"""Counters and transcript of one channel end: what it sent and received, and a hash of all of it in order."""

from __future__ import annotations

import struct

from tacit.channel.channel import Buffer, Traffic
from tacit.kernel import Blake3

_DOMAIN = b"tacit.channel.transcript.v1"
_MESSAGE = struct.Struct("<HQ")
_JOIN_BELOW = 32 << 10  # bytes; one hash call over a short copy costs less than two calls
_HASH_LATER = 1 << 20  # bytes; up to this size a received message is kept until the next call to be hashed then


class Meter:
    """Counts payload bytes, messages and rounds, and hashes every message into its direction's transcript.

    A message is counted when the caller sends it and when the caller receives it, not when its bytes move, so both
    ends agree whatever the network does. A direction is identified by the names of its two ends.
    """

    def __init__(self, me: str, peer: str) -> None:
        if me == peer:
            raise ValueError("the two ends of a channel need different names")
        self._me, self._peer = me, peer
        self._hash_sent, self._hash_received = Blake3(), Blake3()
        self._bytes_sent = self._bytes_received = 0
        self._messages_sent = self._messages_received = 0
        self._rounds = 0
        self._sending = False
        self._due: tuple[int, Buffer, int] | None = None  # received, not hashed yet

    def sent(self, kind: int, payload: Buffer, size: int) -> None:
        """Count one outgoing message of `size` bytes."""
        if self._due is not None:
            self._settle(*self._due)
        _absorb(self._hash_sent, kind, payload, size)
        self._bytes_sent += size
        self._messages_sent += 1
        self._sending = True

    def received(self, kind: int, payload: Buffer, size: int) -> None:
        """Count one incoming message of `size` bytes; a round ends where receiving follows sending.

        It is hashed with the next call, when the peer has its answer and need not wait for our hash; a long one is
        hashed now, because its memory should not be held.
        """
        if self._due is not None:
            self._settle(*self._due)
        if size > _HASH_LATER:
            self._settle(kind, payload, size)
        else:
            self._due = (kind, payload, size)
        self._bytes_received += size
        self._messages_received += 1
        self._rounds += self._sending
        self._sending = False

    def traffic(self) -> Traffic:
        """The counters so far. Bytes are payload bytes: headers, TLS records and heartbeats are not counted."""
        return Traffic(
            bytes_sent=self._bytes_sent,
            bytes_received=self._bytes_received,
            messages_sent=self._messages_sent,
            messages_received=self._messages_received,
            rounds=self._rounds,
        )

    def transcript(self) -> bytes:
        """32 bytes: BLAKE3 over domain, names and both direction hashes, in the order of the sender's name."""
        if self._due is not None:
            self._settle(*self._due)
        directions = sorted([(self._me, self._hash_sent.digest()), (self._peer, self._hash_received.digest())])
        whole = Blake3()
        whole.update(_DOMAIN)
        for name, digest in directions:
            encoded = name.encode()
            whole.update(len(encoded).to_bytes(4, "little") + encoded + digest)
        return whole.digest()

    def _settle(self, kind: int, payload: Buffer, size: int) -> None:
        _absorb(self._hash_received, kind, payload, size)
        self._due = None


def _absorb(state: Blake3, kind: int, payload: Buffer, size: int) -> None:
    """The length in front of every message makes the sequence of messages, not only of bytes, unambiguous."""
    head = _MESSAGE.pack(kind, size)
    if size <= _JOIN_BELOW:
        state.update(head + payload)
        return
    state.update(head)
    state.update(payload)
