"""Modes of `bench/psi.py` with digests in memory: two parties, many parties, a server's sealed table."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from psi_files import check, digests_of, fingerprint, generated_ids, ids_of
from psi_processes import Channels, Report, Task, run_processes

_PIECE = 1 << 22


def run_two(rows: int, overlap: float, protocol: str, latency_ms: float, mbit: float) -> Report:
    """Two parties, any protocol of `tacit.protocols.psi.run`."""
    settings = {"rows": rows, "overlap": overlap, "protocol": protocol}
    return _measure(Task(("left", "right"), _make_digests, _match_two, _check_ids, settings, latency_ms, mbit))


def run_generated(rows: int, overlap: float, memory: int, folder: Path) -> Report:
    """Two parties whose ids are made while they are taken in, so that only the protocol's own memory is used; with
    `memory` the keys above it go to unnamed files in `folder`. The time includes the making of the ids."""
    settings = {"rows": rows, "overlap": overlap, "memory": memory, "folder": str(folder)}
    return _measure(Task(("left", "right"), _nothing, _match_generated, _check_generated, settings))


def run_many(rows: int, overlap: float, parties: int, latency_ms: float, mbit: float) -> Report:
    """`parties` parties; the first one leads, all learn."""
    names = tuple(f"p{number}" for number in range(parties))
    settings = {"rows": rows, "overlap": overlap}
    return _measure(Task(names, _make_digests, _match_many, _check_ids, settings, latency_ms, mbit))


def run_unbalanced(rows: int, queries: int, folder: Path, latency_ms: float, mbit: float) -> Report:
    """A server seals `rows` keys, a client fetches the table and asks about `queries` keys, half of them in it.

    `build_s`: sealing; `fetch_s`: the whole table to the client; `online_s`: the queries, the client's view.
    """
    with tempfile.TemporaryDirectory(prefix="psi-sealed-", dir=folder) as name:
        settings = {"rows": rows, "queries": queries, "folder": name}
        names = ("server", "client")
        wall, reports = run_processes(Task(names, _nothing, _ask_server, _check_found, settings, latency_ms, mbit))
    server, client = reports
    return {
        "wall_s": wall,
        "build_s": server["build_s"],
        "fetch_s": client["fetch_s"],
        "online_s": client["online_s"],
        "correct": client["correct"],
        "bytes_online": client["bytes_online"],
        "bytes_table": client["bytes_table"],
        "cpu_s": server["cpu_s"] + client["cpu_s"],
        "rss_mb": [server["rss_mb"], client["rss_mb"]],
    }


def _measure(task: Task) -> Report:
    wall, reports = run_processes(task)
    first = reports[0]
    sent = sum(report["bytes_sent"] for report in reports)
    return {
        "wall_s": wall,
        "correct": all(each["correct"] and each["fingerprint"] == first["fingerprint"] for each in reports),
        "bytes_per_item": sent / task.settings["rows"] / (len(task.names) - 1),
        "cpu_s": sum(report["cpu_s"] for report in reports),
        "rss_mb": [report["rss_mb"] for report in reports],
        "matched": first["matched"],
    }


def _make_digests(task: Task, place: int) -> Any:
    ids = ids_of(place, len(task.names), task.settings["rows"], task.settings["overlap"])
    return ids, digests_of(ids)


def _match_two(channels: Channels, sid: bytes, place: int, prepared: Any, task: Task) -> Report:
    from tacit.protocols.psi.run import Store, intersect
    from tacit.protocols.psi.wire import Protocol, Side, Terms

    name, _, malicious = task.settings["protocol"].partition("-")
    terms = Terms(sid=sid, protocol=Protocol[name.upper()], malicious=bool(malicious), max_items=1 << 30)
    (channel,) = channels.values()
    digests = prepared[1]
    store = Store(expected=len(digests))
    return {"rows": intersect(channel, terms, Side(place), lambda keys: keys.add(digests), store=store).rows}


def _match_generated(channels: Channels, sid: bytes, place: int, prepared: Any, task: Task) -> Report:
    from tacit.protocols.psi.run import Store, intersect
    from tacit.protocols.psi.wire import Protocol, Side, Terms

    rows, overlap, memory = (task.settings[name] for name in ("rows", "overlap", "memory"))
    (channel,) = channels.values()

    def fill(keys: Any) -> None:
        for start in range(0, rows, _PIECE):
            numbers = np.arange(start, min(start + _PIECE, rows), dtype=np.uint64)
            keys.add(digests_of(generated_ids(place, rows, overlap, numbers)))

    store = Store(expected=rows, memory=memory, folder=task.settings["folder"] if memory else None)
    terms = Terms(sid=sid, protocol=Protocol.VOLE, max_items=1 << 30)
    return {"rows": intersect(channel, terms, Side(place), fill, store=store).rows, "place": place}


def _check_generated(report: Report, prepared: Any, task: Task) -> Report:
    rows, overlap = task.settings["rows"], task.settings["overlap"]
    common = report["rows"]
    for start in range(0, len(common), _PIECE):  # in place: there may be room for one such array only
        part = slice(start, start + _PIECE)
        common[part] = generated_ids(report["place"], rows, overlap, common[part].astype(np.uint64))
    return {
        "correct": check([common], 2, rows, overlap),
        "fingerprint": fingerprint(common),
        "matched": len(common),
    }


def _match_many(channels: Channels, sid: bytes, place: int, prepared: Any, task: Task) -> Report:
    from tacit.channel.channel import Session
    from tacit.protocols.psi.multiparty import intersect_many
    from tacit.protocols.psi.run import Store
    from tacit.protocols.psi.wire import Protocol, Terms

    terms = Terms(sid=sid, protocol=Protocol.MULTIPARTY)
    session = Session(sid, task.names[place], channels)
    digests = prepared[1]
    store = Store(expected=len(digests))
    found = intersect_many(session, terms, task.names, task.names[0], lambda keys: keys.add(digests), store=store)
    return {"rows": found.rows}


def _check_ids(report: Report, prepared: Any, task: Task) -> Report:
    common = prepared[0][report["rows"]]
    settings = task.settings
    correct = check([common], len(task.names), settings["rows"], settings["overlap"])
    return {"correct": correct, "fingerprint": fingerprint(common), "matched": len(common)}


def _nothing(task: Task, place: int) -> None:
    """Building the table is part of what is measured."""


def _ask_server(channels: Channels, sid: bytes, place: int, prepared: Any, task: Task) -> Report:
    (channel,) = channels.values()
    return (_serve_table if place == 0 else _query_table)(channel, sid, task)


def _serve_table(channel: Any, sid: bytes, task: Task) -> Report:
    from tacit.protocols.psi.budget import QueryBudget
    from tacit.protocols.psi.delivery import publish
    from tacit.protocols.psi.sealing import TableKey, build_table
    from tacit.protocols.psi.unbalanced import answer

    folder, rows, queries = Path(task.settings["folder"]), task.settings["rows"], task.settings["queries"]
    begin = time.perf_counter()
    key = TableKey.create(folder / "key")
    pieces = ((digests_of(np.arange(at, min(at + 1_000_000, rows), dtype=np.uint32)), None) for at in _steps(rows))
    table = build_table(folder / "server", key, pieces, capacity=2 * rows, queries=1 << 20)
    built = time.perf_counter()
    publish(channel, table, _terms(sid, b"fetch"))
    answer(channel, table, key, QueryBudget(folder / "budget", 1 << 40, 1 << 40), "client", _terms(sid, b"ask"))
    return {"build_s": built - begin, "queries": queries}


def _query_table(channel: Any, sid: bytes, task: Task) -> Report:
    from tacit.protocols.psi.delivery import fetch
    from tacit.protocols.psi.unbalanced import query

    folder, rows, queries = Path(task.settings["folder"]), task.settings["rows"], task.settings["queries"]
    items = np.arange(rows - queries // 2, rows + queries - queries // 2, dtype=np.uint32)
    asked = 0.0

    def note_start(done: int, total: int) -> None:
        nonlocal asked
        asked = asked or time.perf_counter()

    table = fetch(channel, folder / "client", _terms(sid, b"fetch"), progress=note_start)
    fetched, before = time.perf_counter(), channel.traffic()
    found = query(channel, table, digests_of(items), _terms(sid, b"ask"))
    ended, after = time.perf_counter(), channel.traffic()
    moved = after.bytes_sent + after.bytes_received - before.bytes_sent - before.bytes_received
    return {
        "rows": found.rows,
        "fetch_s": fetched - asked,
        "online_s": ended - fetched,
        "bytes_table": before.bytes_received,
        "bytes_online": moved,
    }


def _check_found(report: Report, prepared: Any, task: Task) -> Report:
    if "rows" not in report:
        return report
    expected = np.arange(task.settings["queries"] // 2)
    correct = bool(np.array_equal(np.sort(report.pop("rows")), expected))
    return report | {"correct": correct}


def _terms(sid: bytes, use: bytes) -> Any:
    from tacit.protocols.psi.wire import Protocol, Terms

    return Terms(sid=sid, protocol=Protocol.UNBALANCED, max_items=1 << 30, detail=use)


def _steps(rows: int) -> range:
    return range(0, rows, 1_000_000)
