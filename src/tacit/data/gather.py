"""Rows of a batch in another order: as Arrow's `take`, several times faster for texts that all have one length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_OFFSETS: dict[pa.DataType, Any] = {
    pa.string(): np.dtype(np.int32),
    pa.binary(): np.dtype(np.int32),
    pa.large_string(): np.dtype(np.int64),
    pa.large_binary(): np.dtype(np.int64),
}
_LARGEST = 1 << 30  # bytes of one column; below what 32-bit offsets can tell
_WIDEST = 1 << 10


def gather(batch: pa.RecordBatch, rows: NDArray[np.integer[Any]]) -> pa.RecordBatch:
    """The rows with these numbers, in their order. rows: (m,) whole numbers below the number of rows."""
    places = pa.array(rows)
    return pa.record_batch([_taken(column, places) for column in batch.columns], schema=batch.schema)


def _taken(column: pa.Array, places: pa.Array) -> pa.Array:
    if pa.types.is_string_view(column.type):
        return column.cast(pa.large_string()).take(places).cast(column.type)
    width = _common_width(column)
    if not width or width * len(places) > _LARGEST:
        return column.take(places)
    _, offsets, content = column.buffers()
    first = int(np.frombuffer(offsets, dtype=_OFFSETS[column.type])[column.offset])
    cells = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), len(column), [None, content.slice(first, width * len(column))]
    )
    moved = cells.take(places)
    ends = np.arange(len(places) + 1, dtype=_OFFSETS[column.type]) * width
    return pa.Array.from_buffers(column.type, len(places), [None, pa.py_buffer(ends), moved.buffers()[1]])


def _common_width(column: pa.Array) -> int:
    """Bytes that every cell of a text column has; 0 if they differ, if there are nulls, or if it is another column."""
    if column.type not in _OFFSETS or column.null_count or not len(column):
        return 0
    all_ends = np.frombuffer(column.buffers()[1], dtype=_OFFSETS[column.type])
    ends = all_ends[column.offset : column.offset + len(column) + 1]
    width = int(ends[1] - ends[0])
    if not 0 < width <= _WIDEST or int(ends[-1] - ends[0]) != width * len(column):
        return 0
    return width if bool((np.diff(ends) == width).all()) else 0
