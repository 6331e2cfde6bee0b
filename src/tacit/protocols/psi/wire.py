"""The messages of ECDH-PSI: numbers, fixed layouts, and the checks that every received one must pass."""

from __future__ import annotations

import contextlib
import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from tacit.channel.channel import Channel
from tacit.errors import DataError, ParameterError, PeerFailed, PeerLost, ProtocolError, ResourceError
from tacit.kernel import Blake3
from tacit.protocols.psi.rows import ByteRows

VERSION = 1
MAX_KEY_COLUMNS = 16
MAX_ITEMS = 1 << 27  # per side; 2^27 x 2^27 pairs of 128-bit tags: a false match has probability below 2^-74
POINT_BYTES = 32
TAG_BYTES = 16
DIGEST_BYTES = 32

_HELLO = struct.Struct("<4sHBBBxxxQ16s16s")  # magic, version, role, group, reveal, count, key types, session mark
_MAGIC = b"TPSI"
_KEY_TYPES = {ord("i"): "integer", ord("t"): "text", ord("d"): "date"}


class Message(IntEnum):
    """Message numbers on the channel, in the order of first use."""

    HELLO = 0x5001
    POINTS = 0x5002
    TAGS = 0x5003
    DONE = 0x5004


class Side(IntEnum):
    """The seat at the table."""

    RECEIVER = 0
    SENDER = 1


class Group(IntEnum):
    """The group in which items are masked."""

    RISTRETTO255 = 0
    X25519 = 1


class Reveal(IntEnum):
    """Who learns which items are common."""

    BOTH = 0
    RECEIVER = 1


@dataclass(frozen=True, slots=True)
class Terms:
    """What both sides must agree on. `key_types`: one letter per key column, i(nteger), t(ext) or d(ate)."""

    sid: bytes
    group: Group = Group.RISTRETTO255
    reveal: Reveal = Reveal.BOTH
    key_types: bytes = b"t"
    max_items: int = MAX_ITEMS

    def __post_init__(self) -> None:
        if len(self.sid) != DIGEST_BYTES:
            raise ParameterError("psi.bad_session", "A session id has 32 bytes.", found=f"{len(self.sid)} bytes")
        if not 1 <= len(self.key_types) <= MAX_KEY_COLUMNS or not set(self.key_types) <= set(_KEY_TYPES):
            raise ParameterError(
                "psi.key_columns",
                "A key has 1 to 16 columns of type integer, text or date.",
                found=repr(self.key_types),
            )
        if not 0 < self.max_items <= MAX_ITEMS:
            raise ParameterError("psi.bad_limit", f"The limit of items lies between 1 and {MAX_ITEMS}.")

    def key(self, use: str) -> bytes:
        """A hash key of 32 bytes that belongs to this session and this use alone."""
        keyed = Blake3(self.sid)
        keyed.update(f"tacit/psi-ecdh/{VERSION}/{use}".encode())
        return keyed.digest()


def exchange_hello(channel: Channel, count: int, terms: Terms, me: Side) -> int:
    """Say what I bring, hear what the peer brings; its number of items, checked before any memory is taken.

    Raises ResourceError psi.too_many_items for my own set; ProtocolError psi.malformed, psi.version, psi.wrong_session,
    psi.terms_differ, psi.set_too_large; DataError psi.key_types_differ.
    """
    if count > terms.max_items:
        raise ResourceError(
            "psi.too_many_items",
            "The table has more keys than one PSI may take.",
            found=str(count),
            expected=f"at most {terms.max_items}",
            hint="Split the table.",
        )
    mark = terms.key(f"hello/{me.name}")[:16]
    mine = (_MAGIC, VERSION, me, terms.group, terms.reveal, count, terms.key_types, mark)
    theirs = swap(channel, Message.HELLO, _HELLO.pack(*mine))
    return _check_hello(theirs, terms, Side(1 - me))


def _check_hello(payload: bytes, terms: Terms, peer: Side) -> int:
    magic, version, side, group, reveal, count, key_types, mark = _HELLO.unpack(payload)
    if magic != _MAGIC:
        raise malformed("a greeting of another protocol")
    if version != VERSION:
        raise ProtocolError(
            "psi.version",
            "The peer speaks another version of this protocol.",
            found=str(version),
            expected=str(VERSION),
        )
    if mark != terms.key(f"hello/{peer.name}")[:16]:
        raise ProtocolError("psi.wrong_session", "The peer's greeting belongs to another session or another role.")
    if (side, group, reveal) != (peer, terms.group, terms.reveal):
        raise ProtocolError("psi.terms_differ", "The peer was told another group, role or receiver of the result.")
    _check_key_types(key_types.rstrip(b"\0"), terms.key_types)
    if count > terms.max_items:
        raise ProtocolError(
            "psi.set_too_large",
            "The peer announces more items than are allowed here.",
            found=str(count),
            expected=f"at most {terms.max_items}",
        )
    return int(count)


def _check_key_types(theirs: bytes, mine: bytes) -> None:
    if theirs == mine:
        return
    if not set(theirs) <= set(_KEY_TYPES):
        raise malformed("unknown key types")
    raise DataError(
        "psi.key_types_differ",
        "The key columns of the two sides differ in number or type, so that no key could match.",
        found=f"here {_type_names(mine)}, at the peer {_type_names(theirs)}",
        expected="the same types in the same order",
        hint="Set `types` in dataset.read at one side, for example text for numbers with leading zeros.",
    )


def _type_names(key_types: bytes) -> str:
    return ", ".join(_KEY_TYPES[letter] for letter in key_types) or "none"


def recv_rows(channel: Channel, message: Message, count: int, width: int) -> ByteRows:
    """Exactly `count` rows of `width` bytes. Raises ProtocolError psi.malformed."""
    payload = channel.recv(message, count * width)
    if len(payload) != count * width:
        raise malformed("a message that is shorter than announced")
    return np.frombuffer(payload, dtype=np.uint8).reshape(count, width)


def swap(channel: Channel, message: Message, mine: bytes) -> bytes:
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
