"""A dataset at a glance: what each column holds, in figures. Text and key columns show no value at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.data.checks import float_values, is_number
from tacit.data.columns import KEY, role_of
from tacit.data.pieces import bad_cells
from tacit.data.sources import type_name

BINS = 20
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
DISTINCT_LIMIT = 100_000  # different values that are counted exactly in text and key columns
_SLICE = 1 << 18
_EXACT = 2**53  # integers beyond are reported as floats

Json = dict[str, Any]


def profile(table: pa.Table, *, on_column: Callable[[int, int], None] | None = None) -> Json:
    """Report of kind "profile": {"kind", "rows", "columns": [{"name", "role", "type", "nulls", "distinct", …}]}.

    Numbers also have min, max, mean, std (n - 1), quantiles and histogram; truth values have `true`; text has
    `lengths` in characters; dates and times have min and max. `on_column(done, total)` is called after each column.
    """
    columns = []
    for index, field in enumerate(table.schema):
        columns.append(profile_column(field, table.column(index)))
        if on_column is not None:
            on_column(index + 1, table.num_columns)
    return {"kind": "profile", "rows": table.num_rows, "columns": columns}


def profile_column(field: pa.Field, column: pa.ChunkedArray) -> Json:
    """One column; `field` tells name and role."""
    shape = {
        "name": field.name,
        "role": role_of(field),
        "type": type_name(field.type),
        "rows": len(column),
        "nulls": column.null_count,
        "bad_cells": bad_cells(field),
    }
    return shape | _details(field, column.drop_null())


def _details(field: pa.Field, column: pa.ChunkedArray) -> Json:
    if pa.types.is_boolean(column.type):
        return {"distinct": _distinct(column), "true": pc.sum(column).as_py() or 0}
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return {"distinct": _distinct(column), "lengths": _lengths(column)}
    if role_of(field) == KEY or not (is_number(column.type) or pa.types.is_temporal(column.type)):
        return {"distinct": _distinct(column)}
    if pa.types.is_temporal(column.type):
        ends = pc.min_max(column).as_py()
        texts = {name: None if value is None else str(value) for name, value in ends.items()}
        return {"distinct": _distinct(column), **texts}
    return _figures(column)


def _figures(column: pa.ChunkedArray) -> Json:
    values = float_values(column)
    finite = np.sort(values[np.isfinite(values)])
    if not len(finite):
        empty = dict.fromkeys(("min", "max", "mean", "std", "histogram"))
        return {"distinct": {"count": 0, "exact": True}, "not_finite": len(values), "quantiles": None, **empty}
    low, high = float(finite[0]), float(finite[-1])
    if pa.types.is_integer(column.type):
        low, high = (end if abs(end) < _EXACT else float(end) for end in pc.min_max(column).as_py().values())
    mean, std = moments(finite)
    return {
        "distinct": {"count": int(1 + np.count_nonzero(finite[1:] != finite[:-1])), "exact": True},
        "not_finite": len(values) - len(finite),
        "min": low,
        "max": high,
        "mean": mean,
        "std": std,
        "quantiles": {str(share): _quantile(finite, share) for share in QUANTILES},
        "histogram": _histogram(finite),
    }


def moments(values: NDArray[np.float64]) -> tuple[float, float | None]:
    """Mean and standard deviation (n - 1; None below two values), without overflow where the result is finite."""
    scale = max(float(np.max(np.abs(values))), np.finfo(np.float64).tiny)
    scaled = values / scale
    std = float(np.std(scaled, ddof=1)) * scale if len(values) > 1 else None
    return float(np.mean(scaled)) * scale, std


def _quantile(ordered: NDArray[np.float64], share: float) -> float:
    """Linear interpolation between neighbours, as numpy's default."""
    place = share * (len(ordered) - 1)
    below = int(place)
    rest = place - below
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] * (1 - rest) + ordered[above] * rest)


def _histogram(ordered: NDArray[np.float64]) -> Json:
    """Equal bins from the smallest to the largest value; the last one is closed on both sides."""
    if ordered[0] == ordered[-1]:
        return {"edges": [float(ordered[0])] * 2, "counts": [len(ordered)]}
    share = np.linspace(0, 1, BINS + 1)
    edges = ordered[0] * (1 - share) + ordered[-1] * share
    edges[0], edges[-1] = ordered[0], ordered[-1]
    places = np.searchsorted(ordered, edges[1:-1], side="left")
    counts = np.diff(np.concatenate(([0], places, [len(ordered)])))
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _lengths(column: pa.ChunkedArray) -> Json:
    lengths = pc.utf8_length(column)
    ends = pc.min_max(lengths).as_py()
    return {"min": ends["min"], "max": ends["max"], "mean": pc.mean(lengths).as_py()}


def _distinct(column: pa.ChunkedArray) -> Json:
    """Number of different values; once above the limit, only that there are at least so many."""
    seen = pa.array([], column.type)
    for start in range(0, len(column), _SLICE):
        fresh = column.slice(start, _SLICE).unique()
        seen = pa.chunked_array([seen, fresh], column.type).unique()
        if len(seen) > DISTINCT_LIMIT:
            return {"count": DISTINCT_LIMIT, "exact": False}
    return {"count": len(seen), "exact": True}
