"""PSI over TLS: the same results, and errors that arrive at both even when one side stops at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from protocols.psi.psi_pair import random_digests, side
from tacit.algorithms.alignment.align import Seat, align
from tacit.algorithms.alignment.keys import KeyRules
from tacit.channel.channel import Channel
from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.sni import session_name
from tacit.errors import DataError, TacitError
from tacit.protocols.psi import layout as layouts
from tacit.protocols.psi.wire import Protocol, Side, Terms

SID = bytes(range(32))
RULES = KeyRules(("id",))


@pytest.fixture(scope="module")
def nodes() -> tuple[NodeIdentity, NodeIdentity]:
    return NodeIdentity.generate("receiver"), NodeIdentity.generate("sender")


@pytest.fixture
def run_both(nodes: tuple[NodeIdentity, NodeIdentity]) -> Iterator[Callable[..., list[Any]]]:
    """Run (receiver, sender) works, each with its end; as a worker does, an error is told and the line closed."""

    def run(*works: Callable[[Channel], Any]) -> list[Any]:
        sid = os.urandom(32)
        name = session_name(sid, "receiver", "sender")
        leaves = nodes[0].issue_session(name, "listen"), nodes[1].issue_session(name, "dial")
        pinned = nodes[1].certificate_pem, nodes[0].certificate_pem
        names = ("receiver", "sender")
        lines = [
            Line(name, names[i], names[1 - i], side, sid.hex(), leaves[i].key_pem, leaves[i].certificate_pem, pinned[i])
            for i, side in ((0, "listen"), (1, "dial"))  # type: ignore[arg-type]
        ]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            there = socket.create_connection(listener.getsockname())
            here, _ = listener.accept()

        def one(work: Callable[[Channel], Any], line: Line, sock: socket.socket) -> Any:
            channel = connect(line, sock)
            try:
                return work(channel)
            except TacitError as error:
                channel.fail(error.code)
                return error
            finally:
                channel.close()

        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(one, *parts) for parts in zip(works, lines, (here, there), strict=True)]
            return [future.result(60) for future in futures]

    yield run


def _work(side: Side, ids: list[Any]) -> Callable[[Channel], Any]:
    return lambda channel: align(Seat(channel, SID, side), pa.table({"id": ids}), RULES)[0]["id"].to_pylist()


def test_alignment(run_both: Callable[..., list[Any]]) -> None:
    ids = [f"k{i}" for i in range(300)]
    left, right = run_both(_work(Side.RECEIVER, ids), _work(Side.SENDER, ids[100:]))
    assert left == right
    assert sorted(left) == sorted(ids[100:])


@pytest.mark.parametrize("malicious", [False, True])
def test_vole_over_several_groups(
    run_both: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch, malicious: bool
) -> None:
    monkeypatch.setattr(layouts, "FULL_BIN", 1 << 12)
    items = random_digests(60_000, 1)
    terms = Terms(sid=SID, protocol=Protocol.VOLE, malicious=malicious)
    left, right = run_both(side(Side.RECEIVER, items, terms), side(Side.SENDER, items[20_000:], terms))
    assert np.array_equal(np.sort(left.rows), np.arange(20_000, 60_000))
    assert np.array_equal(left.rows, right.rows + 20_000)


@pytest.mark.parametrize("attempt", range(4))
@pytest.mark.parametrize(
    ("receiver", "sender", "code"), [(["a"], ["b"], "psi.no_overlap"), ([1], ["1"], "psi.key_types_differ")]
)
def test_an_error_of_both_is_known_to_both(
    run_both: Callable[..., list[Any]], receiver: list[Any], sender: list[Any], code: str, attempt: int
) -> None:
    for error in run_both(_work(Side.RECEIVER, receiver), _work(Side.SENDER, sender)):
        assert isinstance(error, DataError)
        assert error.code == code
