"""One TCP port per node: reads which session a new connection is for and hands it to the worker that waits for it.

Only the first message is looked at (MSG_PEEK), nothing is consumed: the TLS handshake happens in the worker, whose
key this process does not use. A connection that names no session goes to the control plane.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import selectors
import socket
import threading
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from tacit.channel import faults
from tacit.channel.sni import MAX_HELLO, Peek, is_session_name, read_session_name
from tacit.errors import PeerLost, ResourceError

T = TypeVar("T")
OnSocket: TypeAlias = Callable[[socket.socket], None]

MAX_READING = 256  # connections whose first message has not arrived
MAX_WAITING = 64  # connections for sessions that no worker waits for yet
MAX_WAITING_PER_NAME = 4
HELLO_S = 5.0
EXPECT_S = 10.0
_REPEEK_S = 0.02
_BACKLOG = 128
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Guest:
    """A connection in the hall. `name` is known once its first message was read."""

    sock: socket.socket
    deadline: float
    name: str | None = None
    seen: int = 0  # bytes that had arrived at the last look; the selector watches only until the first


class PeerPort:
    """Listens from construction to `close`. Callbacks run on the port's own thread and must be quick.

    `on_control(socket)` gets every connection that names no session. Sockets are handed over in blocking mode and
    belong to the receiver.
    """

    def __init__(self, host: str, port: int, on_control: OnSocket) -> None:
        self._on_control = on_control
        self._listener = _listen(host, port)
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._lock = threading.Lock()
        self._expected: dict[str, OnSocket] = {}
        self._reading: dict[int, _Guest] = {}  # by file number, oldest first
        self._waiting: list[_Guest] = []
        self._stopping = False
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="peer port", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it really listens on."""
        host, port = self._listener.getsockname()[:2]
        return str(host), int(port)

    def __enter__(self) -> PeerPort:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def expect(self, session_name: str, callback: OnSocket) -> None:
        """Give every connection for this session, also those that wait already, to `callback`, until `forget`.

        There may be several: the name is no secret, and only the worker's handshake tells who is right.
        """
        if not is_session_name(session_name):
            raise ValueError("a session name has 64 hex digits")
        with self._lock:
            self._expected[session_name] = callback
        self._wake()

    def forget(self, session_name: str) -> None:
        """Stop expecting a session; unknown names are fine."""
        with self._lock:
            self._expected.pop(session_name, None)

    def close(self) -> None:
        """Stop listening and close every connection that was not handed on. Safe to call twice."""
        self._stopping = True
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_out.send(b"w")

    # The port's thread

    def _run(self) -> None:
        while not self._stopping:
            ready = {key.fd for key, _ in self._selector.select(self._patience())}
            if self._wake_in.fileno() in ready:
                self._wake_in.recv(4096)
            if self._listener.fileno() in ready:
                self._accept()
            now = time.monotonic()
            for guest in [*self._reading.values()]:
                if guest.seen or guest.sock.fileno() in ready or now > guest.deadline:
                    self._read(guest, now)
            self._match(now)
        self._clear()

    def _patience(self) -> float | None:
        """Seconds until something is due. A message that is half there keeps its socket readable, so that such a
        guest is looked at in short intervals instead of being waited for."""
        if any(guest.seen for guest in self._reading.values()):
            return _REPEEK_S
        guests = [*self._reading.values(), *self._waiting]
        return max(0.0, min(guest.deadline for guest in guests) - time.monotonic()) if guests else None

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except BlockingIOError:
                return
            except OSError as error:  # out of descriptors, or the caller has gone: keep serving the others
                _log.warning("the peer port could not accept a connection: %s", errno.errorcode.get(error.errno or 0))
                time.sleep(_REPEEK_S)
                return
            sock.setblocking(False)
            if len(self._reading) >= MAX_READING:
                self._drop_oldest()
            self._reading[sock.fileno()] = _Guest(sock, time.monotonic() + HELLO_S)
            self._selector.register(sock, selectors.EVENT_READ)

    def _drop_oldest(self) -> None:
        """An honest caller's first message comes at once, so the one that waits longest is the least likely one."""
        self._take_out(next(iter(self._reading.values()))).close()

    def _take_out(self, guest: _Guest) -> socket.socket:
        """The guest's socket, which this port no longer watches."""
        del self._reading[guest.sock.fileno()]
        if not guest.seen:
            self._selector.unregister(guest.sock)
        return guest.sock

    def _read(self, guest: _Guest, now: float) -> None:
        """Look at what has arrived and decide where the guest goes."""
        try:
            found = self._peek(guest)
        except OSError:
            self._take_out(guest).close()
            return
        if found is Peek.MORE:
            if now > guest.deadline:
                self._take_out(guest).close()
        elif found is Peek.OTHER:
            _give(self._take_out(guest), self._on_control)
        else:
            self._wait_for_worker(_Guest(self._take_out(guest), now + EXPECT_S, str(found)))

    def _peek(self, guest: _Guest) -> str | Peek:
        try:
            data = guest.sock.recv(MAX_HELLO, socket.MSG_PEEK)
        except BlockingIOError:
            return Peek.MORE
        if not data:
            raise ConnectionAbortedError
        before, guest.seen = guest.seen, len(data)
        if not before:
            self._selector.unregister(guest.sock)
        return read_session_name(data) if guest.seen > before else Peek.MORE

    def _wait_for_worker(self, guest: _Guest) -> None:
        """Straight through when a worker waits: strangers who fill the hall with names of their own must not keep
        out who is expected."""
        with self._lock:
            callback = self._expected.get(guest.name or "")
        if callback is not None:
            _give(guest.sock, callback)
            return
        same = sum(other.name == guest.name for other in self._waiting)
        if same >= MAX_WAITING_PER_NAME or len(self._waiting) >= MAX_WAITING:
            guest.sock.close()
        else:
            self._waiting.append(guest)

    def _match(self, now: float) -> None:
        """Bring waiting guests and expecting workers together; close those that waited too long."""
        still: list[_Guest] = []
        for guest in self._waiting:
            with self._lock:
                callback = self._expected.get(guest.name or "")
            if callback is not None:
                _give(guest.sock, callback)
            elif now < guest.deadline:
                still.append(guest)
            else:
                guest.sock.close()
        self._waiting = still

    def _clear(self) -> None:
        for guest in [*self._reading.values(), *self._waiting]:
            guest.sock.close()
        self._reading.clear()
        self._waiting.clear()
        self._selector.close()
        for sock in (self._listener, self._wake_in, self._wake_out):
            sock.close()


