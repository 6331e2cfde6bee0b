"""A kept table between two real workers of two nodes: TLS between them, and a folder `history` that stays at each."""

from __future__ import annotations

import json
import os
import queue
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tacit.channel.identity import NodeIdentity
from tacit.channel.port import PeerPort
from tacit.operators.psi import Psi
from tacit.runtime.artifacts import read_table, write_table
from tacit.runtime.lines import PeerContact, resolve_lines
from tacit.runtime.pool import Progress, Succeeded, Worker, WorkerEvent, WorkerPool
from tacit.runtime.task import StepTask

PARTIES = {"receiver": "bank", "sender": "shop"}
PARAMS = {
    "receiver_keys": ["id"],
    "sender_keys": ["id"],
    "protocol": "unbalanced",
    "learner": "receiver",
    "sender_columns": ["v"],
}


class Nodes:
    """Two nodes' worth of folders; every run is a step of its own at each."""

    def __init__(self, pool: WorkerPool, folder: Path) -> None:
        self._pool, self._folder, self._runs = pool, folder, 0
        self._identities = {party: NodeIdentity.generate(party) for party in PARTIES.values()}
        self.ports = {p: PeerPort("127.0.0.1", 0, on_control=lambda sock: sock.close()) for p in self._identities}

    def run(self, tables: dict[str, pa.Table]) -> dict[str, Succeeded]:
        self._runs += 1
        events: dict[str, queue.SimpleQueue[WorkerEvent]] = {role: queue.SimpleQueue() for role in PARTIES}
        sid = os.urandom(32)
        for role in PARTIES:
            self._start(role, sid, tables[role], events[role])
        return {role: self._end(events[role]) for role in PARTIES}

    def _start(self, role: str, sid: bytes, table: pa.Table, events: queue.SimpleQueue[WorkerEvent]) -> Worker:
        party = PARTIES[role]
        folder = self._folder / party / str(self._runs)
        contacts = {
            p: PeerContact("{}:{}".format(*self.ports[p].address), identity.certificate_pem)
            for p, identity in self._identities.items()
        }
        task = StepTask(
            job_id="job",
            step="match",
            attempt=1,
            operator="psi",
            version="1",
            params=Psi.model_validate(PARAMS).model_dump(mode="json"),
            role=role,
            parties=PARTIES,
            sid=sid.hex(),
            inputs={role: str(write_table(folder, "table", table))},
            output_dir=str(folder / "out"),
            models_dir=str(self._folder / party / "models"),
            history_dir=str(self._folder / party / "history"),
            lines=resolve_lines(sid, role, PARTIES, self._identities[party], contacts),
        )
        worker = self._pool.start(task, events.put)
        for other, line in task.lines.items():
            if line.side == "listen":
                self.ports[party].expect(line.session, partial(worker.hand_over, other))
        return worker

    @staticmethod
    def _end(events: queue.SimpleQueue[WorkerEvent]) -> Succeeded:
        while isinstance(event := events.get(timeout=30), Progress):
            pass
        assert isinstance(event, Succeeded), event
        return event


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    pool = WorkerPool()
    nodes = Nodes(pool, tmp_path)
    yield nodes
    pool.close()
    for port in nodes.ports.values():
        port.close()


def _table(keys: range) -> pa.Table:
    return pa.table({"id": pa.array(keys), "v": [f"v{key}" for key in keys]})


def _report(ended: Succeeded) -> dict[str, Any]:
    return dict(json.loads(Path(ended.report.outputs["report"].path).read_text()))


def test_the_second_job_finds_the_table_of_the_first(nodes: Nodes) -> None:
    tables = {"receiver": pa.table({"id": pa.array(range(95, 110))}), "sender": _table(range(100))}
    hows = []
    for sender in (_table(range(100)), _table(range(100)), _table(range(102))):
        ended = nodes.run({**tables, "sender": sender})
        matched = read_table(Path(ended["receiver"].report.outputs["matched"].path))
        assert matched["v"].to_pylist() == [f"v{key}" for key in range(95, sender.num_rows)]
        assert set(ended["sender"].report.outputs) == {"report"}
        hows.append([_report(ended[role])["table"]["how"] for role in PARTIES])
    assert hows == [["fetched", "sealed"], ["kept", "kept"], ["extended", "extended"]]
