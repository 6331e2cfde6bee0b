"""Bringing a line up: who is let in, who is not, and under which code; and how a line that is up ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tacit.channel import hello
from tacit.channel.contexts import session_context
from tacit.channel.framing import HEADER, FrameType, pack_frame
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.sni import to_server_name
from tacit.channel.tls import TlsChannel
from tacit.errors import PeerLost, ProtocolError, TacitError

Lines = tuple[Line, Line]
Nodes = tuple[NodeIdentity, NodeIdentity]


def code(error: Any) -> str:
    """The code of an expected error."""
    assert isinstance(error, TacitError), repr(error)
    return error.code


def meet(tools: Any, alice: Line, bob: Line) -> list[Any]:
    """Both sides' channels or errors over a loopback connection."""
    here, there = tools.tcp_pair()
    found = tools.together(
        lambda: tools.outcome(lambda: connect(alice, here, timeout_s=5, timing=tools.QUICK)),
        lambda: tools.outcome(lambda: connect(bob, there, timeout_s=5, timing=tools.QUICK)),
    )
    return list(found)


def close(*channels: Any) -> None:
    """Both at once, so that neither waits for the other."""
    threads = [threading.Thread(target=channel.close) for channel in channels if isinstance(channel, TlsChannel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_line_survives_json(lines: Lines) -> None:
    assert Line.from_dict(json.loads(json.dumps(lines[0].as_dict()))) == lines[0]
    assert "PRIVATE" not in repr(lines[0])


def test_a_stranger_with_the_wrong_key(lines: Lines, tools: Any) -> None:
    stranger = NodeIdentity.generate("bob").issue_session(lines[1].session, "dial")
    fake = tools.replace(lines[1], key_pem=stranger.key_pem, certificate_pem=stranger.certificate_pem)
    assert [code(error) for error in meet(tools, lines[0], fake)] == ["peer.wrong_key"] * 2


def test_a_listener_with_the_wrong_key(lines: Lines, tools: Any) -> None:
    stranger = NodeIdentity.generate("alice").issue_session(lines[0].session, "listen")
    fake = tools.replace(lines[0], key_pem=stranger.key_pem, certificate_pem=stranger.certificate_pem)
    assert [code(error) for error in meet(tools, fake, lines[1])] == ["peer.wrong_key"] * 2


def test_an_expired_leaf_speaks_of_clocks(lines: Lines, nodes: Nodes, tools: Any) -> None:
    late = nodes[1].issue_session(lines[1].session, "dial", lifetime_s=-700)
    fake = tools.replace(lines[1], key_pem=late.key_pem, certificate_pem=late.certificate_pem)
    assert [code(error) for error in meet(tools, lines[0], fake)] == ["peer.clock_skew"] * 2


@pytest.mark.parametrize(("name", "side"), [("cd" * 32, "dial"), (None, "listen")])
def test_a_leaf_of_another_session_or_side(lines: Lines, nodes: Nodes, tools: Any, name: str | None, side: Any) -> None:
    other = nodes[1].issue_session(name or lines[1].session, side)
    fake = tools.replace(lines[1], key_pem=other.key_pem, certificate_pem=other.certificate_pem)
    errors = meet(tools, lines[0], fake)
    assert code(errors[0]) == "channel.wrong_session"
    assert isinstance(errors[1], PeerLost)


@pytest.mark.parametrize(
    "change", [{"sid": "00" * 32}, {"me": "carol"}, {"peer": "carol"}, {"me": "alice", "peer": "bob"}]
)
def test_another_seat_is_refused(lines: Lines, tools: Any, change: dict[str, str]) -> None:
    errors = meet(tools, lines[0], tools.replace(lines[1], **change))
    assert [code(error) for error in errors] == ["channel.wrong_session"] * 2


@pytest.mark.parametrize(
    "first",
    [b"GET / HTTP/1.1\r\n\r\n", b"\0" * 64, b"\x16\x03\x01\x00\x04abcd"],
    ids=["http", "zeros", "broken"],
)
def test_a_client_without_tls(lines: Lines, tools: Any, quick_drain: None, first: bytes) -> None:
    here, there = tools.tcp_pair()
    with there:
        there.sendall(first)
        with pytest.raises(ProtocolError) as caught:
            connect(lines[0], here, timeout_s=5)
    assert caught.value.code == "channel.bad_handshake"


def test_a_connection_that_ends_in_the_handshake(lines: Lines, tools: Any) -> None:
    here, there = tools.tcp_pair()
    there.close()
    with pytest.raises(PeerLost) as caught:
        connect(lines[0], here, timeout_s=5)
    assert caught.value.code in {"peer.closed", "peer.reset"}


def test_a_silent_client_is_given_up(lines: Lines, tools: Any) -> None:
    here, there = tools.tcp_pair()
    with there, pytest.raises(PeerLost) as caught:
        connect(lines[0], here, timeout_s=0.2)
    assert caught.value.code == "peer.handshake_timeout"


# A peer that is authentic but does not behave: TLS by hand


@pytest.fixture
def quick_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused peer that does not hang up is not waited for."""
    monkeypatch.setattr(hello, "_DRAIN_S", 0.02)


@pytest.fixture
def raw(lines: Lines, tools: Any, quick_drain: None) -> Iterator[Callable[[bytes], Any]]:
    """What Alice makes of a Bob who finishes the handshake and then writes these bytes; and Bob's TLS socket."""
    made: list[Any] = []

    def misbehave(first: bytes) -> Any:
        here, there = tools.tcp_pair()
        bob = lines[1]
        context = session_context(
            "dial",
            key_pem=bob.key_pem,
            certificate_pem=bob.certificate_pem,
            peer_certificate_pem=bob.peer_certificate_pem,
        )

        def side() -> ssl.SSLSocket:
            there.settimeout(5)
            tls = context.wrap_socket(there, server_hostname=to_server_name(bob.session))
            tls.sendall(first)
            return tls

        found = tools.together(
            lambda: tools.outcome(lambda: connect(lines[0], here, timeout_s=0.8, timing=tools.QUICK)), side
        )
        made.extend(found)
        return found

    yield misbehave
    for end in made:
        if isinstance(end, ssl.SSLSocket):
            end.close()
    close(*made)


def hello_of(lines: Lines) -> bytes:
    """The hello that Bob would send."""
    bob, alice = (ssl.PEM_cert_to_DER_cert(line.certificate_pem) for line in (lines[1], lines[0]))
    return pack_frame(FrameType.HELLO, hello._hello(bytes.fromhex(lines[0].sid), bob, alice, "bob", "alice"))


def test_our_own_hello_played_back(lines: Lines, raw: Any) -> None:
    bob, alice = (ssl.PEM_cert_to_DER_cert(line.certificate_pem) for line in (lines[1], lines[0]))
    reflected = hello._hello(bytes.fromhex(lines[0].sid), alice, bob, "alice", "bob")
    assert code(raw(pack_frame(FrameType.HELLO, reflected))[0]) == "channel.wrong_session"


def test_a_hello_of_an_earlier_connection(lines: Lines, nodes: Nodes, raw: Any, tools: Any) -> None:
    earlier = nodes[1].issue_session(lines[1].session, "dial")
    old = hello_of((lines[0], tools.replace(lines[1], certificate_pem=earlier.certificate_pem)))
    assert code(raw(old)[0]) == "channel.wrong_session"


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda data: data[:12] + b"\0\x09" + data[14:], "channel.wrong_version"),
        (lambda data: b"\x09" + data[1:], "channel.bad_frame"),
        (lambda data: HEADER.pack(1, FrameType.DATA, 1, 5) + b"12345", "channel.bad_frame"),
        (lambda data: HEADER.pack(1, FrameType.HELLO, 0, 1 << 40), "channel.bad_frame"),
        (lambda data: HEADER.pack(1, FrameType.HELLO, 0, 0), "channel.wrong_version"),
        (lambda data: data[:40], "peer.handshake_timeout"),
    ],
)
def test_spoiled_hellos(lines: Lines, raw: Any, spoil: Callable[[bytes], bytes], expected: str) -> None:
    assert code(raw(spoil(hello_of(lines)))[0]) == expected


