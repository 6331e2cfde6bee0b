"""The frames of one TLS connection: what waits to leave, what has arrived, how the line ended. No threads, no waiting.

Every method works on a non-blocking socket and returns at once; the owner holds one lock around all of them, because
an OpenSSL connection must not be used by two threads at a time.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, cast

from tacit.channel import faults
from tacit.channel.framing import HEADER, Frame, FrameReader, FrameType, pack_header, parse_code
from tacit.errors import ProtocolError, TacitError

Fault: TypeAlias = Callable[[], TacitError]

INBOX_BYTES = 16 << 20  # what may arrive ahead of recv; above it the socket is left unread
_PIECE = 128 << 10  # bytes in one call of OpenSSL, which holds the lock
_FIRST = (16 << 10) - HEADER.size  # body bytes in the first TLS record of a frame
_FRAME_COST = 512  # bytes that a queued frame costs besides its body
_MANY = 1 << 30
_IN, _OUT = select.POLLIN, select.POLLOUT
GONE_EVENTS = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR  # the peer is gone


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. A ping leaves after `ping_s` without another message; after `silent_s` without any the peer is lost.

    `fail_s` bounds how long the reason of a failure is pushed to the peer. `close_s` bounds how long a close waits for
    a living peer to take what was sent before; a peer that computes may take long to get there.
    """

    ping_s: float = 1.0
    silent_s: float = 4.0
    tick_s: float = 0.02
    fail_s: float = 2.0
    close_s: float = 600.0


