"""Frames: how messages lie in a byte stream. Pure state, no input or output.

    version u8 | type u8 | kind u16 | length u64 | body            (big-endian, 12 bytes in front of the body)

The reader never takes memory because a peer announced a size. Bodies up to `EAGER_BYTES` are collected at once; a
larger one waits, unread, until the receiver has said what size it allows (`admit`).
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from tacit.channel import faults

VERSION = 1
HEADER = struct.Struct("!BBHQ")
EAGER_BYTES = 256 << 10
_STAGE_BYTES = 64 << 10  # four TLS records
_NOTHING = memoryview(b"")


class FrameType(IntEnum):
    """What a frame is for."""

    DATA = 1
    PING = 2
    FAIL = 3
    CLOSE = 4
    HELLO = 5


_TYPES = {
    1: (FrameType.DATA, 1 << 40),
    2: (FrameType.PING, 0),
    3: (FrameType.FAIL, 256),
    4: (FrameType.CLOSE, 0),
    5: (FrameType.HELLO, 1024),
}  # and the longest body of each


class Header(NamedTuple):
    """The checked front of a frame. `length` counts the bytes of the body."""

    type: FrameType
    kind: int
    length: int


class Frame(NamedTuple):
    """A complete frame; the body is a read-only view that nobody else holds."""

    type: FrameType
    kind: int
    body: memoryview


def pack_header(type_: FrameType, kind: int, length: int) -> bytes:
    """The 12 bytes in front of a body of `length` bytes."""
    return HEADER.pack(VERSION, type_, kind, length)


def pack_frame(type_: FrameType, body: bytes = b"", kind: int = 0) -> bytes:
    """A whole short frame."""
    return pack_header(type_, kind, len(body)) + body


def parse_header(data: bytes | memoryview, offset: int = 0) -> Header:
    """Check and split 12 bytes. Raises ProtocolError "channel.bad_frame"."""
    version, number, kind, length = HEADER.unpack_from(data, offset)
    if version != VERSION:
        raise faults.bad_frame(f"frame version {version}")
    if number not in _TYPES:
        raise faults.bad_frame(f"frame type {number}")
    type_, longest = _TYPES[number]
    if length > longest:
        raise faults.bad_frame(f"a {type_.name} frame of {length} bytes")
    if kind and number != 1:
        raise faults.bad_frame(f"a {type_.name} frame with a kind")
    return Header(type_, kind, length)


def parse_code(body: memoryview) -> str:
    """The error code in a FAIL frame. Raises ProtocolError when it does not have the form of a code."""
    text = bytes(body).decode("ascii", "replace")
    if not faults.is_code(text):
        raise faults.bad_frame("a FAIL frame without a code")
    return text


class FrameReader:
    """Turns bytes into frames: fill `space()`, tell `wrote(n)`, then take `next()` until it gives None.

    `waiting` is the header of a large data frame whose body waits for `admit`; until then there is no space.
    """

    def __init__(self) -> None:
        self._stage = memoryview(bytearray(_STAGE_BYTES))
        self._start = self._end = 0
        self._body: memoryview | None = None  # of the frame in `_header`, filled up to `_have`
        self._header = Header(FrameType.PING, 0, 0)
        self._have = 0
        self._skip = 0
        self._discarding = False
        self.waiting: Header | None = None

    def admit(self) -> None:
        """The receiver allows the waiting frame: take the memory for it."""
        header, self.waiting = self.waiting, None
        if header is not None:
            self._begin_body(header)

    def discard(self) -> None:
        """From now on walk over data frames without keeping them."""
        self._discarding = True
        if self.waiting is not None:
            self._skip, self.waiting = self.waiting.length, None

    @property
    def filling(self) -> bool:
        """Whether `space()` is the rest of one body."""
        return self._body is not None

    def space(self) -> memoryview:
        """Where the next bytes go; empty while a frame waits for `admit`."""
        if self._body is not None:
            return self._body[self._have :]
        if self.waiting is not None:
            return _NOTHING
        if self._start == self._end:
            self._start = self._end = 0
        elif self._end > _STAGE_BYTES // 2:
            left = self._end - self._start
            self._stage[:left] = bytes(self._stage[self._start : self._end])
            self._start, self._end = 0, left
        return self._stage[self._end :]

    def wrote(self, count: int) -> None:
        """`count` bytes were put at the beginning of `space()`."""
        if self._body is not None:
            self._have += count
        else:
            self._end += count

    def next(self) -> Frame | None:
        """The next complete frame, or None when more bytes (or `admit`) are needed. Raises ProtocolError."""
        if self._body is not None:
            return self._finish_body(self._body)
        while not self._skip or self._walk_over():
            start = self._start + HEADER.size
            left = self._end - start
            if left < 0 or self.waiting is not None:
                break
            header = parse_header(self._stage, self._start)
            type_, kind, length = header
            self._start = start
            if self._discarding and type_ is FrameType.DATA:
                self._skip = length
            elif length <= left:
                self._start = end = start + length
                return Frame(type_, kind, memoryview(bytes(self._stage[start:end])))
            elif length <= EAGER_BYTES:
                self._begin_body(header)
                break
            else:
                self.waiting = header
        return None

    def _begin_body(self, header: Header) -> None:
        """Take memory for a body and begin it with what is staged."""
        staged = self._end - self._start
        self._body = np.empty(header.length, np.uint8).data
        self._body[:staged] = self._stage[self._start : self._end]
        self._start = self._end
        self._header, self._have = header, staged

    def _finish_body(self, body: memoryview) -> Frame | None:
        type_, kind, length = self._header
        if self._have < length:
            return None
        self._body = None
        return Frame(type_, kind, body.toreadonly())

    def _walk_over(self) -> bool:
        """Pass over a discarded body; True when it is over."""
        count = min(self._skip, self._end - self._start)
        self._start += count
        self._skip -= count
        return not self._skip
