"""Two nodes, the lines between them, and pairs of channel ends of every kind."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tacit.channel.channel import Channel
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.memory import memory_pair
from tacit.channel.sni import session_name
from tacit.channel.stream import Timing
from tacit.channel.tls import TlsChannel


@pytest.fixture(scope="session")
def nodes() -> tuple[NodeIdentity, NodeIdentity]:
    """Alice's and Bob's node."""
    return NodeIdentity.generate("alice"), NodeIdentity.generate("bob")


@pytest.fixture
def lines(nodes: tuple[NodeIdentity, NodeIdentity]) -> tuple[Line, Line]:
    """Alice listens, Bob dials (the address is set by the test)."""
    alice, bob = nodes
    sid = os.urandom(32)
    name = session_name(sid, "alice", "bob")
    a, b = alice.issue_session(name, "listen"), bob.issue_session(name, "dial")
    return (
        Line(name, "alice", "bob", "listen", sid.hex(), a.key_pem, a.certificate_pem, bob.certificate_pem),
        Line(name, "bob", "alice", "dial", sid.hex(), b.key_pem, b.certificate_pem, alice.certificate_pem),
    )


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    """Both ends of one loopback connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = socket.create_connection(listener.getsockname())
        here, _ = listener.accept()
    return here, there


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same time; the results, or the first error."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(60) for future in [pool.submit(work) for work in works]]


def outcome(work: Callable[[], Any]) -> Any:
    """The result or the error."""
    try:
        return work()
    except Exception as error:
        return error


@pytest.fixture
def tools() -> Any:
    """The functions above, for tests (this folder is no package)."""

    class Tools:
        pass

    kit: Any = Tools()
    kit.tcp_pair, kit.together, kit.outcome, kit.replace = tcp_pair, together, outcome, replace
    kit.QUICK = Timing(ping_s=0.1, silent_s=0.8, tick_s=0.01, fail_s=1.0, close_s=10.0)
    return kit


@pytest.fixture(params=["memory", "tls"])
def pair(request: pytest.FixtureRequest, lines: tuple[Line, Line]) -> Iterator[tuple[Channel, Channel]]:
    """The ends of alice and of bob."""
    if request.param == "memory":
        ends = memory_pair("alice", "bob", patience_s=30)
    else:
        here, there = tcp_pair()
        ends = tuple(together(lambda: connect(lines[0], here), lambda: connect(lines[1], there)))
    yield ends
    together(ends[0].close, ends[1].close)
    assert not [end for end in ends if isinstance(end, TlsChannel) and end._thread.is_alive()]
