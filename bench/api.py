"""How fast one node answers its API: authenticated reads and audited writes per second, and how long they take.

    python bench/api.py [--database URL | --postgresql] [--seconds 10] [--connections 8] [--cores 0,1]

A node process of its own, with datasets, rules and jobs. Reads are a mix of /jobs, /datasets and /node; a write adds a
rule or removes one, each with its entry in the audit trail. The callers keep their connections; they run beside the
node on the same cores. Prints JSON: requests per second, the 50th and 99th percentile of a request in ms, and the CPU
time that the node spent on one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

READS = ("/api/v1/jobs?limit=20", "/api/v1/datasets", "/api/v1/node")
DATASETS, JOBS = 10, 30
FLOW = {
    "tacit": "1",
    "name": "reading",
    "profile": "2pc",
    "parties": {"alpha": "data"},
    "steps": [{"id": "rows", "operator": "dataset.read", "at": {"owner": "alpha"}, "params": {"dataset": "d0"}}],
}
Answer = tuple[int, bytes]


class Line:
    """One kept connection; as little work as possible for the caller, who shares the node's cores."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = f"Host: localhost:{port}\r\nAuthorization: Bearer {token}\r\n"

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        more = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n" if content else ""
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{self._head}{more}\r\n".encode() + content)
        head = await self._reader.readuntil(b"\r\n\r\n")
        size = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
        return int(head[9:12]), await self._reader.readexactly(size)

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


@dataclass(frozen=True)
class Node:
    """A running node's port, token and process id."""

    port: int
    token: str
    pid: int

    def line(self) -> Line:
        return Line(self.port, self.token)

    def cpu_s(self) -> float:
        """CPU seconds that the process has used: what a request costs, whatever else the machine does."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    options = _parse()
    cores = {int(core) for core in options.cores.split(",")}
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, cores)
    with _database(options) as url, _node(url) as node:
        found = asyncio.run(_measure(node, options))
    print(json.dumps({"database": options.kind, "cores": len(cores), "connections": options.connections, **found}))


async def _measure(node: Node, options: argparse.Namespace) -> dict[str, Any]:
    await _fill(node)
    await _load(node, _reading, options.connections, min(2.0, options.seconds))  # warm
    reads = await _load(node, _reading, options.connections, options.seconds)
    writes = await _load(node, _writing, options.connections, options.seconds)
    line = node.line()
    await line.open()
    _, told = await line.ask("POST", "/api/v1/audit/verify", {})
    await line.close()
    verified = json.loads(told)
    return {"reads": reads, "writes": writes, "audit": {"ok": verified["ok"], "entries": verified["entries"]}}


async def _fill(node: Node) -> None:
    line = node.line()
    await line.open()
    folder = Path(tempfile.mkdtemp(prefix="tacit-bench-rows-"))
    try:
        for number in range(DATASETS):
            file = folder / f"d{number}.csv"
            file.write_text("id,x,y\n" + "".join(f"p{row},{row},{row % 7}\n" for row in range(100)))
            await _expect(line, 201, "/api/v1/datasets", {"name": f"d{number}", "path": str(file)})
        for number in range(JOBS):
            await _expect(line, 201, "/api/v1/jobs", {"flow": FLOW, "name": f"job {number}"})
        await _idle(line)
    finally:
        await line.close()
        shutil.rmtree(folder)


async def _idle(line: Line) -> None:
    """Returns when no job runs any more."""
    while True:
        _, told = await line.ask("GET", "/api/v1/node")
        counts = json.loads(told)["counts"]
        if counts["workers"] == counts["jobs_running"] == 0:
            return
        await asyncio.sleep(0.2)


async def _expect(line: Line, status: int, path: str, body: dict[str, Any]) -> None:
    got, told = await line.ask("POST", path, body)
    assert got == status, told.decode()[:500]


async def _load(node: Node, act: Callable[..., Any], connections: int, seconds: float) -> dict[str, Any]:
    lines = [node.line() for _ in range(connections)]
    for line in lines:
        await line.open()
    begun, worked = time.perf_counter(), node.cpu_s()
    times = await asyncio.gather(*(act(line, begun + seconds) for line in lines))
    took = time.perf_counter() - begun
    for line in lines:
        await line.close()
    every = sorted(1000 * value for some in times for value in some)
    cuts = statistics.quantiles(every, n=100)
    return {
        "per_s": round(len(every) / took, 1),
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "node_cpu_ms": round(1000 * (node.cpu_s() - worked) / len(every), 2),
        "requests": len(every),
    }


async def _reading(line: Line, until: float) -> list[float]:
    times: list[float] = []
    while (begun := time.perf_counter()) < until:
        status, told = await line.ask("GET", READS[len(times) % len(READS)])
        times.append(time.perf_counter() - begun)
        assert status == 200, told.decode()[:500]
    return times


async def _writing(line: Line, until: float) -> list[float]:
    times: list[float] = []
    rule = None
    while (begun := time.perf_counter()) < until:
        if rule is None:
            status, told = await line.ask("POST", "/api/v1/rules", {"initiators": ["beta"]})
            rule = json.loads(told)["id"] if status == 201 else None
        else:
            status, told = await line.ask("DELETE", f"/api/v1/rules/{rule}")
            rule = None
        times.append(time.perf_counter() - begun)
        assert status in (201, 204), told.decode()[:500]
    return times


@contextlib.contextmanager
def _node(url: str | None) -> Iterator[Node]:
    from tacit.node.home import initialise

    home = Path(tempfile.mkdtemp(prefix="tacit-bench-node-"))
    port, peer_port = _free_port(), _free_port()
    initialise(home, "alpha", "Alpha", peer_address=f"127.0.0.1:{peer_port}", api_port=port)
    environment = {**os.environ, **({"TACIT_DATABASE_URL": url} if url else {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "tacit.node", "run", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=(home / "errors").open("w"),
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert told, (home / "errors").read_text()[-3000:]
        assert json.loads(told)["ready"], told
        yield Node(port, (home / "api.token").read_text().strip(), process.pid)
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home)


@contextlib.contextmanager
def _database(options: argparse.Namespace) -> Iterator[str | None]:
    if not options.postgresql:
        yield options.database
        return
    from urllib.parse import quote

    import postgresql_server

    with postgresql_server.serve() as server:
        yield f"postgresql://tacit:{quote(postgresql_server.PASSWORD, safe='')}@/postgres?host={server.folder}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--database", help="SQLAlchemy URL; without it SQLite in the node's folder")
    parser.add_argument("--postgresql", action="store_true", help="start a PostgreSQL server of its own")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--cores", default="0,1", help="CPUs that node and callers share")
    options = parser.parse_args()
    options.kind = "postgresql" if options.postgresql or (options.database or "").startswith("postgres") else "sqlite"
    return options


if __name__ == "__main__":
    main()
