"""The peer port: sorting connections, waiting for workers, and bearing strangers; dialling; handing sockets over."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from tacit.channel import port as port_module
from tacit.channel.contexts import session_context
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.port import PeerPort, dial, hand_over
from tacit.channel.sni import to_server_name
from tacit.errors import ParameterError, PeerLost, ProtocolError, ResourceError

Lines = tuple[Line, Line]


class Door:
    """A peer port and what came to its control plane."""

    def __init__(self) -> None:
        self.control: SimpleQueue[socket.socket] = SimpleQueue()
        self.port = PeerPort("127.0.0.1", 0, self.control.put)
        self.address = "{}:{}".format(*self.port.address)

    def call(self, first: bytes = b"") -> socket.socket:
        """A stranger's connection."""
        sock = socket.create_connection(self.port.address, timeout=5)
        sock.sendall(first)
        return sock


@pytest.fixture
def door() -> Iterator[Door]:
    made = Door()
    yield made
    made.port.close()
    while not made.control.empty():
        made.control.get().close()


def ended(sock: socket.socket) -> bool:
    """Whether the other side closed this connection (within 5 s)."""
    with sock:
        try:
            return sock.recv(1) == b""
        except ConnectionResetError:
            return True


def meet(door: Door, lines: Lines, tools: Any) -> list[Any]:
    """Alice's worker behind the port, Bob's worker dials."""
    ours, nodes = socket.socketpair()
    bob = tools.replace(lines[1], address=door.address)
    with ours, nodes:
        door.port.expect(lines[0].session, lambda sock: hand_over(sock, nodes))
        return list(
            tools.together(
                lambda: tools.outcome(lambda: connect(lines[0], ours, timeout_s=10)),
                lambda: tools.outcome(lambda: connect(bob, timeout_s=10)),
            )
        )


def greet_and_part(tools: Any, alice: Any, bob: Any) -> None:
    alice.send(1, b"hello")
    assert bob.recv(1, 5) == b"hello"
    tools.together(alice.close, bob.close)


def test_a_session_finds_its_worker(door: Door, lines: Lines, tools: Any) -> None:
    greet_and_part(tools, *meet(door, lines, tools))


def test_a_stranger_who_comes_first_does_not_stop_the_session(door: Door, lines: Lines, tools: Any) -> None:
    ours, nodes = socket.socketpair()
    stranger = NodeIdentity.generate("mallory").issue_session(lines[1].session, "dial")
    fake = tools.replace(
        lines[1], address=door.address, key_pem=stranger.key_pem, certificate_pem=stranger.certificate_pem
    )
    bob = tools.replace(lines[1], address=door.address)
    with ours, nodes:
        door.port.expect(lines[0].session, lambda sock: hand_over(sock, nodes))

        def dialling() -> Any:
            with pytest.raises(PeerLost):
                connect(fake, timeout_s=5)
            return connect(bob, timeout_s=5)

        greet_and_part(tools, *tools.together(lambda: connect(lines[0], ours, timeout_s=10), dialling))


def test_a_worker_that_comes_later_is_waited_for(door: Door, lines: Lines, tools: Any) -> None:
    with socket.create_connection(door.port.address) as early:
        bob = lines[1]
        context = session_context(
            "dial", key_pem=bob.key_pem, certificate_pem=bob.certificate_pem, peer_certificate_pem=bob.certificate_pem
        )
        early.setblocking(False)
        tls = context.wrap_socket(early, server_hostname=to_server_name(bob.session), do_handshake_on_connect=False)
        with pytest.raises(OSError, match="did not complete"):
            tls.do_handshake()
        came: SimpleQueue[socket.socket] = SimpleQueue()
        door.port.expect(bob.session, came.put)
        came.get(timeout=5).close()
        tls.close()


def test_nobody_expects_the_session(door: Door, lines: Lines, tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "EXPECT_S", 0.1)
    bob = tools.replace(lines[1], address=door.address)
    with pytest.raises(PeerLost) as caught:
        connect(bob, timeout_s=0.6)
    assert caught.value.code in {"peer.closed", "peer.reset", "peer.handshake_timeout"}


def test_a_forgotten_session_is_no_longer_handed_over(
    door: Door, lines: Lines, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port_module, "EXPECT_S", 0.1)
    came: SimpleQueue[socket.socket] = SimpleQueue()
    door.port.expect(lines[0].session, came.put)
    door.port.forget(lines[0].session)
    door.port.forget(lines[0].session)
    with pytest.raises(PeerLost):
        connect(tools.replace(lines[1], address=door.address), timeout_s=0.4)
    assert came.empty()


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n\r\n", b"\x00"])
def test_everything_else_goes_to_the_control_plane_unread(door: Door, first: bytes) -> None:
    with door.call(first), door.control.get(timeout=5) as came:
        assert came.getblocking()
        assert came.recv(100) == first


def test_a_caller_who_says_nothing_is_closed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "HELLO_S", 0.1)
    assert ended(door.call())
    assert ended(door.call(b"\x16\x03\x01"))


def test_a_caller_who_leaves_at_once_does_no_harm(door: Door) -> None:
    door.call().close()
    with door.call(b"G"), door.control.get(timeout=5):
        pass


def test_many_silent_callers_do_not_keep_others_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "MAX_READING", 8)
    silent = [door.call() for _ in range(20)]
    with door.call(b"G"), door.control.get(timeout=5):
        pass
    assert all(ended(sock) for sock in silent[:12])
    for sock in silent[12:]:
        sock.close()


