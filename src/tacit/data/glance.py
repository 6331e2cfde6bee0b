"""A dataset at a glance, from a sample: shapes and shares. No value is told that fewer rows than a threshold have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tacit.data.checks import float_values, is_number
from tacit.data.reservoir import Sample
from tacit.data.sources import type_name

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
TOP = 10
Json = dict[str, Any]


def glance(sample: Sample, least: int) -> Json:
    """{"rows", "rows_estimated", "sample_rows", "method", "least", "columns": [{"name", "type", "null_share",
    "distinct_estimated", …}]}.

    Numbers also have `low` and `high`: the values with `least` rows at or beyond them, and quantiles no nearer to the
    ends than that; all are absent below 2 · least values. `top`: at most 10 values that at least `least` rows of the
    sample have, with their counts. Text has lengths. null_share has `null_share_error`, half the width of its 95 %
    interval (Wilson), as if rows had been drawn one by one.
    """
    total = sample.total_rows
    return {
        "rows": total,
        "rows_estimated": sample.how.get("rows_estimated") if total is None else total,
        "sample_rows": sample.table.num_rows,
        "method": sample.how["method"],
        "least": least,
        "columns": [_column(sample, index, least) for index in range(sample.table.num_columns)],
    }


def _column(sample: Sample, index: int, least: int) -> Json:
    field, column = sample.table.schema.field(index), sample.table.column(index)
    rows, values = len(column), column.drop_null()
    share, error = _wilson(column.null_count, rows)
    counts = pc.value_counts(values.combine_chunks() if values.num_chunks != 1 else values.chunk(0))
    found: Json = {
        "name": field.name,
        "type": type_name(field.type),
        "null_share": share,
        "null_share_error": error,
        "distinct_estimated": _distinct(counts.field("counts"), sample),
        "top": _top(counts, least),
    }
    if is_number(column.type) and not pa.types.is_boolean(column.type):
        found |= _figures(values, least)
    elif pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        found |= _lengths(values, least)
    return found


def _figures(values: pa.ChunkedArray, least: int) -> Json:
    figures = float_values(values)
    ordered = np.sort(figures[np.isfinite(figures)])
    if len(ordered) < 2 * least:
        return {}
    low, high = ordered[least - 1], ordered[len(ordered) - least]
    quantiles = {str(each): float(min(max(np.quantile(ordered, each), low), high)) for each in QUANTILES}
    return {"low": float(low), "high": float(high), "quantiles": quantiles}


def _lengths(values: pa.ChunkedArray, least: int) -> Json:
    figures = _figures(pc.utf8_length(values).cast(pa.int64()), least)
    return {"lengths": {"low": figures["low"], "high": figures["high"]}} if figures else {}


def _top(counts: pa.StructArray, least: int) -> list[Json]:
    often = counts.filter(pc.greater_equal(counts.field("counts"), least))
    order = pc.sort_indices(often.field("counts"), sort_keys=[("", "descending")])[:TOP]
    values, numbers = often.field("values").take(order), often.field("counts").take(order)
    return [
        {"value": value if isinstance(value, bool | int | float | str) else str(value), "count": count}
        for value, count in zip(values.to_pylist(), numbers.to_pylist(), strict=True)
    ]


def _distinct(counts: pa.Array, sample: Sample) -> int:
    """Guaranteed-error estimator: √(N/n)·f₁ + Σ fᵢ (Charikar, Chaudhuri, Motwani, Narasayya 2000); exact on a whole."""
    once = pc.sum(pc.equal(counts, 1)).as_py() or 0
    several = len(counts) - once
    rows = sample.table.num_rows
    total = sample.total_rows or sample.how.get("rows_estimated") or rows
    return round(math.sqrt(max(1.0, total / rows)) * once + several)


def _wilson(count: int, rows: int) -> tuple[float, float]:
    """Share, and half the width of its 95 % interval."""
    z, share = 1.96, count / rows
    return share, z / (1 + z * z / rows) * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
