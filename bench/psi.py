"""Measure private set intersection on this machine; every party is a process of its own. One JSON object on stdout.

    python bench/psi.py --rows 1e6 --runs 5                                      # CSV to CSV, vole, semi-honest
    python bench/psi.py --modes csv,memory --protocols vole,vole-malicious,ecdh --rows 1e5,1e6 --runs 3
    python bench/psi.py --modes csv --rows 1e7,1e8 --runs 1 --folder /tmp/psi-files --memory 4GB
    python bench/psi.py --rows 1e6 --latency 20 --bandwidth 100       # 100 Mbit/s, 20 ms round trip, by a relay
    python bench/psi.py --modes generated --rows 1e8,1e9 --runs 1 --memory 2GB   # as many ids as the disk has room for
    python bench/psi.py --modes many --parties 5 --rows 1e6                      # 5 parties, in memory
    python bench/psi.py --modes unbalanced --rows 1e7 --queries 1e4              # a server's sealed table
    python bench/psi_peer.py make /tmp/peer-venv
    python bench/psi.py --rows 1e6 --peer /tmp/peer-venv --peer-protocols rr22,kkrt,ecdh   # the same files, one run

Files have one column of 18-character ids, half of them common (`--overlap`); they are made once per size and kept in
`--folder`. `csv`: `wall_s` runs from the call of `tacit.psi.intersect` (or the start of both peers) to both results on
disk, starts of processes included; `exec_s` counts from the connection, as the peer's own figure does. `memory`: the
digests exist, `wall_s` from a common start to both results. Every result is compared with the plaintext intersection,
and both orders with each other. With `--latency` or `--bandwidth` the CSV mode runs `serve` and `join` through the
relay of `bench/psi_network.py`, and `exec_s` is the figure: the guest starts only when the code is there. Medians over
the runs; measure on a quiet machine.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import queue
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psi_files import check, csv_file, read_ids
from psi_memory import run_generated, run_many, run_two, run_unbalanced
from psi_network import Relay
from psi_peer import run_peer

Result = dict[str, Any]
MODES = ("csv", "memory", "generated", "many", "unbalanced")
PROTOCOLS = ("auto", "vole", "vole-malicious", "ecdh")


def run_csv(options: argparse.Namespace, rows: int, protocol: str) -> Result:
    """Two CSV files to two CSV files, as a person would run it."""
    from tacit.client import psi

    name, _, malicious = protocol.partition("-")
    files = [csv_file(options.folder, party, rows, options.overlap) for party in (0, 1)]
    chosen = {"protocol": name, "malicious": bool(malicious)}
    with tempfile.TemporaryDirectory(prefix="psi-bench-", dir=options.folder) as name_of_folder:
        folder = Path(name_of_folder)
        begin = time.perf_counter()
        if options.latency or options.bandwidth:
            parties = _over_network(options, files, folder, chosen)
        else:
            found = psi.intersect(*files, key="id", out=folder, memory=options.memory, **chosen)
            parties = found.report["parties"]
        wall = time.perf_counter() - begin
        results = [read_ids(folder / f"{side}.csv") for side in ("left", "right")]
        correct = check(results, 2, rows, options.overlap)
    sides = list(parties.values())
    return {
        "wall_s": wall,
        "exec_s": max(_since_connected(side) for side in sides),
        "correct": correct,
        "bytes_per_item": sum(side["bytes_sent"] for side in sides) / rows,
        "cpu_s": sum(side["cpu_s"] for side in sides),
        "rss_mb": [side["rss_mb"] for side in sides],
        "seconds": {name: side["seconds"] for name, side in parties.items()},
        "protocol_run": sides[0]["protocol"],
    }


def _since_connected(side: Result) -> float:
    return float(side["seconds"]["total"])


def _over_network(
    options: argparse.Namespace, files: list[Path], folder: Path, chosen: dict[str, Any]
) -> dict[str, Result]:
    """`serve` and `join`, with the relay between them."""
    from tacit.client import psi

    port = _free_port()
    codes: queue.SimpleQueue[str] = queue.SimpleQueue()
    reports: dict[str, Result] = {}

    def tell(event: dict[str, Any]) -> None:
        if event["event"] == "invitation":
            codes.put(event["code"])

    with Relay("127.0.0.1", port, latency_ms=options.latency, mbit=options.bandwidth) as relay:

        def serve() -> None:
            reports["left"] = psi.serve(
                files[0],
                key="id",
                address=f"127.0.0.1:{port}",
                public=f"127.0.0.1:{relay.port}",
                confirm=lambda offer: True,
                out=folder / "left.csv",
                on_event=tell,
                memory=options.memory,
                **chosen,
            )

        server = threading.Thread(target=serve)
        server.start()
        code = codes.get(timeout=60)
        out = folder / "right.csv"
        reports["right"] = psi.join(
            code, files[1], key="id", confirm=lambda offer: True, out=out, memory=options.memory
        )
        server.join()
    return reports


def _free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def run_memory(options: argparse.Namespace, rows: int, protocol: str) -> Result:
    """Digests that exist already; from a common start to both results."""
    return run_two(rows, options.overlap, protocol, options.latency, options.bandwidth)


def run_made(options: argparse.Namespace, rows: int, protocol: str) -> Result:
    """Ids made on the way, in bounded memory."""
    options.folder.mkdir(parents=True, exist_ok=True)
    return run_generated(rows, options.overlap, options.memory, options.folder)


def run_parties(options: argparse.Namespace, rows: int, protocol: str) -> Result:
    """`--parties` parties in memory."""
    return run_many(rows, options.overlap, options.parties, options.latency, options.bandwidth)


def run_server(options: argparse.Namespace, rows: int, protocol: str) -> Result:
    """A server's sealed table of `rows` keys, then `--queries` keys of a client."""
    options.folder.mkdir(parents=True, exist_ok=True)
    return run_unbalanced(rows, options.queries, options.folder, options.latency, options.bandwidth)