@pytest.mark.parametrize(
    "garbage",
    [b"\x09" * 50, pack_frame(FrameType.HELLO, b"again"), b"\x01\x03" + bytes(10)],
    ids=["noise", "hello", "no code"],
)
def test_garbage_after_the_hello(lines: Lines, raw: Any, garbage: bytes) -> None:
    alice, bob = raw(hello_of(lines))
    bob.sendall(pack_frame(FrameType.DATA, b"good", 1) + garbage)
    assert alice.recv(1, 4) == b"good"
    with pytest.raises(ProtocolError) as caught:
        alice.recv(1, 4)
    assert caught.value.code == "channel.bad_frame"


def test_a_huge_announcement_is_refused_before_memory_is_taken(lines: Lines, raw: Any) -> None:
    alice, bob = raw(hello_of(lines))
    bob.sendall(HEADER.pack(1, FrameType.DATA, 1, 1 << 39) + bytes(5000))
    with pytest.raises(ProtocolError) as caught:
        alice.recv(1, 1 << 20)
    assert caught.value.code == "protocol.message_too_large"


def test_a_flood_of_small_frames_stays_bounded(lines: Lines, raw: Any) -> None:
    """Only so much is read ahead; the flooding side is held up by TCP."""
    alice, bob = raw(hello_of(lines))
    bob.setblocking(False)
    block, poured = pack_frame(FrameType.DATA, b"", 1) * 1000, 0
    held_up = threading.Event()
    while poured < 40_000_000 and not held_up.is_set():
        try:
            poured += bob.send(block)
        except ssl.SSLWantWriteError:
            held_up.wait(0.05)
            if alice._stream.paused:
                held_up.set()
    assert alice._stream.paused
    assert len(alice._stream._inbox) < 40_000


