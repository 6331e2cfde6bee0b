"""Two channel ends in one process: every protocol runs on them without a network."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable

from tacit.channel import faults
from tacit.channel.channel import Buffer, Channel, Traffic
from tacit.channel.metering import Meter
from tacit.errors import TacitError

QUEUE_LIMIT = 64 << 20  # bytes that one direction holds before its sender waits
PATIENCE_S = 600.0

_Fault = Callable[[], TacitError]


def memory_pair(
    left: str, right: str, *, queue_limit: int = QUEUE_LIMIT, patience_s: float = PATIENCE_S
) -> tuple[Channel, Channel]:
    """The ends that `left` and `right` hold: the first has `peer == right`, the second `peer == left`.

    Messages are handed over without a copy, as read-only views. A send waits while the direction holds messages and
    this one would lift it above `queue_limit` bytes. A wait above `patience_s` seconds raises
    PeerLost("peer.silent"); an end that is dropped without `close` counts as closed.
    """
    there, back = _Pipe(queue_limit), _Pipe(queue_limit)
    return (
        MemoryChannel(left, right, out=there, incoming=back, patience_s=patience_s),
        MemoryChannel(right, left, out=back, incoming=there, patience_s=patience_s),
    )


class _Pipe:
    """One direction: a queue with a byte limit, and how it ended at its writer or at its reader."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.changed = threading.Condition()
        self.queue: deque[tuple[int, memoryview]] = deque()
        self.held = 0  # bytes in the queue
        self.ended: _Fault | None = None  # the writer stopped: raised once the queue is empty
        self.refused: _Fault | None = None  # the reader is gone: raised at the next put

    def put(self, kind: int, payload: memoryview, patience_s: float) -> bool:
        """False when no room came in time."""
        size = payload.nbytes
        with self.changed:
            if not self.changed.wait_for(lambda: self._has_room(size), patience_s):
                return False
            if self.refused is not None:
                raise self.refused()
            self.queue.append((kind, payload))
            self.held += size
            self.changed.notify_all()
            return True

    def take(self, peer: str, kind: int, limit: int, patience_s: float) -> memoryview | None:
        """None when nothing came in time. A message that is refused stays in the queue."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.queue or self.ended, patience_s):
                return None
            if not self.queue:
                raise self._end()
            found, payload = self.queue[0]
            if found != kind:
                raise faults.unexpected_kind(peer, found, kind)
            if payload.nbytes > limit:
                raise faults.too_large(peer, kind, payload.nbytes, limit)
            self.queue.popleft()
            self.held -= payload.nbytes
            self.changed.notify_all()
            return payload

    def end(self, *, ended: _Fault | None = None, refused: _Fault | None = None) -> None:
        """Only the first end counts."""
        with self.changed:
            self.ended = self.ended or ended
            self.refused = self.refused or refused
            self.changed.notify_all()

    def _has_room(self, size: int) -> bool:
        return self.refused is not None or not self.queue or self.held + size <= self.limit

    def _end(self) -> TacitError:
        return self.ended() if self.ended is not None else faults.used_after_end()


class MemoryChannel:
    """One end of a memory pair. Implements `Channel`."""

    def __init__(self, me: str, peer: str, *, out: _Pipe, incoming: _Pipe, patience_s: float) -> None:
        self.peer = peer
        self._me = me
        self._out, self._in = out, incoming
        self._patience_s = patience_s
        self._meter = Meter(me, peer)
        self._over = False
        self._dropped = weakref.finalize(self, _hang_up, out, incoming, me)
        self._dropped.atexit = False

    def send(self, kind: int, payload: Buffer) -> None:
        """See `Channel.send`."""
        self._check_open()
        if not 0 <= kind <= faults.MAX_KIND:
            raise faults.bad_kind(kind)
        view = as_bytes(payload)
        if not self._out.put(kind, view, self._patience_s):
            raise faults.gone_silent(self.peer, self._patience_s)
        self._meter.sent(kind, view, view.nbytes)

    def recv(self, kind: int, limit: int) -> memoryview:
        """See `Channel.recv`."""
        self._check_open()
        payload = self._in.take(self.peer, kind, limit, self._patience_s)
        if payload is None:
            raise faults.gone_silent(self.peer, self._patience_s)
        self._meter.received(kind, payload, payload.nbytes)
        return payload

    def flush(self) -> None:
        """Nothing to wait for: a sent message is at the peer at once."""
        self._check_open()

    def fail(self, code: str) -> None:
        """See `Channel.fail`."""
        me, peer_code = self._me, faults.safe_code(code)
        self._finish(lambda: faults.stopped(me, peer_code))

    def close(self) -> None:
        """See `Channel.close`."""
        me = self._me
        self._finish(lambda: faults.said_goodbye(me))

    def traffic(self) -> Traffic:
        """Counters of this end."""
        return self._meter.traffic()

    def transcript(self) -> bytes:
        """32 bytes, see `Channel.transcript`."""
        return self._meter.transcript()

    def _check_open(self) -> None:
        if self._over:
            raise faults.used_after_end()

    def _finish(self, fault: _Fault) -> None:
        self._over = True
        self._dropped.detach()
        self._out.end(ended=fault)
        self._in.end(refused=fault)


def as_bytes(payload: Buffer) -> memoryview:
    """A flat read-only view of bytes over a C-contiguous buffer; no copy."""
    view = memoryview(payload)
    if view.ndim != 1 or view.format != "B":
        view = view.cast("B") if view.nbytes else memoryview(b"")
    return view.toreadonly()


def _hang_up(out: _Pipe, incoming: _Pipe, me: str) -> None:
    """An end was dropped without a goodbye: the other must not wait for it."""
    out.end(ended=lambda: faults.cut_off(me))
    incoming.end(refused=lambda: faults.cut_off(me))
