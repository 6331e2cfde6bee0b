"""Rows drawn at random from a stream of batches whose length nobody knows beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.data import folders


class Sample(NamedTuple):
    """table: (m ≤ rows) rows in the order of the dataset. total_rows: of the dataset, None where it is not known.

    how: {"method": "all" | "row_groups" | "byte_ranges" | "random_rows" | "pages" | "rows_of_server" | "stream",
    "blocks": int, "blocks_of": int, "rows_estimated": int}; the last where total_rows is None and can be estimated.
    """

    table: pa.Table
    total_rows: int | None
    how: Mapping[str, Any]


def drawn(batches: Iterable[pa.RecordBatch], rows: int, rng: np.random.Generator, method: str = "stream") -> Sample:
    """A simple random sample of `rows` rows: those with the smallest of random numbers drawn for all rows.

    Memory: about four times the sample. Source: "bottom-k" sampling, Cohen and Kaplan (2007).
    """
    kept: list[pa.RecordBatch] = []
    marks: list[NDArray[np.float64]] = []
    bound, total, held = 1.0, 0, 0
    for batch in batches:
        total += batch.num_rows
        mark = rng.random(batch.num_rows)
        places = np.flatnonzero(mark < bound)
        kept.append(batch.take(pa.array(places)))
        marks.append(mark[places])
        held += len(places)
        if held > 4 * rows:
            kept, marks, bound = _compacted(kept, marks, rows)
            held = rows
    if not kept:
        return Sample(pa.table({}), total, {"method": "all"})
    kept, _, _ = _compacted(kept, marks, rows)
    return Sample(folders.joined(kept), total, {"method": method if total > rows else "all"})


def thinned(table: pa.Table, rows: int, rng: np.random.Generator) -> pa.Table:
    """`rows` rows of a table, in their order."""
    return table if table.num_rows <= rows else table.take(pa.array(choice(table.num_rows, rows, rng)))


def choice(count: int, wanted: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`wanted` different numbers below `count`, in order."""
    return np.sort(rng.choice(count, size=min(wanted, count), replace=False, shuffle=False)).astype(np.int64)


def _compacted(
    kept: list[pa.RecordBatch], marks: list[NDArray[np.float64]], rows: int
) -> tuple[list[pa.RecordBatch], list[NDArray[np.float64]], float]:
    """The rows with the `rows` smallest marks, in their order, and the largest of these marks."""
    mark = np.concatenate(marks)
    if len(mark) <= rows:
        return kept, marks, 1.0
    places = np.sort(np.argpartition(mark, rows - 1)[:rows])
    table = folders.joined(kept).take(pa.array(places)).combine_chunks()
    return table.to_batches(), [mark[places]], float(mark[places].max())
