"""What a peer that breaks joint statistics can send, and how it is refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from parties import run_parties_with_errors
from tacit.algorithms.stats.joint import joint_statistics
from tacit.algorithms.stats.query import DEALER, FIRST, SECOND, GroupBy, Query
from tacit.algorithms.stats.shape import Message
from tacit.channel.arrays import send_array
from tacit.channel.channel import Session
from tacit.errors import ProtocolError
from tacit.protocols.mpc import Mpc

GROUPED = Query(group=GroupBy("first", "city"))
SHOP = pa.table({"x": np.arange(40.0)})
GOOD = {"columns": ["a"], "labels": ["p", "q"], "rows": [20, 20]}


def _against(peer: Any, query: Query = GROUPED) -> ProtocolError:
    """An honest second and dealer against `peer` at first: the error of the second."""
    _, errors = run_parties_with_errors(
        {
            FIRST: peer,
            SECOND: lambda session: joint_statistics(session, query, SHOP),
            DEALER: lambda session: joint_statistics(session, query, None),
        }
    )
    error = errors[SECOND]
    assert isinstance(error, ProtocolError)
    return error


@pytest.mark.parametrize(
    "sizes",
    [(40, 1, 3, 2), (40, 1, -1, 2), (40, 1, 2, 1001), (40, 1 << 40, 2, 2), (40, -1, 2, 2), (40, 1, 2, 41)],
)
def test_impossible_sizes(sizes: tuple[int, ...]) -> None:
    def peer(session: Session) -> None:
        Mpc(session, FIRST, SECOND, DEALER).publish(sizes)
        session.channels[SECOND].recv(Message.NAMES, 1 << 20)

    assert _against(peer).code == "stats.malformed"


@pytest.mark.parametrize(
    "names",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[]",
        json.dumps({"columns": ["a"], "labels": []}).encode(),
        json.dumps({**GOOD, "columns": []}).encode(),
        json.dumps({**GOOD, "columns": [1]}).encode(),
        json.dumps({**GOOD, "columns": "a"}).encode(),
        json.dumps({**GOOD, "labels": ["p"]}).encode(),
        json.dumps({**GOOD, "labels": ["p", "p"]}).encode(),
        json.dumps({**GOOD, "labels": ["p", {"x": 1}]}).encode(),
        json.dumps({**GOOD, "rows": [20, 3]}).encode(),
        json.dumps({**GOOD, "rows": [20, 21]}).encode(),
        json.dumps({**GOOD, "rows": [20, "20"]}).encode(),
        json.dumps({**GOOD, "rows": [20]}).encode(),
    ],
)
def test_impossible_names(names: bytes) -> None:
    def peer(session: Session) -> None:
        Mpc(session, FIRST, SECOND, DEALER).publish((40, 1, 2, 2))
        session.channels[SECOND].send(Message.NAMES, names)
        session.channels[SECOND].recv(Message.NAMES, 1 << 20)
        session.channels[SECOND].recv(0, 1)

    assert _against(peer).code == "stats.malformed"


@pytest.mark.parametrize("figures", [[[2.0, 1, 1, 1, 1]], [[1.0, np.inf, 1, 1, 1]], [[np.nan, 1, 1, 1, 1]]])
def test_impossible_figures(figures: list[list[float]]) -> None:
    def peer(session: Session) -> None:
        Mpc(session, FIRST, SECOND, DEALER).publish((40, 1, 0, 0))
        session.channels[SECOND].send(Message.NAMES, json.dumps({"columns": ["a"], "labels": [], "rows": []}).encode())
        send_array(session.channels[SECOND], Message.FIGURES, np.array(figures))
        session.channels[SECOND].recv(Message.NAMES, 1 << 20)
        session.channels[SECOND].recv(Message.FIGURES, 1 << 20)
        session.channels[SECOND].recv(0, 1)

    assert _against(peer, Query()).code == "stats.malformed"
