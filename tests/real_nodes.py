"""Real node processes on loopback, paired by invitation, with small tables; and what tests do with them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx
import psutil

import quick_start
from tacit.node.home import initialise

START_S = 60.0
JOB_S = 60.0
ENDED = {"FINISHED", "REJECTED", "FAILED", "CANCELLED"}
FAST = {"TACIT_POLL_S": "0.5"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningNode:
    """A node process and its API. `begin` starts it: from nothing where what it was begun with matters."""

    begin: Callable[..., subprocess.Popen[str]] = quick_start.Popen

    def __init__(self, home: Path, name: str, environment: dict[str, str] | None = None) -> None:
        self.home, self.name = home, name
        self.environment = {**os.environ, **FAST, **(environment or {})}
        self.peer_port = free_port()
        initialise(home, name, f"{name} ltd", peer_address=f"127.0.0.1:{self.peer_port}", api_port=free_port())
        self.process: subprocess.Popen[str] | None = None
        self.info: dict[str, Any] = {}

    def start(self) -> RunningNode:
        self.launch()
        return self.await_ready()

    def launch(self) -> None:
        command = [sys.executable, "-m", "tacit.node", "run", "--home", str(self.home)]
        log = (self.home / "logs" / "stderr.log").open("a")
        self.process = self.begin(command, stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        log.close()

    def await_ready(self) -> RunningNode:
        assert self.process is not None and self.process.stdout is not None
        line = self.process.stdout.readline()
        self.info = json.loads(line or "{}")
        assert self.info.get("ready"), f"{self.name} did not start: {line} {self.errors()[-3000:]}"
        token = (self.home / "api.token").read_text().strip()
        self.http = httpx.Client(
            base_url=self.info["api"] + "/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30.0
        )
        return self

    def errors(self) -> str:
        return (self.home / "logs" / "stderr.log").read_text()

    def stop(self) -> float:
        """SIGTERM; returns how long it took."""
        assert self.process is not None
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)
        self._close()
        return time.monotonic() - begun

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)
        self._close()

    def _close(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        self.process.stdout.close()
        self.http.close()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def workers(self) -> list[psutil.Process]:
        """Running steps: what the fork server has forked."""
        found = []
        for child in self.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                if child.parent() is not None and child.parent().pid != self.process.pid:  # type: ignore[union-attr]
                    found.append(child)
        return found

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, status: int | None = None) -> Any:
        answer = self.http.request(method, path, json=body)
        if status is None:
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        else:
            assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: dict[str, Any] | None = None, status: int | None = None) -> Any:
        return self.call("POST", path, body if body is not None else {}, status)

    def wait(self, job: str, timeout_s: float = JOB_S) -> dict[str, Any]:
        """The job's summary when it has ended."""
        self.until(job, lambda _: True)
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            found: dict[str, Any] = self.get(f"/jobs/{job}/wait?timeout_s=10")
            if found["state"] in ENDED:
                return found
        raise AssertionError(f"{job} has not ended at {self.name}: {self.get(f'/jobs/{job}')} {self.log(job)}")

    def until(self, job: str, wanted: Callable[[dict[str, Any]], bool], timeout_s: float = 30.0) -> dict[str, Any]:
        """The job's detail as soon as it is as wanted."""
        until = time.monotonic() + timeout_s
        while True:
            with contextlib.suppress(AssertionError):
                found: dict[str, Any] = self.get(f"/jobs/{job}")
                if wanted(found):
                    return found
            assert time.monotonic() < until, f"{self.name}: {self.get(f'/jobs/{job}')} {self.log(job)}"
            time.sleep(0.02)

    def until_told(self, job: str, code: str, timeout_s: float = 30.0) -> None:
        """Returns when the job's log here holds an event of this code."""
        self.until(job, lambda _: code in self.codes(job), timeout_s)

    def log(self, job: str) -> list[tuple[str, str, str | None, Any]]:
        """(party, code, step, data) of each event."""
        items = self.get(f"/jobs/{job}/log")["items"]
        return [(item["party"], item["code"], item["step"], item["data"]) for item in items]

    def codes(self, job: str) -> list[str]:
        return [code for _, code, _, _ in self.log(job)]


def pair(one: RunningNode, other: RunningNode) -> None:
    code = one.post("/invitations")["code"]
    other.post("/invitations/accept", {"code": code})


def write_rows(path: Path, ids: range, columns: dict[str, Callable[[int], object]]) -> Path:
    lines = [",".join(["id", *columns])]
    lines += [",".join([f"p{number}", *(str(make(number)) for make in columns.values())]) for number in ids]
    path.write_text("\n".join(lines) + "\n")
    return path


