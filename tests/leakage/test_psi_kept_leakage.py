"""What a match by a kept table shows on the wire: sizes of both sides and of the changes, whatever is common."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leakage.recorder import Recorder
from step_io import MemoryIO, step_call
from tacit.algorithms.alignment.exchange import Message as After
from tacit.channel.channel import Session
from tacit.channel.memory import memory_pair
from tacit.data.columns import with_roles
from tacit.engines.native.psi import run_psi
from tacit.operators.psi import Psi
from tacit.protocols.psi.table_wire import Message

PARTIES = {"receiver": "bank", "sender": "shop"}
Shape = list[tuple[str, int, int]]


def run(folder: Path, run_number: int, receiver: range, sender: range, **params: Any) -> dict[str, Shape]:
    """Directions, kinds and sizes of all messages, by role."""
    pair = memory_pair("receiver", "sender", patience_s=20)
    ends = {role: Recorder(channel) for role, channel in zip(PARTIES, pair, strict=True)}
    words = {"protocol": "unbalanced", "learner": "receiver", **params}
    full = Psi.model_validate(words).model_dump(mode="json")

    def one(role: str) -> None:
        keys = list(receiver if role == "receiver" else sender)
        table = with_roles(pa.table({"id": keys, "v": [f"{key:04d}" for key in keys]}), keys=["id"])
        io = MemoryIO(inputs={role: table}, shelves=folder / role)
        peer = "sender" if role == "receiver" else "receiver"
        session = Session(sid=bytes([run_number]) * 32, me=role, channels={peer: ends[role]})
        run_psi(step_call("psi", io, full, role=role, parties=PARTIES, session=session))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, PARTIES))
    return {role: list(end.shape) for role, end in ends.items()}


@pytest.mark.parametrize("params", [{}, {"sender_columns": ["v"]}, {"join": "difference"}])
def test_messages_depend_on_sizes_only(tmp_path: Path, params: dict[str, Any]) -> None:
    seen = []
    for number, first in enumerate((0, 285, 900)):  # everything, a part and nothing in common
        folder, mine = tmp_path / str(number), range(first, first + 30)
        theirs = (range(300), range(300), range(10, 310))
        seen.append([run(folder, at, mine, sender, **params) for at, sender in enumerate(theirs)])
    assert seen[0] == seen[1] == seen[2]


def test_queries_are_alone_in_a_later_run(tmp_path: Path) -> None:
    first = run(tmp_path, 1, range(30), range(300))["sender"]
    later = run(tmp_path, 2, range(200, 230), range(300))["sender"]
    sent = {kind for way, kind, _ in first if way == "sent"} - {kind for way, kind, _ in later if way == "sent"}
    assert sent == {Message.CHUNK}
    got = [(kind, size) for way, kind, size in later if way == "received" and kind == Message.BLINDED]
    assert got == [(Message.BLINDED, 30 * 32)]
    assert sum(size for way, kind, size in later if way == "sent" and kind == Message.EVALUATED) == 30 * 32
    assert [size for way, kind, size in later if way == "sent" and kind == After.TABLE] == [18]
