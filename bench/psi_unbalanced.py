"""Measure unbalanced PSI phase by phase: a server seals a table, a client fetches it and asks. JSON on stdout.

    python bench/psi_unbalanced.py --rows 1e7 --queries 1e4 --runs 5
    python bench/psi_unbalanced.py --rows 1e6 --queries 1e4 --payload 24 --verifiable
    python bench/psi_unbalanced.py --rows 1e7 --folder /data/sealed          # kept: the next call builds nothing

`build`: one process on all cores, from digests to the table on disk (`table_bytes`); left out if the folder holds it
already. `fetch`: two processes over TLS 1.3, the whole table. `ask`: two new processes for every run; `wall_s` from the
greeting to the last payload, files of the table in the page cache. Half of the queries are in the table; rows and
payloads are compared with what they must be. `cpu_s` and `rss_mb` belong to one process; the latter is its peak.
`--latency` and `--bandwidth` put the relay of `bench/psi_network.py` on the line. `bench/psi.py --modes unbalanced`
times the three together. Measure on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psi import _number, machine
from psi_files import digests_of
from psi_processes import Channels, Report, Task, run_processes

BATCH = 1_000_000


def build(settings: dict[str, Any]) -> Report:
    """Seal the table, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_build, (settings,))


def _build(settings: dict[str, Any]) -> Report:
    from tacit.algorithms.alignment.streams import peak_mb
    from tacit.protocols.psi.blinding import Mode
    from tacit.protocols.psi.sealing import TableKey, build_table

    folder, rows, width = Path(settings["folder"]), settings["rows"], settings["payload"]
    key = TableKey.create(folder / "key", Mode.VERIFIABLE if settings["verifiable"] else Mode.PLAIN)
    pieces = (np.arange(at, min(at + BATCH, rows), dtype=np.uint32) for at in range(0, rows, BATCH))
    batches = ((digests_of(ids), payloads_of(ids, width)) for ids in pieces)
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    table = build_table(folder / "server", key, batches, capacity=2 * rows, queries=1 << 24, payload_bytes=width)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall_s": wall,
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "rss_mb": round(peak_mb(), 1),
        "keys_per_s": round(rows / wall),
        "table_bytes": table.header.file_bytes,
        "tag_bytes": table.header.tag_bytes,
    }


