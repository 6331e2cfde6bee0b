"""ECDH-PSI from two CSV files to two aligned Parquet files: two processes, TLS over loopback. Prints one JSON object.

    python bench/psi.py [--rows 100000] [--group ristretto255|x25519] [--mode align|match] [--repeat 3]

The clock starts when both processes are up and connected, and stops when both results are on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import statistics
import sys
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from tacit.algorithms.alignment.align import Seat, align, match
from tacit.algorithms.alignment.keys import KeyRules, key_set
from tacit.channel.identity import NodeIdentity
from tacit.channel.identity import Side as LineSide
from tacit.channel.line import Line, connect
from tacit.channel.sni import session_name
from tacit.data.reading import Reading
from tacit.data.sources import read_table
from tacit.engines.engine import DatasetSource
from tacit.protocols.psi.wire import Group, Side

ROLES = ("receiver", "sender")


def lines(address: str) -> dict[str, Line]:
    """Both ends of one session."""
    nodes = {role: NodeIdentity.generate(role) for role in ROLES}
    sid = os.urandom(32)
    name = session_name(sid, *ROLES)

    def end(me: str, peer: str, side: LineSide) -> Line:
        leaf = nodes[me].issue_session(name, side)
        pinned = nodes[peer].certificate_pem
        return Line(name, me, peer, side, sid.hex(), leaf.key_pem, leaf.certificate_pem, pinned, address)

    return {"receiver": end("receiver", "sender", "listen"), "sender": end("sender", "receiver", "dial")}


def write_tables(folder: Path, rows: int) -> None:
    """Half of the keys are common; each side has four columns besides."""
    random = np.random.default_rng(7)
    for role, start in (("receiver", 0), ("sender", rows // 2)):
        keys = random.permutation(np.arange(start, start + rows))
        columns: dict[str, Any] = {"id": [f"user{key:09d}@example.org" for key in keys]}
        columns |= {f"x{i}": random.normal(size=rows).round(4) for i in range(4)}
        pa.csv.write_csv(pa.table(columns), folder / f"{role}.csv")


def party(
    role: str, line: Line, folder: Path, group: str, mode: str, parent: Connection, sock: socket.socket | None
) -> None:
    """One party's process: read, encode, intersect, write; with the time of each part."""
    channel = connect(line, sock)
    parent.send("ready")
    parent.recv()
    marks = [time.perf_counter()]
    source = DatasetSource(role, folder / f"{role}.csv", "csv", {})
    table = read_table(source, Reading(keys=("id",)))
    marks.append(time.perf_counter())
    key_set(table, KeyRules(("id",)))
    marks.append(time.perf_counter())
    seat = Seat(channel, bytes.fromhex(line.sid), Side[role.upper()], Group[group.upper()])
    result, report = (align if mode == "align" else match)(seat, table, KeyRules(("id",)))
    marks.append(time.perf_counter())
    if result is not None:
        pa.parquet.write_table(result, folder / f"{role}.parquet")
    marks.append(time.perf_counter())
    used = resource.getrusage(resource.RUSAGE_SELF)
    traffic = channel.traffic()
    parent.send(
        {
            "read_s": marks[1] - marks[0],
            "keys_s": marks[2] - marks[1],
            "intersect_s": marks[3] - marks[2],
            "write_s": marks[4] - marks[3],
            "cpu_s_with_start": used.ru_utime + used.ru_stime,
            "rss_mb": used.ru_maxrss / 1024,
            "bytes_sent": traffic.bytes_sent,
            "matched": report["matched"],
        }
    )
    channel.close()


def run_once(rows: int, group: str, mode: str, folder: Path) -> dict[str, Any]:
    listener = socket.create_server(("127.0.0.1", 0))
    ends = lines(f"127.0.0.1:{listener.getsockname()[1]}")
    context = get_context("fork")
    parents: dict[str, Connection] = {}
    processes = []
    for role in ("sender", "receiver"):
        parents[role], child = context.Pipe()
        sock = listener.accept()[0] if role == "receiver" else None
        process = context.Process(target=party, args=(role, ends[role], folder, group, mode, child, sock))
        process.start()
        processes.append(process)
    for parent in parents.values():
        parent.recv()
    begin = time.perf_counter()
    for parent in parents.values():
        parent.send("go")
    parts = {role: parent.recv() for role, parent in parents.items()}
    wall = time.perf_counter() - begin
    for process in processes:
        process.join()
    return {"wall_s": wall, **parts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--group", choices=["ristretto255", "x25519"], default="ristretto255")
    parser.add_argument("--mode", choices=["align", "match"], default="align")
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder, chosen.rows)
        runs = [run_once(chosen.rows, chosen.group, chosen.mode, folder) for _ in range(chosen.repeat)]
    walls = sorted(run["wall_s"] for run in runs)
    result = {
        "rows_per_party": chosen.rows,
        "group": chosen.group,
        "mode": chosen.mode,
        "wall_s_median": round(statistics.median(walls), 3),
        "wall_s_all": [round(wall, 3) for wall in walls],
        "cores": os.cpu_count(),
        "last_run": {
            role: {key: round(value, 4) if isinstance(value, float) else value for key, value in runs[-1][role].items()}
            for role in ROLES
        },
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
