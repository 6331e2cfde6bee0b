"""Workers: limits hold, a killed worker is reported with a cause, and nobody is left behind."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tacit.channel.identity import NodeIdentity
from tacit.channel.port import PeerPort
from tacit.errors import PeerError, ResourceError
from tacit.operators.psi import Psi
from tacit.runtime.artifacts import write_table
from tacit.runtime.lines import PeerContact, resolve_lines
from tacit.runtime.pool import Failed, Progress, Succeeded, Worker, WorkerEvent, WorkerPool
from tacit.runtime.task import DatasetEntry, Limits, StepTask

PARTIES = {"receiver": "bank", "sender": "shop"}
SHARED_ROWS = 150_000  # enough that a test can interrupt the match


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool()
    yield pool
    pool.close()


def read_task(tmp_path: Path, **changes: object) -> StepTask:
    fields: dict[str, object] = {
        "job_id": "job",
        "step": "read",
        "attempt": 1,
        "operator": "dataset.read",
        "version": "1",
        "params": {
            "dataset": "rows",
            "columns": None,
            "keys": ["id"],
            "label": None,
            "null_values": [""],
            "bad_cells": "refuse",
            "types": {},
        },
        "role": "owner",
        "parties": {"owner": "bank"},
        "sid": "00" * 32,
        "output_dir": str(tmp_path / "out"),
        "datasets": {"rows": DatasetEntry(name="rows", path=str(tmp_path / "rows.parquet"), format="parquet")},
        "models_dir": str(tmp_path / "models"),
    }
    return StepTask.model_validate(fields | changes)


def run(pool: WorkerPool, task: StepTask) -> WorkerEvent:
    events: queue.SimpleQueue[WorkerEvent] = queue.SimpleQueue()
    pool.start(task, events.put)
    while isinstance(event := events.get(timeout=30), Progress):
        pass
    return event


def test_a_step_leaves_outputs_with_digests(pool: WorkerPool, tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["a", "b"], "x": [1.0, 2.0]}), tmp_path / "rows.parquet")
    event = run(pool, read_task(tmp_path))
    assert isinstance(event, Succeeded)
    output = event.report.outputs["table"]
    assert output.rows == 2 and len(output.digest) == 64 and Path(output.path).exists()


def test_the_memory_limit_ends_the_step_with_a_clear_error(pool: WorkerPool, tmp_path: Path) -> None:
    rows = 10_000_000
    pq.write_table(pa.table({"id": np.arange(rows), "x": np.full(rows, 0.5)}), tmp_path / "rows.parquet")
    event = run(pool, read_task(tmp_path, limits=Limits(memory_mb=64)))
    assert isinstance(event, Failed) and isinstance(event.error, ResourceError)
    assert event.error.code in ("step.out_of_memory", "worker.killed") and event.error.hint


class Match:
    """Two workers in the middle of an intersection."""

    def __init__(self, pool: WorkerPool, tmp_path: Path, limits: Limits | None = None) -> None:
        identities = {party: NodeIdentity.generate(party) for party in PARTIES.values()}
        self.ports = {p: PeerPort("127.0.0.1", 0, on_control=lambda sock: sock.close()) for p in identities}
        contacts = {
            p: PeerContact("{}:{}".format(*self.ports[p].address), identities[p].certificate_pem) for p in identities
        }
        sid = os.urandom(32)
        self.events: dict[str, queue.SimpleQueue[WorkerEvent]] = {role: queue.SimpleQueue() for role in PARTIES}
        self.workers: dict[str, Worker] = {}
        for role, party in PARTIES.items():
            table = pa.table({"id": pa.array(range(SHARED_ROWS))})
            task = read_task(
                tmp_path,
                step="match",
                operator="psi",
                params=Psi(receiver_keys=["id"], sender_keys=["id"], protocol="ecdh").model_dump(mode="json"),
                role=role,
                parties=PARTIES,
                sid=sid.hex(),
                inputs={role: str(write_table(tmp_path / party, "table", table))},
                output_dir=str(tmp_path / party / "out"),
                lines=resolve_lines(sid, role, PARTIES, identities[party], contacts),
                limits=limits or Limits(),
            )
            self.workers[role] = pool.start(task, self.events[role].put)
            for other, line in task.lines.items():
                if line.side == "listen":
                    self.ports[party].expect(line.session, partial(self.workers[role].hand_over, other))

    def wait_for_progress(self) -> None:
        for events in self.events.values():
            assert isinstance(events.get(timeout=30), Progress)

    def end(self, role: str, within_s: float) -> WorkerEvent:
        while isinstance(event := self.events[role].get(timeout=within_s), Progress):
            pass
        return event


@pytest.fixture
def start_match(pool: WorkerPool, tmp_path: Path) -> Iterator[Callable[[], Match]]:
    started: list[Match] = []

    def start() -> Match:
        started.append(Match(pool, tmp_path))
        started[-1].wait_for_progress()
        return started[-1]

    yield start
    for match in started:
        for port in match.ports.values():
            port.close()


@pytest.mark.parametrize("victim", ["receiver", "sender"])
def test_a_killed_worker_is_reported_at_both_parties_within_seconds(
    start_match: Callable[[], Match], victim: str
) -> None:
    match = start_match()
    os.kill(match.workers[victim].pid, signal.SIGKILL)
    died = match.end(victim, within_s=5)
    assert isinstance(died, Failed) and died.error.code == "worker.killed" and died.error.found == "SIGKILL"
    other = next(role for role in PARTIES if role != victim)
    noticed = match.end(other, within_s=5)
    assert isinstance(noticed, Failed) and isinstance(noticed.error, PeerError)
    assert noticed.error.code in ("peer.closed", "peer.reset")


def test_a_cancelled_worker_tells_its_peer_why(start_match: Callable[[], Match]) -> None:
    match = start_match()
    match.workers["sender"].cancel("job.cancelled")
    ended = match.end("sender", within_s=5)
    assert isinstance(ended, Failed) and ended.error.code == "job.cancelled"
    noticed = match.end("receiver", within_s=5)
    assert isinstance(noticed, Failed) and noticed.error.code == "peer.failed"
    assert noticed.error.as_dict()["peer_code"] == "job.cancelled"


def test_closing_the_pool_leaves_no_process(start_match: Callable[[], Match], pool: WorkerPool) -> None:
    match = start_match()
    pids = [worker.pid for worker in match.workers.values()]
    pool.close()
    assert not [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
