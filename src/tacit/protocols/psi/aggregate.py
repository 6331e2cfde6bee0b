"""What the aggregate protocols share: message numbers, the greeting, and checks of what is received."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tacit.channel.channel import Channel
from tacit.errors import ProtocolError
from tacit.kernel import KeyBins
from tacit.protocols.psi.opening import check_own_size, check_size
from tacit.protocols.psi.rows import ByteRows, has_repeats
from tacit.protocols.psi.wire import Side, Terms, malformed, not_malicious, recv_exact, repeated, swap

VERSION = 1
KEY_BYTES = 16

_HELLO = struct.Struct("<4sHBxQ16s16s")  # magic, version, side, number of keys, session mark, mark of the options
_MAGIC = b"TPSA"
_NUMBER = struct.Struct("<q")


class Message(IntEnum):
    """Message numbers on the channel."""

    HELLO = 0x5100
    POINTS = 0x5101
    TAGS = 0x5102
    BASE = 0x5103
    CHOICES = 0x5104
    CORRECTIONS = 0x5105
    VOLE = 0x5106
    MASKED = 0x5107
    HINT = 0x5108
    SHARES = 0x5109
    COUNT = 0x510A
    DONE = 0x510B


class Noise(Protocol):
    """Noise on a count, as `tacit.privacy.noise` makes it; both sides must name the same."""

    @property
    def label(self) -> str:
        """Kind and parameters, the same text on both sides."""
        ...

    @property
    def bound(self) -> int | None:
        """No draw is larger than this in magnitude; None if there is no such bound."""
        ...

    def draw(self) -> int:
        """One sample, centred at 0."""
        ...


def exchange_sizes(channel: Channel, count: int, terms: Terms, me: Side, options: str) -> int:
    """Say how many keys I bring and what was agreed; the peer's number, checked before any memory is taken.

    options: protocol and all its public parameters; both sides must bring the same text.
    Raises ParameterError psi.not_malicious; ResourceError psi.too_many_items for my own set; ProtocolError psi.version,
    psi.malformed, psi.wrong_session, psi.terms_differ, psi.set_too_large.
    """
    if terms.malicious:
        raise not_malicious()
    check_own_size(count, terms)
    wanted = _hello(count, terms, me, options)
    return _check_hello(swap(channel, Message.HELLO, wanted), terms, Side(1 - me), options)


def _hello(count: int, terms: Terms, side: Side, options: str) -> bytes:
    mark = terms.key(f"aggregate/hello/{side.name}")[:16]
    return _HELLO.pack(_MAGIC, VERSION, side, count, mark, _options_mark(terms, options))


def _options_mark(terms: Terms, options: str) -> bytes:
    agreed = f"{options}/{terms.group.name}/{terms.reveal.name}/{terms.parameters}"
    return terms.key(f"aggregate/options/{agreed}")[:16]


def _check_hello(payload: bytes, terms: Terms, peer: Side, options: str) -> int:
    magic, version, side, count, mark, agreed = _HELLO.unpack(payload)
    if magic != _MAGIC:
        raise malformed("a greeting of another protocol")
    if version != VERSION:
        raise ProtocolError(
            "psi.version",
            "The peer speaks another version of this protocol.",
            found=str(version),
            expected=str(VERSION),
        )
    if mark != terms.key(f"aggregate/hello/{peer.name}")[:16]:
        raise ProtocolError("psi.wrong_session", "The peer's greeting belongs to another session or another role.")
    if side != peer or agreed != _options_mark(terms, options):
        raise ProtocolError("psi.terms_differ", "The peer was told another group, role or receiver of the result.")
    check_size(count, terms)
    return int(count)


def distinct_keys(keys: KeyBins) -> tuple[ByteRows, NDArray[np.int64]]:
    """All distinct keys (k, 16) and the rows that they stand in."""
    keys.arrange(1)
    found, rows, _ = keys.group(0, 1)
    return np.ascontiguousarray(found), rows.astype(np.int64)


def recv_words(channel: Channel, message: Message, count: int) -> NDArray[np.uint64]:
    """Exactly `count` words. Raises ProtocolError psi.malformed."""
    return np.frombuffer(recv_exact(channel, message, 8 * count), dtype="<u8")


def recv_number(channel: Channel, message: Message, low: int, high: int) -> int:
    """One integer from `low` to `high`. Raises ProtocolError psi.malformed."""
    number: int = _NUMBER.unpack(recv_exact(channel, message, _NUMBER.size))[0]
    if not low <= number <= high:
        raise malformed("a result that is out of range")
    return number


def send_number(channel: Channel, message: Message, number: int) -> None:
    """One integer below 2^63 in magnitude."""
    channel.send(message, _NUMBER.pack(number))


@contextmanager
def taking_message() -> Iterator[None]:
    """Around a call of the kernel with bytes of the peer: what it refuses is the peer's fault. psi.malformed."""
    try:
        yield
    except ValueError:
        raise malformed("bytes that are no message of a transfer") from None


def finish(channel: Channel, terms: Terms) -> None:
    """Nobody leaves before the other has everything. The message is a constant of the session."""
    if swap(channel, Message.DONE, terms.key("aggregate/done")) != terms.key("aggregate/done"):
        raise malformed("another end")


def refuse_repeats(tags: ByteRows) -> ByteRows:
    """The tags themselves. Raises ProtocolError psi.repeated_point if two are equal."""
    if has_repeats(tags):
        raise repeated()
    return tags