def run_against_peer(options: argparse.Namespace, rows: int, protocol: str) -> Result:
    """The peer library on the same files."""
    files = (
        csv_file(options.folder, 0, rows, options.overlap),
        csv_file(options.folder, 1, rows, options.overlap),
    )
    with tempfile.TemporaryDirectory(prefix="psi-peer-", dir=options.folder) as name:
        folder = Path(name)
        run = run_peer(options.peer, protocol, files, "id", folder)
        results = [read_ids(folder / f"peer{rank}.csv") for rank in (0, 1)]
    return {
        "wall_s": run["wall_s"],
        "exec_s": run["exec_s"],
        "correct": check(results, 2, rows, options.overlap),
        "cpu_s": sum(party["cpu_s"] for party in run["parties"]),
        "rss_mb": [round(party["rss_mb"], 1) for party in run["parties"]],
    }


_RUNS: dict[str, Callable[[argparse.Namespace, int, str], Result]] = {
    "csv": run_csv,
    "memory": run_memory,
    "generated": run_made,
    "many": run_parties,
    "unbalanced": run_server,
    "peer": run_against_peer,
}


def measure(options: argparse.Namespace, mode: str, rows: int, protocol: str) -> Result:
    """Several runs of one case, and their medians."""
    runs = []
    for number in range(options.runs):
        runs.append(_RUNS[mode](options, rows, protocol))
        wall = runs[-1]["wall_s"]
        _say(f"{mode} {protocol} {rows}: run {number + 1} of {options.runs}: {wall:.3f} s")
    result: Result = {"mode": mode, "protocol": protocol, "rows": rows, "runs": len(runs)}
    result["correct"] = all(run["correct"] for run in runs)
    for name in ("wall_s", "exec_s", "cpu_s", "bytes_per_item", "build_s", "fetch_s", "online_s"):
        values = [run[name] for run in runs if name in run]
        if values:
            result[name] = round(statistics.median(values), 4)
            result[f"{name}_all"] = [round(value, 4) for value in values]
    result["rss_mb"] = [round(max(values), 1) for values in zip(*(run["rss_mb"] for run in runs), strict=True)]
    result["last_run"] = {name: value for name, value in runs[-1].items() if name not in result}
    return result