def test_a_stream_cut_without_a_goodbye(lines: Lines, raw: Any) -> None:
    alice, bob = raw(hello_of(lines))
    bob.sendall(pack_frame(FrameType.DATA, bytes(100), 1)[:50])
    bob.close()
    with pytest.raises(PeerLost) as caught:
        alice.recv(1, 100)
    assert caught.value.code == "peer.closed"


def test_nothing_but_silence(lines: Lines, raw: Any) -> None:
    """The raw peer sends no heartbeats."""
    alice, _ = raw(hello_of(lines))
    began = time.monotonic()
    with pytest.raises(PeerLost) as caught:
        alice.recv(1, 100)
    assert caught.value.code == "peer.silent"
    assert 0.5 < time.monotonic() - began < 3


def test_heartbeats_keep_an_idle_line_up(lines: Lines, tools: Any) -> None:
    alice, bob = meet(tools, *lines)
    lost = threading.Event()
    alice._on_lost = lambda error: lost.set()
    assert not lost.wait(1.6)
    assert bob._stream.ended is None
    bob.send(1, b"still here")
    assert alice.recv(1, 10) == b"still here"
    close(alice, bob)


def compute(seconds: float) -> None:
    """Hold the interpreter, as a protocol between two messages does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(2_000))


@pytest.mark.parametrize("size", [0, 400_000, 20_000_000])
def test_long_computing_is_no_silence(lines: Lines, tools: Any, size: int) -> None:
    """Neither for the peer that waits, nor for the one that computes with unread data in front of the heartbeats."""
    alice, bob = meet(tools, *lines)

    def ask() -> None:
        alice.send(1, bytes(size))
        assert alice.recv(2, 4) == b"done"

    def answer() -> None:
        compute(1.2)
        assert len(bob.recv(1, size)) == size
        bob.send(2, b"done")

    tools.together(ask, answer)
    close(alice, bob)


def test_only_sending_is_no_deafness(lines: Lines, tools: Any) -> None:
    """A side that never receives still hears heartbeats, and at last the failure of the peer."""
    alice, bob = meet(tools, *lines)
    until = time.monotonic() + 1.2

    def push() -> Any:
        while time.monotonic() < until + 5:
            try:
                alice.send(1, b"x" * 1000)
            except TacitError as error:
                return error
        return None

    def pull() -> None:
        while time.monotonic() < until:
            bob.recv(1, 1000)
        bob.fail("a.b")

    found, _ = tools.together(push, pull)
    assert code(found) == "peer.failed"
    close(alice, bob)


# A network that does not behave


class Proxy:
    """Stands between two TCP sockets; `cut`, `stall` and `corrupt` are what networks do."""

    def __init__(self, tools: Any) -> None:
        self.left, self._inner_left = tools.tcp_pair()
        self._inner_right, self.right = tools.tcp_pair()
        self._stalled = threading.Event()
        self._corrupt = False
        self._threads = [
            threading.Thread(target=self._pass, args=pair)
            for pair in ((self._inner_left, self._inner_right), (self._inner_right, self._inner_left))
        ]
        for thread in self._threads:
            thread.start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._corrupt:
                    data = data[:-1] + bytes([data[-1] ^ 1])
                if not self._stalled.is_set():
                    target.sendall(data)

    def stall(self) -> None:
        self._stalled.set()

    def corrupt(self) -> None:
        self._corrupt = True

    def cut(self) -> None:
        for sock in (self._inner_left, self._inner_right):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        for thread in self._threads:
            thread.join()
        for sock in (self._inner_left, self._inner_right):
            sock.close()


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        ("cut", {"peer.closed", "peer.reset"}),
        ("stall", {"peer.silent"}),
        ("corrupt", {"channel.corrupted"}),
    ],
)
def test_network_faults(lines: Lines, tools: Any, fault: str, codes: set[str]) -> None:
    proxy = Proxy(tools)
    alice, bob = tools.together(
        lambda: connect(lines[0], proxy.left, timing=tools.QUICK),
        lambda: connect(lines[1], proxy.right, timing=tools.QUICK),
    )
    alice.send(1, b"before")
    assert bob.recv(1, 6) == b"before"
    getattr(proxy, fault)()
    began = time.monotonic()
    found = tools.together(*(lambda end=end: tools.outcome(lambda: end.recv(1, 6)) for end in (alice, bob)))
    assert time.monotonic() - began < 3
    assert code(found[0]) in codes
    assert code(found[1]) in codes | {"peer.closed", "peer.reset"}
    close(alice, bob)
    proxy.close()


def test_a_loss_is_reported_while_nobody_is_in_a_call(lines: Lines, tools: Any) -> None:
    proxy, lost, told = Proxy(tools), threading.Event(), []
    alice, bob = tools.together(
        lambda: connect(lines[0], proxy.left, on_lost=lambda error: (told.append(error), lost.set())),
        lambda: connect(lines[1], proxy.right),
    )
    proxy.cut()
    assert lost.wait(3)
    assert code(told[0]) in {"peer.closed", "peer.reset"}
    for call in (lambda: alice.send(1, b""), lambda: alice.recv(1, 1), alice.flush):
        with pytest.raises(PeerLost):
            call()
    close(alice, bob)
    proxy.close()


def test_a_peers_failure_is_reported_but_a_goodbye_is_not(lines: Lines, tools: Any) -> None:
    told: list[TacitError] = []
    alice, bob = meet(tools, *lines)
    alice._on_lost = told.append
    bob.close()
    with pytest.raises(PeerLost):
        alice.recv(1, 1)
    close(alice)
    assert not told


PEER = """
import json, sys, time
from tacit.channel.line import Line, connect
channel = connect(Line.from_dict(json.load(sys.stdin)))
channel.send(1, b"up")
channel.send(2, bytes(400_000))
channel.recv(3, 1)
"""


@pytest.fixture
def process(lines: Lines, tools: Any) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """Bob in a process of his own, and the connection that he made."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = tools.replace(lines[1], address=f"127.0.0.1:{listener.getsockname()[1]}")
        with subprocess.Popen(
            [sys.executable, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as bob:
            assert bob.stdin is not None
            json.dump(line.as_dict(), bob.stdin)
            bob.stdin.close()
            listener.settimeout(30)
            yield bob, listener.accept()[0]
            bob.kill()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_dead_process_is_noticed(lines: Lines, process: Any, how: signal.Signals) -> None:
    """Within 5 s with the standard timing, while this side only computes."""
    bob, sock = process
    lost = threading.Event()
    alice = connect(lines[0], sock, on_lost=lambda error: lost.set())
    assert alice.recv(1, 2) == b"up"
    assert len(alice.recv(2, 400_000)) == 400_000
    os.kill(bob.pid, how)
    began = time.monotonic()
    while not lost.is_set() and time.monotonic() - began < 5:
        sum(range(10_000))
    assert lost.is_set()
    with pytest.raises(PeerLost) as caught:
        alice.recv(3, 1)
    assert caught.value.code == ("peer.silent" if how is signal.SIGSTOP else "peer.closed")
    close(alice)


def test_a_dead_process_behind_unread_data_is_noticed(lines: Lines, process: Any) -> None:
    """A large message that nobody asked for yet must not hide that the peer is gone."""
    bob, sock = process
    alice = connect(lines[0], sock)
    assert alice.recv(1, 2) == b"up"
    bob.kill()
    began, lost = time.monotonic(), None
    while lost is None and time.monotonic() - began < 5:
        lost = outcome_of(lambda: alice.send(3, b"x"))
    assert isinstance(lost, PeerLost)
    close(alice)


def outcome_of(work: Callable[[], Any]) -> Any:
    """The loss, if there was one."""
    try:
        return work()
    except PeerLost as error:
        return error


def test_a_failure_from_another_thread_ends_a_waiting_call(lines: Lines, tools: Any) -> None:
    """How a worker is cancelled while its protocol waits for the peer."""
    alice, bob = meet(tools, *lines)
    waiting, _ = tools.together(lambda: tools.outcome(lambda: alice.recv(1, 1)), lambda: alice.fail("job.cancelled"))
    assert code(waiting) in {"channel.ended_here", "peer.closed"}
    assert tools.outcome(lambda: bob.recv(1, 1)).peer_code == "job.cancelled"
    close(alice, bob)


def test_a_failing_receiver_of_a_loss_does_no_harm(lines: Lines, tools: Any, caplog: pytest.LogCaptureFixture) -> None:
    alice, bob = meet(tools, *lines)
    called = threading.Event()

    def receive(error: TacitError) -> None:
        called.set()
        raise ValueError("broken")

    alice._on_lost = receive
    bob.fail("a.b")
    assert called.wait(5)
    close(alice, bob)
    assert "the receiver of a lost line failed" in caplog.text


def test_a_loss_may_close_the_channel_itself(lines: Lines, tools: Any) -> None:
    alice, bob = meet(tools, *lines)
    done = threading.Event()
    alice._on_lost = lambda error: (alice.close(), done.set())
    bob.fail("a.b")
    assert done.wait(5)
    alice._thread.join(5)
    assert not alice._thread.is_alive()
    close(bob)
