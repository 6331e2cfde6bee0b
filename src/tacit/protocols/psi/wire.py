"""What the protocols of private set intersection share: terms, numbers of messages, checks of received bytes."""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tacit.channel.channel import Channel
from tacit.errors import ParameterError, PeerFailed, PeerLost, ProtocolError, ResourceError
from tacit.kernel import Blake3
from tacit.kernel.vole import CONSERVATIVE
from tacit.protocols.psi.rows import ByteRows
from tacit.schema.text import Text

VERSION = 2
MAX_KEY_COLUMNS = 16
DEFAULT_ITEMS = 1 << 27
MAX_ITEMS = 1 << 30  # per side; 2^30 x 2^30 pairs of 128-bit tags: a false match has probability below 2^-68
SID_BYTES = 32
ITEM_BYTES = 16
POINT_BYTES = 32
COMPRESSED_BYTES = 33  # SEC 1, 2.3.3
TAG_BYTES = 16
KEY_TYPES = {ord("i"): "integer", ord("t"): "text", ord("d"): "date"}


class Message(IntEnum):
    """Message numbers on the channel: opening, ECDH, then the oblivious pseudorandom function and its tags."""

    HELLO = 0x5001
    COIN = 0x5002
    SIZES = 0x5003
    POINTS = 0x5004
    TAGS = 0x5005
    DONE = 0x5006
    BASE = 0x5010
    START = 0x5011
    REQUEST = 0x5012
    REPLY = 0x5013
    STORE = 0x5014
    COMMITS = 0x5015
    HALF = 0x5016
    PLACES = 0x5017
    CHALLENGE = 0x5018
    PROOF = 0x5019


class Side(IntEnum):
    """The seat at the table."""

    RECEIVER = 0
    SENDER = 1


class Group(IntEnum):
    """The group in which items are masked (ECDH)."""

    RISTRETTO255 = 0
    X25519 = 1
    P256 = 2
    SM2 = 3

    @property
    def point_bytes(self) -> int:
        """The length of an encoded point."""
        return COMPRESSED_BYTES if self in (Group.P256, Group.SM2) else POINT_BYTES


class Reveal(IntEnum):
    """Who learns which items are common."""

    BOTH = 0
    RECEIVER = 1


class Protocol(IntEnum):
    """What a run computes, and how. AUTO: an intersection, by the rule of `choice`."""

    AUTO = 0
    ECDH = 1
    VOLE = 2
    UNBALANCED = 3
    MULTIPARTY = 4
    COUNT = 5
    SUM = 6
    CIRCUIT = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """The protocol of a run and why; `advice`: what would serve better but has to be asked for."""

    protocol: Protocol
    reason: Text
    advice: Text | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """`rows`: my row numbers of the common items; both parties' k-th entries are the same item. None: I do not learn.

    `peer_count`: distinct keys of the peer. `count`: how many are common, if I learn it. The order is as random as the
    sender's shuffle, or follows hash tags of doubly masked points; it says nothing about tables.
    """

    rows: NDArray[np.uint32] | None
    peer_count: int
    count: int | None
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What both sides must agree on. `key_types`: one letter per key column, i(nteger), t(ext) or d(ate).

    `protocol` is a wish: AUTO goes with every other. `detail`: further terms of a protocol, compared by their hash.
    `max_items` is this side's own limit for both sets. `sid` (32 bytes) belongs to one run of one step.
    """

    sid: bytes
    group: Group = Group.RISTRETTO255
    reveal: Reveal = Reveal.BOTH
    key_types: bytes = b"t"
    max_items: int = DEFAULT_ITEMS
    protocol: Protocol = Protocol.AUTO
    malicious: bool = False
    parameters: str = CONSERVATIVE
    detail: bytes = b""

    def __post_init__(self) -> None:
        if len(self.sid) != SID_BYTES:
            raise ParameterError("psi.bad_session", "A session id has 32 bytes.", found=f"{len(self.sid)} bytes")
        if not 1 <= len(self.key_types) <= MAX_KEY_COLUMNS or not set(self.key_types) <= set(KEY_TYPES):
            raise ParameterError(
                "psi.key_columns",
                "A key has 1 to 16 columns of type integer, text or date.",
                found=repr(self.key_types),
            )
        if not 0 < self.max_items <= MAX_ITEMS:
            raise ParameterError("psi.bad_limit", f"The limit of items lies between 1 and {MAX_ITEMS}.")
        if self.malicious and self.protocol is Protocol.ECDH:
            raise not_malicious()

    def key(self, use: str) -> bytes:
        """A hash key of 32 bytes that belongs to this session and this use alone."""
        keyed = Blake3(self.sid)
        keyed.update(f"tacit/psi/{VERSION}/{use}".encode())
        return keyed.digest()

    def bound(self, seed: bytes) -> Terms:
        """The same terms for what follows the opening: keys depend on the joint seed too."""
        keyed = Blake3(self.key("bound"))
        keyed.update(seed)
        return replace(self, sid=keyed.digest())


def recv_exact(channel: Channel, message: int, size: int) -> memoryview:
    """A message of exactly `size` bytes. Raises ProtocolError psi.malformed."""
    payload = channel.recv(message, size)
    if payload.nbytes != size:
        raise malformed("a message that is shorter than announced")
    return payload


def recv_rows(channel: Channel, message: int, count: int, width: int) -> ByteRows:
    """Exactly `count` rows of `width` bytes, read-only. Raises ProtocolError psi.malformed."""
    return np.frombuffer(recv_exact(channel, message, count * width), dtype=np.uint8).reshape(count, width)


def swap(channel: Channel, message: IntEnum, mine: bytes) -> bytes:
    """Send mine, return the peer's of the same size. Raises ProtocolError psi.malformed.

    Mine has left when this returns, even if this side stops right afterwards. That the peer may have stopped by then
    is its own matter: what it sent has arrived.
    """
    channel.send(message, mine)
    theirs = bytes(channel.recv(message, len(mine)))
    with contextlib.suppress(PeerLost, PeerFailed):
        channel.flush()
    if len(theirs) != len(mine):
        raise malformed("a message of the wrong length")
    return theirs


def malformed(found: str) -> ProtocolError:
    """The error for bytes that this protocol never sends."""
    return ProtocolError(
        "psi.malformed",
        "The peer sent a message that this protocol does not know.",
        found=found,
        hint="Both nodes must run the same release of Tacit.",
    )


def repeated() -> ProtocolError:
    """The error for a point or tag that came twice."""
    return ProtocolError(
        "psi.repeated_point",
        "The peer sent the same point or tag twice.",
        expected="each item once",
        hint="The peer's table must be freed of repeated keys before PSI.",
    )


def result_differs() -> ProtocolError:
    """The error for ends that do not hold the same result."""
    return ProtocolError("psi.result_differs", "The peer computed another set of common items.")


def not_malicious() -> ParameterError:
    """The error for terms that no protocol of this kind can keep."""
    return ParameterError(
        "psi.not_malicious",
        "This protocol is not secure against a party that does not follow it.",
        hint="Choose vole or auto for `protocol`, or leave `malicious` off.",
    )


def store_failed(error: OSError) -> ResourceError:
    """The error for files of keys that cannot be written or read."""
    return ResourceError(
        "psi.store_failed",
        "Keys could not be kept in the folder for them.",
        found=errno.errorcode.get(error.errno or 0, "an error of the file system"),
        hint="Free some space there, name another folder, or allow more memory.",
    )