def cases(options: argparse.Namespace) -> list[tuple[str, int, str]]:
    """(mode, rows, protocol); a peer's case follows the same size of ours, so that both see the same machine."""
    found = []
    for rows, mode in itertools.product(options.rows, options.modes):
        fixed = {"many": ["multiparty"], "unbalanced": ["unbalanced"], "generated": ["vole"]}.get(mode)
        found += [(mode, rows, protocol) for protocol in fixed or options.protocols]
        if mode == "csv" and options.peer is not None:
            found += [("peer", rows, protocol) for protocol in options.peer_protocols]
    return found


def machine() -> Result:
    """What the figures were taken on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    flags = next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), [])
    wanted = ("aes", "avx2", "avx512f", "avx512ifma", "vaes", "vpclmulqdq", "gfni")
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "features": [flag for flag in wanted if flag in flags],
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "kernel": os.environ.get("TACIT_KERNEL", "best"),
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _number(text: str) -> int:
    return int(float(text))


def _numbers(text: str) -> list[int]:
    return [_number(part) for part in text.split(",")]


def _words(allowed: tuple[str, ...]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        words = text.split(",")
        if not set(words) <= set(allowed):
            raise argparse.ArgumentTypeError(f"one or several of {', '.join(allowed)}")
        return words

    return read


def _size(text: str) -> int:
    units = {"KB": 10**3, "MB": 10**6, "GB": 10**9}
    unit = next((unit for unit in units if text.upper().endswith(unit)), None)
    return int(float(text[: -len(unit)]) * units[unit]) if unit else int(text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=_numbers, default=[100_000], help="per party; 1e5,1e6,… (default 1e5)")
    parser.add_argument("--modes", type=_words(MODES), default=["csv"], help=f"of {','.join(MODES)} (default csv)")
    parser.add_argument("--protocols", type=_words(PROTOCOLS), default=["vole"], help=f"of {','.join(PROTOCOLS)}")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--overlap", type=float, default=0.5)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tacit-bench-psi")
    parser.add_argument(
        "--memory", type=_size, default=0, help="limit per party in csv and generated mode, such as 2GB"
    )
    parser.add_argument("--parties", type=int, default=5, help="in mode many (default 5)")
    parser.add_argument("--queries", type=_number, default=10_000, help="in mode unbalanced (default 1e4)")
    parser.add_argument("--latency", type=float, default=0.0, help="round trip in ms, by a relay in user space")
    parser.add_argument("--bandwidth", type=float, default=0.0, help="Mbit/s each way, by the same relay")
    parser.add_argument("--peer", type=Path, help="virtual environment made by bench/psi_peer.py")
    parser.add_argument("--peer-protocols", type=_words(("rr22", "rr22-low", "kkrt", "ecdh")), default=["rr22"])
    parser.add_argument("--out", type=Path, help="write the JSON here as well")
    options = parser.parse_args()
    document: Result = {"machine": machine(), "overlap": options.overlap, "results": []}
    if options.latency or options.bandwidth:
        document["network"] = {"round_trip_ms": options.latency, "mbit": options.bandwidth, "by": "relay in user space"}
    for mode, rows, protocol in cases(options):
        document["results"].append(measure(options, mode, rows, protocol))
        if options.out is not None:
            options.out.write_text(json.dumps(document, indent=2))
    print(json.dumps(document, indent=2))
    return 0 if all(result["correct"] for result in document["results"]) else 1


if __name__ == "__main__":
    sys.exit(main())