def first_message(session: str) -> bytes:
    """The ClientHello of a caller who names a session."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    out = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=to_server_name(session)).do_handshake()
    return out.read()


def test_a_full_hall_does_not_keep_out_who_is_expected(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_module, "MAX_WAITING", 2)
    crowd = [door.call(first_message(f"{number:064x}")) for number in range(3)]
    assert ended(crowd[2])
    came: SimpleQueue[socket.socket] = SimpleQueue()
    door.port.expect("a" * 64, came.put)
    with door.call(first_message("a" * 64)), came.get(timeout=5):
        pass
    for sock in crowd:
        sock.close()


def test_a_crowd_that_knows_a_session_does_not_stop_the_port(door: Door) -> None:
    """The worker has its peer and takes no more connections."""
    worker, nodes = socket.socketpair()
    nodes.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)
    message = first_message("a" * 64)
    with worker, nodes:
        door.port.expect("a" * 64, lambda sock: hand_over(sock, nodes))
        crowd = []
        for _ in range(20):
            crowd.append(door.call(message))
            with door.call(b"G"), door.control.get(timeout=5):  # and so the one before was handed over
                pass
        assert ended(crowd[-1])
    for sock in crowd:
        sock.close()


def test_a_receiver_that_fails_does_not_stop_the_port(caplog: pytest.LogCaptureFixture) -> None:
    came: SimpleQueue[socket.socket] = SimpleQueue()
    results = iter([ValueError("broken"), None])

    def receive(sock: socket.socket) -> None:
        if (error := next(results)) is not None:
            raise error
        came.put(sock)

    with PeerPort("127.0.0.1", 0, receive) as port:
        first = socket.create_connection(port.address, timeout=5)
        first.sendall(b"G")
        assert ended(first)
        with socket.create_connection(port.address) as second:
            second.sendall(b"G")
            came.get(timeout=5).close()
    assert "a receiver of the peer port failed" in caplog.text


def test_a_port_that_is_taken(door: Door) -> None:
    with pytest.raises(ResourceError) as caught:
        PeerPort(*door.port.address, lambda sock: None)
    assert caught.value.code == "port.taken"


def test_closing_ends_everything() -> None:
    port = PeerPort("127.0.0.1", 0, lambda sock: None)
    sock = socket.create_connection(port.address, timeout=5)
    address = port.address
    port.close()
    port.close()
    assert ended(sock)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address)


def test_a_wrong_session_name_is_refused(door: Door) -> None:
    with pytest.raises(ValueError, match="64 hex"):
        door.port.expect("short", lambda sock: None)


# Dialling


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_nobody_listens(lines: Lines, tools: Any) -> None:
    with pytest.raises(PeerLost) as caught:
        connect(tools.replace(lines[1], address=f"127.0.0.1:{free_port()}"), timeout_s=0.3)
    assert caught.value.code == "peer.refused"


def test_no_such_host(lines: Lines, tools: Any) -> None:
    with pytest.raises(PeerLost) as caught:
        connect(tools.replace(lines[1], address="no-such-host.invalid:1"), timeout_s=0.3)
    assert caught.value.code == "peer.unreachable"


@pytest.mark.parametrize("address", ["", "host", "host:", ":1", "host:port"])
def test_no_address(lines: Lines, tools: Any, address: str) -> None:
    with pytest.raises(ParameterError):
        connect(tools.replace(lines[1], address=address), timeout_s=0.3)


def test_a_peer_that_comes_up_later_is_found() -> None:
    number = free_port()
    tries: list[str] = []

    def greet(sock: socket.socket, left_s: float) -> bool:
        sock.close()
        tries.append("greeted")
        if len(tries) < 3:
            raise PeerLost("peer.closed", "not yet")
        return True

    opened = threading.Event()

    def open_late() -> None:
        with socket.create_server(("127.0.0.1", number)):
            opened.wait(10)

    thread = threading.Timer(0.15, open_late)
    thread.start()
    assert dial(f"127.0.0.1:{number}", greet, peer="alice", timeout_s=10)
    opened.set()
    thread.join()
    assert len(tries) == 3


@pytest.mark.parametrize("error", [PeerLost("peer.wrong_key", "x"), ProtocolError("channel.wrong_session", "x")])
def test_what_does_not_heal_is_raised_at_once(error: Exception) -> None:
    def greet(sock: socket.socket, left_s: float) -> None:
        sock.close()
        raise error

    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(type(error)):
        dial(f"127.0.0.1:{listener.getsockname()[1]}", greet, peer="alice", timeout_s=30)
    assert time.monotonic() - began < 5


# Handing over


WORKER = """
import socket, sys
from tacit.channel.port import take_over
with socket.socket(fileno=int(sys.argv[1])) as over, take_over(over, 20) as sock:
    sock.sendall(b"from the worker")
"""


def test_a_socket_moves_to_another_process(tools: Any) -> None:
    here, there = tools.tcp_pair()
    ours, theirs = socket.socketpair()
    number = theirs.fileno()
    with (
        ours,
        theirs,
        there,
        subprocess.Popen([sys.executable, "-c", WORKER, str(number)], pass_fds=[number]) as worker,
    ):
        hand_over(here, ours)
        assert here.fileno() == -1
        there.settimeout(20)
        assert there.recv(100) == b"from the worker"
        assert worker.wait(20) == 0


def test_no_socket_comes(lines: Lines) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs, pytest.raises(PeerLost) as caught:
            connect(lines[0], ours, timeout_s=0.1)
        assert caught.value.code == "peer.not_connected"
        with pytest.raises(ResourceError):
            connect(lines[0], ours, timeout_s=0.1)