def payloads_of(ids: NDArray[np.uint32], width: int) -> NDArray[np.uint8] | None:
    """(n, width) bytes that follow from the id."""
    if not width:
        return None
    return np.tile(digests_of(ids ^ np.uint32(1 << 31)), (1, -(-width // 16)))[:, :width].copy()


def fetch(settings: dict[str, Any], options: argparse.Namespace) -> Report:
    """The whole table to an empty folder."""
    shutil.rmtree(Path(settings["folder"]) / "client", ignore_errors=True)
    return _play(_fetch, _nothing, settings, options)


def _fetch(channels: Channels, sid: bytes, place: int, prepared: Any, task: Task) -> Report:
    from tacit.protocols.psi.delivery import fetch, publish
    from tacit.protocols.psi.sealed import SealedTable

    (channel,) = channels.values()
    folder = Path(task.settings["folder"])
    if place == 0:
        publish(channel, SealedTable(folder / "server"), _terms(sid))
        return {}
    return {"size": fetch(channel, folder / "client", _terms(sid)).size}


def _nothing(report: Report, prepared: Any, task: Task) -> Report:
    return report | {"correct": report.get("size", task.settings["rows"]) == task.settings["rows"]}


def ask(settings: dict[str, Any], options: argparse.Namespace) -> Report:
    """The queries of one client."""
    return _play(_ask, _check_found, settings, options)


def _ask(channels: Channels, sid: bytes, place: int, prepared: Any, task: Task) -> Report:
    from tacit.protocols.psi.budget import QueryBudget
    from tacit.protocols.psi.sealed import SealedTable
    from tacit.protocols.psi.sealing import TableKey
    from tacit.protocols.psi.unbalanced import answer, query

    (channel,) = channels.values()
    folder = Path(task.settings["folder"])
    if place == 1:
        found = query(channel, SealedTable(folder / "client"), digests_of(prepared), _terms(sid))
        return {"rows": found.rows, "payloads": found.payloads, "unopened": found.unopened}
    key, budget = TableKey.load(folder / "key"), QueryBudget(folder / f"budget-{sid.hex()}", 1 << 24, 1 << 27)
    answer(channel, SealedTable(folder / "server"), key, budget, "client", _terms(sid))
    return {}


def _queries(task: Task, place: int) -> NDArray[np.uint32]:
    """In random order, half of them in the table, spread over all of it."""
    rows, queries = task.settings["rows"], task.settings["queries"]
    random = np.random.default_rng(7)
    present = random.choice(rows, queries // 2, replace=False)
    absent = np.arange(rows, rows + queries - queries // 2)
    return random.permutation(np.concatenate([present, absent])).astype(np.uint32)


def _check_found(report: Report, prepared: Any, task: Task) -> Report:
    if "rows" not in report:
        return report | {"correct": True}
    rows, payloads, unopened = (report.pop(name) for name in ("rows", "payloads", "unopened"))
    expected = np.flatnonzero(prepared < task.settings["rows"])
    wanted = payloads_of(prepared[expected], task.settings["payload"])
    correct = np.array_equal(rows, expected) and not unopened
    return report | {"correct": bool(correct and (wanted is None or np.array_equal(payloads, wanted)))}


def _play(play: Any, check: Any, settings: dict[str, Any], options: argparse.Namespace) -> Report:
    task = Task(("server", "client"), _queries, play, check, settings, options.latency, options.bandwidth)
    wall, reports = run_processes(task)
    server, client = reports
    return {
        "wall_s": wall,
        "cpu_s": {"server": round(server["cpu_s"], 4), "client": round(client["cpu_s"], 4)},
        "rss_mb": {"server": round(server["rss_mb"], 1), "client": round(client["rss_mb"], 1)},
        "bytes_sent": {"server": server["bytes_sent"], "client": client["bytes_sent"]},
        "correct": server["correct"] and client["correct"],
    }


def _terms(sid: bytes) -> Any:
    from tacit.protocols.psi.wire import Protocol, Terms

    return Terms(sid=sid, protocol=Protocol.UNBALANCED, max_items=1 << 30)


def measure(options: argparse.Namespace, folder: Path) -> Report:
    """All phases; of the asking, the run with the median wall time."""
    settings = {"folder": str(folder), "rows": options.rows, "queries": options.queries}
    settings |= {"payload": options.payload, "verifiable": options.verifiable}
    result: Report = {name: value for name, value in settings.items() if name != "folder"}
    if not (folder / "server").exists():
        result["build"] = build(settings)
        _say(f"build: {result['build']['wall_s']:.2f} s")
    result["fetch"] = fetch(settings, options)
    _say(f"fetch: {result['fetch']['wall_s']:.2f} s")
    runs = [ask(settings, options) for _ in range(options.runs)]
    walls = [run["wall_s"] for run in runs]
    result["ask"] = min(runs, key=lambda run: abs(run["wall_s"] - statistics.median(walls)))
    result["ask"] |= {"wall_s_all": [round(wall, 4) for wall in walls], "runs": len(runs)}
    moved = sum(result["ask"]["bytes_sent"].values())
    result["ask"]["bytes_per_query"] = round(moved / max(1, options.queries), 2)
    result["correct"] = result["fetch"]["correct"] and all(run["correct"] for run in runs)
    _say(f"ask: {statistics.median(walls):.3f} s")
    return result


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=_number, default=1_000_000, help="keys of the server (default 1e6)")
    parser.add_argument("--queries", type=_number, default=10_000, help="of the client (default 1e4)")
    parser.add_argument("--payload", type=int, default=0, help="bytes of every row's payload (default none)")
    parser.add_argument("--verifiable", action="store_true", help="answers with proofs")
    parser.add_argument("--runs", type=int, default=3, help="of the asking")
    parser.add_argument("--folder", type=Path, help="keeps key and table here; the same settings must go with it")
    parser.add_argument("--latency", type=float, default=0.0, help="round trip in ms, by a relay in user space")
    parser.add_argument("--bandwidth", type=float, default=0.0, help="Mbit/s each way, by the same relay")
    parser.add_argument("--out", type=Path, help="write the JSON here as well")
    options = parser.parse_args()
    if options.queries // 2 > options.rows or options.rows + options.queries >= 1 << 31:
        parser.error("half of the queries are in the table, and ids have 31 bits")
    document: Report = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="psi-sealed-") as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        document["result"] = measure(options, folder)
    if options.latency or options.bandwidth:
        document["network"] = {"round_trip_ms": options.latency, "mbit": options.bandwidth, "by": "relay in user space"}
    text = json.dumps(document, indent=2)
    print(text)
    if options.out is not None:
        options.out.write_text(text)
    return 0 if document["result"]["correct"] else 1


if __name__ == "__main__":
    sys.exit(main())
