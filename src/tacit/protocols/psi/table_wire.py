"""The messages of the unbalanced protocol: numbers, greeting, and what a greeting is checked for."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from tacit.channel.channel import Channel
from tacit.errors import DataError, ProtocolError
from tacit.protocols.psi.segments import Header
from tacit.protocols.psi.wire import KEY_TYPES, Side, Terms, malformed, swap

VERSION = 1
_MAGIC = b"TPSU"
# magic, version, side, purpose, count, epoch, key id, head, key types, session mark
_HELLO = struct.Struct("<4sHBBQQ16s32s16s16s")


class Message(IntEnum):
    """Message numbers on the channel."""

    HELLO = 0x5041
    HEADS = 0x5042
    WANT = 0x5043
    CHUNK = 0x5044
    DONE = 0x5045
    GRANT = 0x5046
    BLINDED = 0x5047
    EVALUATED = 0x5048


class Purpose(IntEnum):
    """What the two parties met for."""

    FETCH = 0
    QUERY = 1


@dataclass(frozen=True, slots=True)
class Greeting:
    """The peer's view: its table, if it has one, and how many items it will ask about."""

    count: int
    epoch: int
    key_id: bytes
    head: bytes


def greet(channel: Channel, terms: Terms, me: Side, purpose: Purpose, header: Header | None, count: int) -> Greeting:
    """Tell the peer which table I have, hear which one it has.

    Raises ProtocolError psi.malformed, psi.version, psi.wrong_session, psi.terms_differ; DataError
    psi.key_types_differ.
    """
    mark = terms.key(f"unbalanced/hello/{me.name}")[:16]
    table = (header.epoch, header.key_id, header.digest) if header is not None else (0, bytes(16), bytes(32))
    mine = _HELLO.pack(_MAGIC, VERSION, me, purpose, count, *table, terms.key_types, mark)
    return _check(swap(channel, Message.HELLO, mine), terms, Side(1 - me), purpose)


def _check(payload: bytes, terms: Terms, peer: Side, purpose: Purpose) -> Greeting:
    magic, version, side, wish, count, epoch, key_id, head, key_types, mark = _HELLO.unpack(payload)
    if magic != _MAGIC:
        raise malformed("a greeting of another protocol")
    if version != VERSION:
        raise ProtocolError(
            "psi.version",
            "The peer speaks another version of this protocol.",
            found=str(version),
            expected=str(VERSION),
        )
    if mark != terms.key(f"unbalanced/hello/{peer.name}")[:16]:
        raise ProtocolError("psi.wrong_session", "The peer's greeting belongs to another session or another role.")
    if (side, wish) != (peer, purpose):
        raise ProtocolError("psi.terms_differ", "The peer was told another group, role or receiver of the result.")
    _check_key_types(key_types.rstrip(b"\0"), terms.key_types)
    return Greeting(count, epoch, key_id, head)


def _check_key_types(theirs: bytes, mine: bytes) -> None:
    if theirs == mine:
        return
    if not set(theirs) <= set(KEY_TYPES):
        raise malformed("unknown key types")
    raise DataError(
        "psi.key_types_differ",
        "The key columns of the two sides differ in number or type, so that no key could match.",
        found=f"here {_names(mine)}, at the peer {_names(theirs)}",
        expected="the same types in the same order",
        hint="Set `types` in dataset.read at one side, for example text for numbers with leading zeros.",
    )


def _names(key_types: bytes) -> str:
    return ", ".join(KEY_TYPES[letter] for letter in key_types) or "none"
