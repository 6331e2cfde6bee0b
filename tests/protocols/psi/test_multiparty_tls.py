"""PSI among three parties over TLS: the result, and a failure that reaches everybody."""

from __future__ import annotations

import itertools
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from parties import SID
from protocols.psi.many_parties import filling, program
from tacit.channel.channel import Channel, Session
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.sni import session_name
from tacit.errors import DataError, PeerFailed, TacitError
from tacit.protocols.psi.multiparty import intersect_many
from tacit.protocols.psi.wire import Terms

NAMES = ("lead", "one", "two")


@pytest.fixture(scope="module")
def nodes() -> dict[str, NodeIdentity]:
    return {name: NodeIdentity.generate(name) for name in NAMES}


def _pair(nodes: dict[str, NodeIdentity], left: str, right: str) -> tuple[Channel, Channel]:
    sid = os.urandom(32)
    name = session_name(sid, left, right)
    sides = {left: "listen", right: "dial"}
    leaves = {who: nodes[who].issue_session(name, side) for who, side in sides.items()}  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = socket.create_connection(listener.getsockname())
        here, _ = listener.accept()

    def end(me: str, peer: str, sock: socket.socket) -> Channel:
        leaf, pinned = leaves[me], nodes[peer].certificate_pem
        side: Any = sides[me]
        return connect(Line(name, me, peer, side, sid.hex(), leaf.key_pem, leaf.certificate_pem, pinned), sock)

    with ThreadPoolExecutor(2) as pool:
        ends = pool.submit(end, left, right, here), pool.submit(end, right, left, there)
        return ends[0].result(), ends[1].result()


def _run(nodes: dict[str, NodeIdentity], programs: dict[str, Callable[[Session], Any]]) -> dict[str, Any]:
    """Results or errors. A party that ends closes its lines as a worker does."""
    channels: dict[str, dict[str, Channel]] = {name: {} for name in NAMES}
    for left, right in itertools.combinations(NAMES, 2):
        channels[left][right], channels[right][left] = _pair(nodes, left, right)

    def one(name: str) -> Any:
        try:
            return programs[name](Session(SID, name, channels[name]))
        except TacitError as error:
            return error
        finally:
            for channel in channels[name].values():
                channel.close()

    with ThreadPoolExecutor(len(NAMES)) as pool:
        return dict(zip(NAMES, pool.map(one, NAMES), strict=True))


def test_the_result(nodes: dict[str, NodeIdentity]) -> None:
    sets = {"lead": np.arange(3000), "one": np.arange(1000, 5000), "two": np.arange(0, 4000, 2)}
    found = _run(nodes, {name: program(items, NAMES) for name, items in sets.items()})
    orders = [sets[name][found[name].rows] for name in NAMES]
    assert np.array_equal(np.sort(orders[0]), np.arange(1000, 3000, 2))
    assert all(np.array_equal(order, orders[0]) for order in orders)


@pytest.mark.parametrize("culprit", NAMES)
def test_a_failure_reaches_all_while_others_are_busy(nodes: dict[str, NodeIdentity], culprit: str) -> None:
    def bad(_: object) -> None:
        raise DataError("data.key_null", "A row has no key.")

    def failing(session: Session) -> Any:
        return intersect_many(session, Terms(SID), NAMES, "lead", bad)

    began = time.monotonic()
    items = np.arange(500)
    found = _run(nodes, {name: failing if name == culprit else program(items, NAMES) for name in NAMES})
    assert time.monotonic() - began < 8.0
    for name in set(NAMES) - {culprit}:
        assert isinstance(found[name], PeerFailed)
        assert found[name].peer_code == "data.key_null"


def test_filling_is_not_disturbed_by_the_lines(nodes: dict[str, NodeIdentity]) -> None:
    """A party that takes long to read its table keeps nobody from being there when it is done."""
    items = np.arange(500)

    def slow(session: Session) -> Any:
        def fill(keys: Any) -> None:
            deadline = time.monotonic() + 0.3
            while time.monotonic() < deadline:
                np.sort(np.arange(10_000))
            filling(items)(keys)

        return intersect_many(session, Terms(SID), NAMES, "lead", fill)

    found = _run(nodes, {"lead": program(items, NAMES), "one": slow, "two": program(items, NAMES)})
    assert found["two"].count == 500
