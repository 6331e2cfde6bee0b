"""A channel over one mutual TLS 1.3 connection.

The caller's own thread does the reading and writing while it is inside a call: a small message costs no hand-over
between threads. A second thread keeps the line alive while the caller computes: it writes what is left over, reads
ahead within a bound, sends heartbeats and notices that the peer is gone. One lock guards the connection; whoever waits
for the socket does so without the lock, and only one of the two threads waits for incoming data at a time.
"""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

from tacit.channel import faults
from tacit.channel.channel import Buffer, Traffic
from tacit.channel.framing import FrameType
from tacit.channel.memory import QUEUE_LIMIT, as_bytes
from tacit.channel.metering import Meter
from tacit.channel.stream import GONE_EVENTS, Timing, TlsStream
from tacit.errors import TacitError

_IN, _OUT = select.POLLIN, select.POLLOUT
_BATCH = 8  # TLS records that the background thread reads before it lets the caller in
_EMPTY = memoryview(b"")
_log = logging.getLogger(__name__)


class _Turn:
    """The lock around the connection. `with turn:` is one call of the user, refused once this side has ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted = False  # a caller waits for the lock: the background thread lets go
        self.over = False  # this side closed or failed
        self.calls = 0

    def __enter__(self) -> None:
        self.wanted = True
        self.lock.acquire()
        self.wanted = False
        self.calls += 1
        if self.over:
            self.lock.release()
            raise faults.used_after_end()

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """For `fail` and `close`, which are allowed at any time."""
        self.wanted = True
        with self.lock:
            self.wanted = False
            yield


class _SocketPoll:
    """Waits for one socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._events, self._poll = sock, -1, select.poll()

    def wait(self, events: int, limit_s: float) -> bool:
        """True when one of the events (or an error) is there, False after `limit_s` seconds."""
        if events != self._events:
            self._poll.register(self._sock, events)
            self._events = events
        return bool(self._poll.poll(limit_s * 1000))


