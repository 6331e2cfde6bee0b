"""Seconds for the local work on tables: reading, describing, profiling, splitting, preparing, evaluating. Prints JSON.

python bench/data.py [--rows 1000000] [--columns 20]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from tacit.algorithms.evaluate.binary import evaluate
from tacit.algorithms.preprocess.columns import apply, fit
from tacit.algorithms.table.split import split
from tacit.data.profile import profile
from tacit.data.reading import Reading
from tacit.data.sources import batches, describe, digest, read_table

REPEATS = 3


@dataclass(frozen=True)
class FileSource:
    """A dataset that is just a file."""

    path: Path
    format: str
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "bench"


def made_table(rows: int, columns: int) -> pa.Table:
    """18-character ids, a label, and normal features with one percent missing."""
    rng = np.random.default_rng(1)
    ids = pa.array(rng.integers(10**17, 10**18, rows)).cast(pa.string())
    features = {f"x{index}": rng.normal(index, 3, rows) for index in range(columns)}
    for values in features.values():
        values[rng.integers(0, rows, rows // 100)] = np.nan
    made = {name: pa.array(values, from_pandas=True) for name, values in features.items()}
    return pa.table({"id": ids, "y": rng.integers(0, 2, rows), **made})


def median_seconds(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return round(statistics.median(taken), 3)


def measured(folder: Path, rows: int, columns: int) -> dict[str, float]:
    table = made_table(rows, columns)
    plain = pacsv.WriteOptions(quoting_style="none")
    pacsv.write_csv(table.select(["id"]), folder / "ids.csv", plain)
    pacsv.write_csv(table, folder / "wide.csv", plain)
    pq.write_table(table, folder / "wide.parquet")
    ids, wide = FileSource(folder / "ids.csv", "csv"), FileSource(folder / "wide.csv", "csv")
    stored = FileSource(folder / "wide.parquet", "parquet")
    keyed, whole = Reading(keys=("id",)), Reading(keys=("id",), label="y")
    ready = read_table(stored, whole)
    scores = pa.chunked_array([np.random.default_rng(2).random(rows)])
    return {
        "read_csv_ids": median_seconds(lambda: read_table(ids, keyed)),
        "read_csv": median_seconds(lambda: read_table(wide, whole)),
        "stream_csv": median_seconds(lambda: sum(batch.num_rows for batch in batches(wide, whole))),
        "describe_csv": median_seconds(lambda: describe(wide)),
        "read_parquet": median_seconds(lambda: read_table(stored, whole)),
        "digest_csv": median_seconds(lambda: digest(wide)),
        "profile": median_seconds(lambda: profile(ready)),
        "split": median_seconds(lambda: split(ready, test_fraction=0.25, seed=1)),
        "preprocess": median_seconds(lambda: apply(ready, fit(ready))),
        "evaluate": median_seconds(lambda: evaluate(ready.column("y"), scores)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=20)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        seconds = measured(Path(folder), wanted.rows, wanted.columns)
        size = (Path(folder) / "wide.csv").stat().st_size
    result = {
        "bench": "data",
        "rows": wanted.rows,
        "columns": wanted.columns,
        "csv_bytes": size,
        "seconds": seconds,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    json.dump(result, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
