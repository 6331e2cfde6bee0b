"""The Channel: two parties, one session, ordered typed messages, metered and hashed.

Protocols see only this. `memory_pair()` and the TLS channel behave alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Buffer: TypeAlias = "bytes | bytearray | memoryview"


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counters of one channel end. A round is a change of direction from sending to receiving."""

    bytes_sent: int
    bytes_received: int
    messages_sent: int
    messages_received: int
    rounds: int


class Channel(Protocol):
    """One end of a session with one peer.

    `kind` is a protocol-chosen message number (0..65535, an IntEnum of the protocol); both ends must agree on the
    order of kinds. `send` never waits for the peer's `recv` as long as the queue limit (64 MiB by default) is not
    reached, so that two parties may both send first. Not for use from two threads at once.
    """

    peer: str  # role or party name at the other end, for messages to people

    def send(self, kind: int, payload: Buffer) -> None:
        """Queue one message. The payload must not be changed by the caller afterwards.

        Raises PeerLost, PeerFailed.
        """
        ...

    def recv(self, kind: int, limit: int) -> memoryview:
        """Next message, as a read-only view; it must be of this `kind` and at most `limit` bytes.

        Raises ProtocolError ("protocol.unexpected_message", "protocol.message_too_large", checked before the
        memory is taken), PeerLost, PeerFailed.
        """
        ...

    def flush(self) -> None:
        """Wait until everything queued has left."""
        ...

    def fail(self, code: str) -> None:
        """Tell the peer that this side stops because of `code` (its recv and send raise PeerFailed). Never raises."""
        ...

    def close(self) -> None:
        """Say goodbye and release. The peer's next recv raises PeerLost("peer.closed"). Safe to call twice."""
        ...

    def traffic(self) -> Traffic: ...

    def transcript(self) -> bytes:
        """32 bytes, equal at both ends when both saw the same messages (BLAKE3 per direction, then over both)."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A party's seat in one run of one protocol.

    `sid` (32 bytes) is bound to job agreement, step and attempt; every hash and PRG key of a protocol is derived
    from it or from fresh OS randomness. `me` and the keys of `channels` are role names.
    """

    sid: bytes
    me: str
    channels: Mapping[str, Channel]

    @property
    def parties(self) -> tuple[str, ...]:
        return tuple(sorted((self.me, *self.channels)))