class TlsChannel:
    """One end of a session over TLS. Implements `Channel`; made by `line.connect` after handshake and hello.

    `on_lost(error)` is called once, on the background thread, when the line ends other than by a goodbye of either
    side. It must not wait for the channel.
    """

    def __init__(
        self,
        tls: ssl.SSLSocket,
        *,
        me: str,
        peer: str,
        timing: Timing = Timing(),  # noqa: B008 - frozen
        queue_limit: int = QUEUE_LIMIT,
        on_lost: Callable[[TacitError], None] | None = None,
    ) -> None:
        tls.setblocking(False)
        self.peer = peer
        self._timing = timing
        self._slice_s = timing.ping_s / 4  # longest single wait: so often this side looks after heartbeats
        self._queue_limit = queue_limit
        self._on_lost = on_lost
        self._meter = Meter(me, peer)
        self._stream = TlsStream(tls, peer, timing)
        self._tls = tls
        self._turn = _Turn()
        self._attended = False  # a caller waits for the socket itself
        self._released = False
        self._background_writes = False
        self._poll = _SocketPoll(tls)
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._thread = threading.Thread(target=self._run, name=f"line to {peer}", daemon=True)
        self._thread.start()

    def __enter__(self) -> TlsChannel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, kind: int, payload: Buffer) -> None:
        """See `Channel.send`."""
        if not 0 <= kind <= faults.MAX_KIND:
            raise faults.bad_kind(kind)
        body, stream = as_bytes(payload), self._stream
        size = body.nbytes
        with self._turn:
            while not stream.post(kind, body, size, self._queue_limit):
                self._wait_turn()
        if stream.backlog:
            self._leave_over()
        self._meter.sent(kind, body, size)

    def recv(self, kind: int, limit: int) -> memoryview:
        """See `Channel.recv`."""
        stream = self._stream
        with self._turn:
            stream.expect()
            stream.beat(time.monotonic())  # a caller that receives without a pause keeps the background thread out
            while (body := stream.take(kind, limit)) is None:
                self._wait_turn()
        if stream.backlog:
            self._leave_over()
        self._meter.received(kind, body, body.nbytes)
        return body

    def flush(self) -> None:
        """See `Channel.flush`. Raises PeerLost, PeerFailed."""
        stream = self._stream
        with self._turn:
            stream.check_sendable()
            while stream.backlog:
                self._wait_turn()
                stream.check_sendable()

    def fail(self, code: str) -> None:
        """See `Channel.fail`. Messages that have not begun to leave are dropped; the code overtakes them."""
        with self._turn.ending():
            if self._turn.over or self._stream.ended is not None:
                self._turn.over = True
                return
            self._turn.over = True
            self._stream.discard()
            self._stream.drop_backlog()
            body = memoryview(faults.safe_code(code).encode())
            self._stream.queue(FrameType.FAIL, 0, body, body.nbytes)
            self._pump_until(lambda: not self._stream.backlog, self._timing.fail_s)

    def close(self) -> None:
        """See `Channel.close`. Waits until a living peer has taken what was sent before (at most `close_s`)."""
        with self._turn.ending():
            if self._released:
                return
            failed, self._turn.over = self._turn.over, True
            self._stream.discard()
            if not failed and self._stream.ended is None:
                self._stream.queue(FrameType.CLOSE, 0, _EMPTY, 0)
            self._pump_until(lambda: False, self._timing.fail_s if failed else self._timing.close_s)
            self._released = True
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def traffic(self) -> Traffic:
        """Counters of this end."""
        return self._meter.traffic()

    def transcript(self) -> bytes:
        """32 bytes, see `Channel.transcript`."""
        return self._meter.transcript()

    # The caller's side

    def _leave_over(self) -> None:
        """What could not be written at once is left to the background thread."""
        if not self._background_writes:
            self._wake()

    def _pump_until(self, done: Callable[[], bool], limit_s: float) -> None:
        """Move bytes until `done()`, the line's end or the time limit. With a poll of its own: the user's thread may
        be waiting in a call that this `fail` or `close`, on another thread, ends."""
        poll, deadline = _SocketPoll(self._tls), time.monotonic() + limit_s
        while self._stream.ended is None and not done() and time.monotonic() < deadline:
            self._move_or_wait(poll, min(self._slice_s, max(0.0, deadline - time.monotonic())))

    def _wait_turn(self) -> None:
        """One step of a call that waits for the peer."""
        self._move_or_wait(self._poll, self._slice_s)
        if self._turn.over:
            raise faults.used_after_end()

    def _move_or_wait(self, poll: _SocketPoll, limit_s: float) -> None:
        """Write what waits and read what is there, else wait for the socket without the lock, then read.

        Writing comes first: a peer that never pauses would keep this side from saying anything, even why it stops.
        """
        stream, turn = self._stream, self._turn
        stream.beat(time.monotonic())
        wrote = bool(stream.backlog) and stream.write(_BATCH)
        if stream.read() or wrote or stream.ended is not None:
            return
        events = stream.interest()
        self._attended = True
        turn.lock.release()
        try:
            ready = poll.wait(events, limit_s)
        finally:
            turn.lock.acquire()
            self._attended = False
        if ready:
            stream.ready = True
            stream.read()

    # The background thread

    def _run(self) -> None:
        alone, both = select.poll(), select.poll()
        alone.register(self._wake_in, _IN)
        both.register(self._wake_in, _IN)
        calls = -1
        try:
            while not self._released:
                with self._turn.lock:
                    active, calls = calls != self._turn.calls, self._turn.calls
                    events = self._background_events(active)
                if events:
                    both.register(self._tls, events)
                wait_s = self._slice_s if events else self._timing.tick_s
                found = dict((both if events else alone).poll(wait_s * 1000))
                self._swallow_wakes()
                self._background_work(found.get(self._tls.fileno(), 0))
                self._tell()
        finally:
            for sock in (self._tls, self._wake_in, self._wake_out):
                sock.close()

    def _background_events(self, active: bool) -> int:
        """What to poll the socket for; 0 leaves it alone, because a caller is there or just was."""
        stream = self._stream
        self._background_writes = False
        if self._attended or stream.ended is not None:
            return 0
        events = stream.interest() & (_OUT if active else _IN | _OUT)
        self._background_writes = bool(events & _OUT)
        if not active and stream.unsendable is None:
            events |= GONE_EVENTS
        return events

    def _background_work(self, found: int) -> None:
        """Move a batch at a time, so that a caller who wants the lock gets it soon."""
        stream, more = self._stream, True
        while more and not self._turn.wanted:
            with self._turn.lock:
                if self._attended or self._released:
                    return
                if found & GONE_EVENTS and stream.paused:
                    stream.hung_up()
                stream.ready = True
                more = stream.write(1)
                more = stream.read(_BATCH) or more
                stream.beat(time.monotonic())

    def _tell(self) -> None:
        """Report, once, an end that nobody here asked for."""
        ended, on_lost = self._stream.ended, self._on_lost
        if ended is None or self._released or on_lost is None:
            return
        self._on_lost = None
        if self._stream.orderly or self._turn.over:
            return
        try:
            on_lost(ended())
        except Exception:
            _log.exception("the receiver of a lost line failed")

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_out.send(b"w")

    def _swallow_wakes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake_in.recv(4096):
                pass