class TlsStream:
    """State of one connection after its handshake."""

    def __init__(self, tls: ssl.SSLSocket, peer: str, timing: Timing) -> None:
        self._tls = tls
        self._peer = peer
        self._timing = timing
        self._out: deque[tuple[memoryview, bool]] = deque()  # bytes, and whether a frame ends with them
        self._midway = False  # the frame in front has begun to leave
        self._reader = FrameReader()
        self._inbox: deque[Frame] = deque()
        self._inbox_cost = 0
        self._heard = self._spoke = time.monotonic()
        self.backlog = 0  # bytes that wait to leave
        self.ready = True  # a read is worth trying
        self._undelivered = True
        self._put = tls.write
        self._get = cast("Callable[[int, memoryview], int]", tls.read)
        self.ended: Fault | None = None  # nothing more arrives
        self.orderly = False  # ... because the peer said goodbye
        self.unsendable: Fault | None = None  # nothing more can leave

    # Outgoing

    def check_sendable(self) -> None:
        """Raise what makes sending pointless."""
        fault = self.ended or self.unsendable
        if fault is not None:
            raise fault()

    def post(self, kind: int, body: memoryview, size: int, limit: int) -> bool:
        """Queue a message and write what the socket takes; False when it would lift the queue above `limit` bytes.

        One message alone may be longer than the limit. Raises what makes sending pointless.
        """
        if self.ended is not None or self.unsendable is not None:
            self.check_sendable()
        if self._out and self.backlog + size > limit:
            return False
        self.queue(FrameType.DATA, kind, body, size)
        self.write()
        return True

    def queue(self, type_: FrameType, kind: int, body: memoryview, size: int) -> None:
        """Put a frame of `size` bytes behind the others. The first record carries the header too."""
        header = pack_header(type_, kind, size)
        if size <= _FIRST:
            self._out.append((memoryview(header + body), True))
        else:
            self._out.append((memoryview(header + body[:_FIRST]), False))
            self._out.append((body[_FIRST:], True))
        self.backlog += HEADER.size + size

    def write(self, pieces: int = _MANY) -> bool:
        """Write up to that many pieces of `_PIECE` bytes; True when the socket would take more of what waits."""
        out, before, full = self._out, self.backlog, False
        try:
            while out and pieces:
                view, ends = out[0]
                count = self._put(view[:_PIECE])
                self.backlog -= count
                pieces -= 1
                if count == view.nbytes:
                    out.popleft()
                    self._midway = not ends
                else:
                    out[0] = (view[count:], ends)
                    self._midway = True
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            self._midway = True  # OpenSSL may have sent some of the piece and must get the same piece again
            full = True
        except (OSError, ValueError):
            self._cannot_send(partial(faults.line_reset, self._peer))
        if self.backlog != before:
            self._spoke = time.monotonic()
        return bool(out) and not full

    def drop_backlog(self) -> None:
        """Forget what waits to leave, except the rest of a frame that has begun."""
        kept: list[tuple[memoryview, bool]] = []
        while self._midway and self._out:
            kept.append(self._out.popleft())
            if kept[-1][1]:
                break
        self._out = deque(kept)
        self.backlog = sum(view.nbytes for view, _ in kept)

    # Incoming

    @property
    def paused(self) -> bool:
        """Reading waits for `take`: a large frame is announced or enough has arrived."""
        return self._reader.waiting is not None or self._inbox_cost >= INBOX_BYTES

    def expect(self) -> None:
        """A receiver begins to wait: its message is usually still on the way, so a poll comes before a read."""
        self.ready = self._undelivered

    def read(self, records: int = _MANY) -> bool:
        """Read one TLS record, or up to that many of a long body; False when nothing came.

        Nothing comes when nothing is there, when reading is paused and when the line has ended.
        """
        if not self.ready or self.ended is not None or self._inbox_cost >= INBOX_BYTES:
            return False
        reader = self._reader
        space = reader.space()
        if not space:
            return False
        done, size = 0, space.nbytes
        many = records if reader.filling else 1
        try:
            while many and done < size:
                count = self._get(size - done, space[done:] if done else space)
                if count == 0:
                    self.end(partial(faults.cut_off, self._peer))
                    break
                done, many = done + count, many - 1
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            self.ready = False
        except (OSError, ValueError) as error:
            self.end(read_fault(self._peer, error))
        self._undelivered = done == size  # only then may decrypted bytes wait in OpenSSL, unseen by a poll
        if not done:
            return False
        self._heard = time.monotonic()
        reader.wrote(done)
        self._collect()
        return True

    def take(self, kind: int, limit: int) -> memoryview | None:
        """The body of the next message when it is complete. Raises ProtocolError, or how the line ended."""
        if self._inbox:
            _, found, body = self._inbox[0]
            size = body.nbytes
            if found != kind or size > limit:
                raise self._refusal(found, size, kind, limit)
            self._inbox.popleft()
            self._inbox_cost -= size + _FRAME_COST
            return body
        header = self._reader.waiting
        if header is not None:
            if header.kind != kind or header.length > limit:
                raise self._refusal(header.kind, header.length, kind, limit)
            self._reader.admit()
            self.ready = True
            self._heard = time.monotonic()
        elif self.ended is not None:
            raise self.ended()
        return None

    def discard(self) -> None:
        """From now on arriving messages are of no interest."""
        self._reader.discard()
        self._inbox.clear()
        self._inbox_cost = 0
        self.ready = True
        self._collect()

    # Life

    def interest(self) -> int:
        """What to poll the socket for."""
        reading = 0 if self.ended is not None or self.paused else _IN
        return reading | (_OUT if self._out else 0)

    def hung_up(self) -> None:
        """The system says that the peer is gone while unread data are in front of the news."""
        self._cannot_send(partial(faults.cut_off, self._peer))

    def beat(self, now: float) -> None:
        """Send a ping when this side was quiet; judge the peer's silence, but only after a look at the socket."""
        if self.ended is not None:
            return
        if now - self._spoke >= self._timing.ping_s and not self._out and self.unsendable is None:
            self.queue(FrameType.PING, 0, memoryview(b""), 0)
            self.write()
        if self.paused:
            self._heard = now
        elif now - self._heard > self._timing.silent_s:
            self.ready = True
            if not self.read() and self.ended is None:
                self.end(partial(faults.gone_silent, self._peer, now - self._heard))

    def end(self, fault: Fault, *, orderly: bool = False) -> None:
        """Nothing more will arrive. What arrived before can still be taken."""
        if self.ended is not None:
            return
        self.ended, self.orderly = fault, orderly
        self._cannot_send(fault)

    def _cannot_send(self, fault: Fault) -> None:
        self.unsendable = self.unsendable or fault
        self._out.clear()
        self.backlog = 0

    def _collect(self) -> None:
        try:
            while self.ended is None and (frame := self._reader.next()) is not None:
                if frame[0] is FrameType.DATA:
                    self._inbox.append(frame)
                    self._inbox_cost += frame[2].nbytes + _FRAME_COST
                else:
                    self._obey(frame)
        except ProtocolError as error:
            self.end(partial(faults.bad_frame, error.found or "an unknown frame"))

    def _obey(self, frame: Frame) -> None:
        """Frames that are not for the receiver. A PING has done its work by arriving."""
        if frame.type is FrameType.FAIL:
            self._answer_end(partial(faults.stopped, self._peer, parse_code(frame.body)))
        elif frame.type is FrameType.CLOSE:
            self._answer_end(partial(faults.said_goodbye, self._peer), orderly=True)
        elif frame.type is FrameType.HELLO:
            raise faults.bad_frame("a second HELLO")

    def _answer_end(self, fault: Fault, *, orderly: bool = False) -> None:
        """The peer has stopped and waits for the end of our stream, which tells it that its last frame arrived."""
        self.end(fault, orderly=orderly)
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._tls, socket.SHUT_WR)

    def _refusal(self, found: int, size: int, kind: int, limit: int) -> ProtocolError:
        if found != kind:
            return faults.unexpected_kind(self._peer, found, kind)
        return faults.too_large(self._peer, kind, size, limit)


def read_fault(peer: str, error: Exception) -> Fault:
    """What a failed read says about the line."""
    if isinstance(error, ssl.SSLEOFError):
        return partial(faults.cut_off, peer)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLSyscallError):
        return partial(faults.corrupted, peer)
    return partial(faults.line_reset, peer)