class Group:
    """Some nodes that know each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: dict[str, RunningNode] = {}

    def add(self, *names: str, environment: dict[str, str] | None = None) -> None:
        """Start nodes side by side."""
        made = [RunningNode(self.folder / name, name, environment) for name in names]
        for node in made:
            self.nodes[node.name] = node
            node.launch()
        for node in made:
            node.await_ready()

    def pair_all(self) -> None:
        nodes = list(self.nodes.values())
        for index, one in enumerate(nodes):
            for other in nodes[index + 1 :]:
                pair(one, other)

    def approve_all(self) -> None:
        """Every node approves what any of the others initiates."""
        for node in self.nodes.values():
            others = [name for name in self.nodes if name != node.name]
            node.post("/rules", {"initiators": others, "note": "tests"})

    def add_tables(self, rows: int = 40) -> None:
        for index, node in enumerate(self.nodes.values()):
            file = write_rows(
                self.folder / f"{node.name}.csv",
                range(index * rows // 4, index * rows // 4 + rows),
                {f"x{index}": lambda number: number % 7, f"y{index}": lambda number: number % 3},
            )
            node.post("/datasets", {"name": "rows", "path": str(file)})

    def close(self) -> None:
        for node in self.nodes.values():
            if node.running:
                node.kill()

    def __getitem__(self, name: str) -> RunningNode:
        return self.nodes[name]


def reading_flow(name: str = "reading", parties: tuple[str, ...] = ("alpha", "beta"), steps: int = 1) -> dict[str, Any]:
    """Each party reads its table, then profiles it `steps` times."""
    made: list[dict[str, Any]] = []
    for party in parties:
        made.append(
            {"id": f"{party}_rows", "operator": "dataset.read", "at": {"owner": party}, "params": {"dataset": "rows"}}
        )
        made += [
            {
                "id": f"{party}_profile{number}",
                "operator": "table.profile",
                "at": {"owner": party},
                "inputs": {"table": f"{party}_rows.table"},
            }
            for number in range(steps)
        ]
    return {"tacit": "1", "name": name, "profile": "2pc", "parties": dict.fromkeys(parties, "data"), "steps": made}


def matching_flow(name: str = "matching") -> dict[str, Any]:
    """Both read, then align on the key."""
    reads = [
        {
            "id": f"{party}_rows",
            "operator": "dataset.read",
            "at": {"owner": party},
            "params": {"dataset": "rows", "keys": ["id"]},
        }
        for party in ("alpha", "beta")
    ]
    match = {
        "id": "match",
        "operator": "psi",
        "at": {"receiver": "alpha", "sender": "beta"},
        "inputs": {"receiver": "alpha_rows.table", "sender": "beta_rows.table"},
    }
    parties = {"alpha": "data", "beta": "data"}
    return {"tacit": "1", "name": name, "profile": "2pc", "parties": parties, "steps": [*reads, match]}


class Proxy:
    """A TCP relay that can cut its connections, for lines that break."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._lock = threading.Lock()
        self._open: set[tuple[socket.socket, socket.socket]] = set()
        self._threads = [threading.Thread(target=self._run, daemon=True)]
        self._threads[0].start()

    def cut(self) -> int:
        """Break all connections; returns how many there were."""
        with self._lock:
            pairs = list(self._open)
        for one, other in pairs:
            _shut(one)
            _shut(other)
        return len(pairs)

    def _spoil(self, line: socket.socket) -> socket.socket:
        """For relays that do worse things."""
        return line

    def close(self) -> None:
        _shut(self._listener)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            thread = threading.Thread(target=self._relay, args=(near, far), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _relay(self, near: socket.socket, far: socket.socket) -> None:
        near, far = self._spoil(near), self._spoil(far)
        with self._lock:
            self._open.add((near, far))
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()
        with self._lock:
            self._open.discard((near, far))
        near.close()
        far.close()


class LossyProxy(Proxy):
    """Breaks a connection at every piece with a chance of `loss`, before or after it was passed on: a request gets
    lost, or its answer does, and the caller repeats it. What follows from the seed is when."""

    def __init__(self, port: int, *, loss: float, seed: int) -> None:
        self.loss, self.broken = loss, 0
        self._dice = random.Random(seed)
        super().__init__(port)

    def _spoil(self, line: socket.socket) -> socket.socket:
        return cast(socket.socket, _Spoilt(line, self))

    def breaks(self) -> bool:
        """Whether the line breaks now."""
        broken = self._dice.random() < self.loss
        self.broken += broken
        return broken


class _Spoilt:
    """A socket that breaks by chance when it is read."""

    def __init__(self, line: socket.socket, proxy: LossyProxy) -> None:
        self._line, self._proxy = line, proxy

    def recv(self, size: int) -> bytes:
        data = self._line.recv(size)
        return b"" if data and self._proxy.breaks() else data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    _shut(source)
    _shut(sink)


def _shut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def await_gone(processes: list[psutil.Process], timeout_s: float) -> None:
    """All have ended; what only waits to be reaped has."""
    until = time.monotonic() + timeout_s
    while left := [process for process in processes if _lives(process)]:
        assert time.monotonic() < until, left
        time.sleep(0.02)


def _lives(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False