def dial(
    address: str, greet: Callable[[socket.socket, float], T], *, peer: str, timeout_s: float, connect_s: float = 10.0
) -> T:
    """Connect to "host:port" and `greet(socket, seconds left)`; again, until it works or the time is over.

    A peer whose worker is not up yet refuses, or closes before the handshake is done: those are tried again. A wrong
    key, a wrong session and whatever else will not heal are raised at once, and so is the last cause at the end.
    """
    host, port = _split(address)
    deadline, pause = time.monotonic() + timeout_s, 0.05
    while True:
        try:
            sock = _open(host, port, peer, address, min(connect_s, max(0.05, deadline - time.monotonic())))
            return greet(sock, max(0.05, deadline - time.monotonic()))
        except PeerLost as error:
            if error.code not in _HEALING or time.monotonic() + pause >= deadline:
                raise
        time.sleep(pause)
        pause = min(1.0, pause * 1.6)


_HEALING = frozenset({"peer.refused", "peer.unreachable", "peer.closed", "peer.reset", "peer.handshake_timeout"})


def hand_over(sock: socket.socket, over: socket.socket) -> None:
    """Give a connected socket to the process at the other end of the Unix socket `over`; ours is closed.

    Never waits. Raises OSError when the other end takes no more, or has more untaken ones than the system keeps: a
    session's name is no secret, and a crowd that knows it must not stop the thread that serves everybody.
    """
    with sock:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [sock.fileno()]))
        over.sendmsg([b"s"], [rights], socket.MSG_DONTWAIT)  # send_fds ignores its flags


def take_over(over: socket.socket, timeout_s: float | None) -> socket.socket:
    """The next socket that the other process hands over. Raises TimeoutError, ResourceError("channel.no_socket")."""
    over.settimeout(timeout_s)
    data, numbers, _, _ = socket.recv_fds(over, 1, 1)
    if not data or len(numbers) != 1:
        raise ResourceError("channel.no_socket", "The node stopped handing over connections.")
    return socket.socket(fileno=numbers[0])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ResourceError(
            "port.taken" if error.errno == errno.EADDRINUSE else "port.unusable",
            "The peer port cannot be opened.",
            found=f"{host}:{port} ({errno.errorcode.get(error.errno or 0, 'unknown')})",
            hint="Choose another port or host in the node's settings.",
        ) from error
    listener.setblocking(False)
    return listener


def _give(sock: socket.socket, callback: OnSocket) -> None:
    """A receiver that fails must not stop the port for everyone else."""
    try:
        sock.setblocking(True)
        callback(sock)
    except Exception:
        _log.exception("a receiver of the peer port failed")
        sock.close()


def _split(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise faults.bad_address(address)
    return host.strip("[]"), int(port)


def _open(host: str, port: int, peer: str, address: str, timeout_s: float) -> socket.socket:
    try:
        return socket.create_connection((host, port), timeout=timeout_s)
    except ConnectionRefusedError:
        raise faults.refused(peer, address) from None
    except (TimeoutError, socket.gaierror, OSError) as error:
        raise faults.unreachable(peer, address, _reason(error)) from None


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, socket.gaierror):
        return "no such host"
    return errno.errorcode.get(error.errno or 0, "network error")
