"""Joint statistics by group: three parties as threads over memory channels. Prints one JSON object.

    python bench/joint_statistics.py [--rows 100000] [--groups 10] [--columns 10] [--repeat 3]

The group owner has no measured column, so that all of them go through the secure product. Errors are against pandas.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tacit.algorithms.stats.joint import joint_statistics
from tacit.algorithms.stats.query import GroupBy, Query
from tacit.channel.channel import Channel, Session
from tacit.channel.memory import memory_pair

ROLES = ("first", "second", "dealer")


def sessions() -> dict[str, Session]:
    channels: dict[str, dict[str, Channel]] = {role: {} for role in ROLES}
    for left, right in itertools.combinations(ROLES, 2):
        channels[left][right], channels[right][left] = memory_pair(left, right)
    sid = os.urandom(32)
    return {role: Session(sid, role, channels[role]) for role in ROLES}


def largest_error(report: dict[str, Any], frame: pd.DataFrame) -> float:
    """Largest relative error of any sum, mean or variance."""
    grouped = frame.groupby("group")
    truth = {"sum": grouped.sum(), "mean": grouped.mean(), "variance": grouped.var()}
    errors = [
        abs(cell[measure] / truth[measure].loc[group["label"], column["name"]] - 1)
        for group in report["groups"]
        for column, cell in zip(report["columns"], group["cells"], strict=True)
        for measure in truth
    ]
    return max(errors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--groups", type=int, default=10)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    random = np.random.default_rng(5)
    frame = pd.DataFrame({f"x{i}": random.lognormal(i, 1.5, chosen.rows) for i in range(chosen.columns)})
    frame["group"] = random.integers(0, chosen.groups, chosen.rows)
    tables = {
        "first": pa.Table.from_pandas(frame[["group"]], preserve_index=False),
        "second": pa.Table.from_pandas(frame.drop(columns="group"), preserve_index=False),
    }
    query = Query(columns={"first": ()}, group=GroupBy("first", "group"))
    walls, report, sent = [], None, {}
    for _ in range(chosen.repeat):
        seats = sessions()
        begin = time.perf_counter()
        with ThreadPoolExecutor(len(ROLES)) as pool:
            futures = {role: pool.submit(joint_statistics, seats[role], query, tables.get(role)) for role in ROLES}
            report = futures["first"].result()
            futures["dealer"].result()
        walls.append(time.perf_counter() - begin)
        sent = {role: sum(end.traffic().bytes_sent for end in seats[role].channels.values()) for role in ROLES}
    result = {
        "rows": chosen.rows,
        "groups": chosen.groups,
        "columns": chosen.columns,
        "wall_s_median": round(statistics.median(walls), 3),
        "bytes_sent": sent,
        "largest_relative_error": largest_error(report or {}, frame),
        "cores": os.cpu_count(),
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
