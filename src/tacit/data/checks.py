"""Checks of single columns, and turning text into numbers. Errors name the column and count; never a value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.errors import DataError

Place = Callable[[int], str]  # index of a row -> how to tell a person where it is

# What Arrow's CSV reader takes, so that both ways of reading a declared column agree.
_INTEGER = r"^(-?[0-9]+|0[xX][0-9a-fA-F]{1,15})$"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_TRUTH = r"^(true|True|TRUE|1|false|False|FALSE|0)$"
_PATTERN = {"integer": _INTEGER, "number": _NUMBER, "boolean": _TRUTH}
_LARGEST, _SMALLEST = "9223372036854775807", "9223372036854775808"  # int64, without the sign


def row_place(row: int) -> str:
    """Place of a row in files that have no lines."""
    return f"row {row + 1}"


def fits(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    """Mask of the cells of a text column that can be read as `kind`; null where the cell is null."""
    trimmed = pc.utf8_trim(column, " \t")
    mask = pc.match_substring_regex(trimmed, _PATTERN[kind])
    if kind != "integer":
        return mask
    digits = pc.replace_substring_regex(trimmed, "^-?0*", "")
    length = pc.utf8_length(digits)
    edge = pc.if_else(pc.starts_with(trimmed, "-"), _SMALLEST, _LARGEST)
    at_edge = pc.and_(pc.equal(length, len(_LARGEST)), pc.less_equal(digits, edge))
    return pc.and_(mask, pc.or_(pc.less(length, len(_LARGEST)), at_edge))


def parse_text(
    name: str, column: pa.ChunkedArray, kind: str, *, bad_cells: str = "refuse", place: Place = row_place
) -> tuple[pa.ChunkedArray, int]:
    """A text column as integer, number or boolean, and how many cells became null because they were not.

    Raises DataError data.not_numeric if `bad_cells` is "refuse" and a cell does not fit.
    """
    good = fits(column, kind)
    bad = pc.invert(good)
    count = pc.sum(bad).as_py() or 0
    if count and bad_cells == "refuse":
        raise not_numeric(name, count, place(pc.index(bad, True).as_py()), kind)
    cells = pc.utf8_trim(pc.if_else(good, column, pa.scalar(None, column.type)), " \t")
    target = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}[kind]
    return cells.cast(target), count


def not_numeric(name: str, count: int, where: str, kind: str = "number") -> DataError:
    """Text where numbers were declared. `where` is the place of the first such cell."""
    what = {"integer": "integers", "number": "numbers", "boolean": "truth values"}[kind]
    return DataError(
        "data.not_numeric",
        f"Column '{name}' is declared as {what}, but has cells that are none.",
        found=f"{count} such cell{'s' if count != 1 else ''}, the first in {where}",
        expected=what,
        hint="Correct the file, add what marks a missing value to `null_values`, or set `bad_cells` to null.",
    )


def finite(name: str, column: pa.ChunkedArray, *, nan_is_missing: bool, place: Place = row_place) -> pa.ChunkedArray:
    """The number column with NaN as null if that is allowed. Raises DataError data.not_finite otherwise."""
    if not pa.types.is_floating(column.type):
        return column
    if nan_is_missing:
        nan = pc.is_nan(column)
        if pc.any(nan).as_py():
            column = pc.if_else(nan, pa.scalar(None, column.type), column)
    bad = pc.invert(pc.is_finite(column))
    count = pc.sum(bad).as_py() or 0
    if count:
        raise not_finite(name, count, place(pc.index(bad, True).as_py()))
    return column


def not_finite(name: str, count: int, where: str | None = None) -> DataError:
    """NaN or infinity where a number is needed."""
    return DataError(
        "data.not_finite",
        f"Column '{name}' has values that are not finite numbers (NaN or infinity).",
        found=f"{count} such cell{'s' if count != 1 else ''}" + (f", the first in {where}" if where else ""),
        expected="finite numbers",
        hint="Correct the file, or add the word used for missing values to `null_values`.",
    )


def is_number(dtype: pa.DataType) -> bool:
    """Whether a column of this type can be computed with: integers, floats, truth values."""
    return bool(pa.types.is_integer(dtype) or pa.types.is_floating(dtype) or pa.types.is_boolean(dtype))


def float_values(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """float64 (n,) of a number column, NaN where null; booleans are 0 and 1. Raises ValueError on other types."""
    if not is_number(column.type):
        raise ValueError(f"a {column.type} column has no numbers")
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    if column.type != pa.float64():
        column = column.cast(pa.float64(), safe=False)
    if column.null_count:
        column = column.fill_null(float("nan"))
    values: NDArray[np.float64] = column.to_numpy()
    return values
