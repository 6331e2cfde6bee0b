"""A column of a sample, prepared for the detectors: its different values as trimmed text, and as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.data.findings.names import NameWords, words_of

Mask = NDArray[np.bool_]
DIFFERENT_LIMIT = 20_000  # different values that are looked at
_EXACT = 2.0**53
_MOSTLY = 0.6


@dataclass(frozen=True)
class ColumnSample:
    """name, Arrow type, values: (n,) different non-null values as text, siblings: the names of all columns."""

    name: str
    type: pa.DataType
    values: pa.Array
    siblings: tuple[NameWords, ...] = field(default=())

    @cached_property
    def words(self) -> NameWords:
        return words_of(self.name)

    @property
    def count(self) -> int:
        return len(self.values)

    @cached_property
    def is_numeric(self) -> bool:
        return bool(pa.types.is_integer(self.type) or pa.types.is_floating(self.type) or pa.types.is_decimal(self.type))

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """(n,) values as numbers, NaN where they are none."""
        plain = pc.match_substring_regex(self.values, r"^[-+]?[0-9]{1,15}(\.[0-9]{1,17})?$")
        texts = pc.if_else(plain, self.values, None)
        return np.asarray(pc.fill_null(pc.cast(pc.utf8_ltrim(texts, "+"), pa.float64()), np.nan))

    def matches(self, pattern: str) -> Mask:
        """(n,) which values are of this form, whole."""
        return mask_of(pc.match_substring_regex(self.values, f"^(?:{pattern})$"))


def column_sample(name: str, column: pa.ChunkedArray | pa.Array, siblings: Sequence[NameWords] = ()) -> ColumnSample:
    """The column prepared. Columns of other types than text, numbers, dates have no values."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    if pa.types.is_dictionary(whole.type):
        whole = whole.cast(whole.type.value_type)
    if not _is_readable(whole.type):
        return ColumnSample(name, whole.type, pa.array([], pa.string()), tuple(siblings))
    different = _different(whole.drop_null())[:DIFFERENT_LIMIT]
    return ColumnSample(name, whole.type, _texts(different), tuple(siblings))


def _different(values: pa.Array) -> pa.Array:
    """The different values; only those that repeat, where these make up most rows: the rest is then rubbish."""
    counted = pc.value_counts(values)
    counts = np.asarray(counted.field("counts"))
    often = counts > 1
    if counts[often].sum() < _MOSTLY * len(values):
        return counted.field("values")
    return counted.field("values").filter(pa.array(often))


def _is_readable(dtype: pa.DataType) -> bool:
    kinds = (pa.types.is_floating, pa.types.is_integer, pa.types.is_decimal, pa.types.is_temporal)
    return any(kind(dtype) for kind in kinds) or _is_text(dtype)


def _is_text(dtype: pa.DataType) -> bool:
    return bool(pa.types.is_string(dtype) or pa.types.is_large_string(dtype) or pa.types.is_string_view(dtype))


def _texts(values: pa.Array) -> pa.Array:
    dtype = values.type
    if pa.types.is_floating(dtype):
        numbers = np.asarray(values, dtype=np.float64)
        if len(numbers) and bool(np.all((numbers == np.floor(numbers)) & (np.abs(numbers) < _EXACT))):
            return pa.array(numbers.astype(np.int64)).cast(pa.string())
        return values.cast(pa.string())
    if pa.types.is_integer(dtype) or pa.types.is_decimal(dtype) or pa.types.is_temporal(dtype):
        return values.cast(pa.string())
    trimmed = pc.unique(pc.utf8_trim_whitespace(values.cast(pa.string())))
    return trimmed.filter(pc.greater(pc.binary_length(trimmed), 0))


def mask_of(found: pa.Array) -> Mask:
    """An Arrow column of truth values without nulls as (n,) of numpy."""
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.bool_)


def bytes_of_length(values: pa.Array, mask: Mask, length: int) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Places of the marked values that have `length` bytes, and these bytes: (k, length)."""
    fits = mask & (np.asarray(pc.binary_length(values)) == length)
    places = np.flatnonzero(fits)
    taken = values.take(pa.array(places))
    data = taken.buffers()[2]
    if not len(places) or data is None:
        return places, np.zeros((0, length), dtype=np.uint8)
    start = int(np.frombuffer(taken.buffers()[1], dtype=np.int32)[taken.offset])
    raw = np.frombuffer(data, dtype=np.uint8)[start : start + len(places) * length]
    return places, raw.reshape(-1, length)
