"""How a match is split among processes: what a person asks for, as a side's program and the terms of a run say it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tacit.errors import ParameterError

LOCAL = "local"
MAX_WORKERS = MAX_SHARDS = 1 << 10
PER_WORKER = 4  # shards, at least: the last ones to finish leave less idle
_SHARD_BYTES = 1 << 28  # of a file: about 8 million keys, 400 MB in a worker


def crew(
    workers: int,
    cluster: str = LOCAL,
    *,
    sides: int = 1,
    host: str | None = None,
    ports: Sequence[int] | None = None,
) -> dict[str, Any] | None:
    """One side's workers; None for 0. `sides`: that share this machine. Raises ParameterError cluster.workers,
    cluster.ports."""
    if not 0 <= workers <= MAX_WORKERS:
        raise ParameterError(
            "cluster.workers",
            "This number of workers or of their cores is not possible.",
            found=str(workers),
            expected=f"0 to {MAX_WORKERS}",
        )
    if ports is not None and (len(ports) != 2 or not 0 < ports[0] <= ports[1] < 1 << 16):
        raise ParameterError(
            "cluster.ports",
            "These are no ports to listen at.",
            found="-".join(map(str, ports)),
            expected="the first and the last port, such as 7400-7431",
        )
    if not workers:
        return None
    local = cluster == LOCAL
    cores = max(1, (os.cpu_count() or 1) // sides // workers) if local else 1
    at = "127.0.0.1" if sides > 1 and local else host
    return {
        "count": workers,
        "cluster": None if local else cluster,
        "cpus": cores,
        "host": at,
        "ports": None if ports is None else list(ports),
    }


def split(requests: Mapping[str, dict[str, Any]]) -> None:
    """Put the number of shards into the terms of these requests, if any side has workers: a power of two, more for
    larger files, so that a worker's memory stays bounded."""
    counts = [request["workers"]["count"] for request in requests.values() if request["workers"] is not None]
    if not counts:
        return
    largest = max(_size(request["file"]["path"]) for request in requests.values())
    wanted = max(PER_WORKER * max(counts), -(-largest // _SHARD_BYTES))
    shards = min(MAX_SHARDS, 1 << (wanted - 1).bit_length())
    for request in requests.values():
        request["terms"] = {**request["terms"], "shards": shards}


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0  # the side itself says what is wrong with it
