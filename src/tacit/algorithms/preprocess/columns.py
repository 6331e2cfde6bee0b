"""Fit and apply: fill missing values and bring features to a common scale, at one owner, on its own columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.algorithms.preprocess.transform import ColumnTransform, Transform
from tacit.data.checks import float_values, is_number, not_finite
from tacit.data.columns import FEATURE, columns_with_role, require_columns, role_of
from tacit.errors import DataError, ParameterError

MISSING = ("mean", "median", "zero", "refuse")
SCALES = ("standard", "minmax", "none")
CONSTANT = ("drop", "refuse")

Values = NDArray[np.float64]


def fit(table: pa.Table, *, missing: str = "mean", scale: str = "standard", constant: str = "drop") -> Transform:
    """Learn from the feature columns of this table; key and label columns are not looked at.

    standard: mean 0 and standard deviation 1 (n in the denominator); minmax: from 0 to 1. Figures are taken after
    filling. Raises DataError data.not_numeric, data.not_finite, data.column_all_null, data.missing_values,
    data.column_constant, data.out_of_range, dataset.empty; ParameterError parameter.invalid.
    """
    _check_choices(missing, scale, constant)
    if table.num_rows == 0:
        raise DataError("dataset.empty", "There are no rows to learn from.", expected="at least one row")
    names = columns_with_role(table, FEATURE)
    require_columns(table.column_names, names)
    columns, dropped = [], []
    for name in names:
        fitted = _fit_column(name, _values(table, name), missing=missing, scale=scale)
        if fitted is not None:
            columns.append(fitted)
        elif constant == "drop":
            dropped.append(name)
        else:
            raise DataError(
                "data.column_constant",
                f"Column '{name}' has the same value in every row.",
                hint="Leave it out with `columns` in dataset.read, or set `constant` to drop.",
            )
    return Transform(missing, scale, tuple(columns), tuple(dropped))


def apply(table: pa.Table, transform: Transform) -> pa.Table:
    """The table with its features transformed to float64; key and label columns as they were, in their places.

    Feature columns that the fit did not keep (dropped, or not seen) are left out. Rows stay as they are.
    Raises DataError data.column_missing, data.type_mismatch, data.not_finite, data.missing_values,
    data.out_of_range.
    """
    require_columns(table.column_names, [each.name for each in transform.columns])
    todo = {each.name: each for each in transform.columns}
    arrays, fields = [], []
    for index, field in enumerate(table.schema):
        if role_of(field) != FEATURE:
            _must_not_be_feature(field, todo)
            arrays.append(table.column(index))
            fields.append(field)
        elif field.name in todo:
            arrays.append(pa.chunked_array([_apply_column(table, todo[field.name])]))
            fields.append(pa.field(field.name, pa.float64()))
    return pa.table(arrays, schema=pa.schema(fields, metadata=table.schema.metadata))


def _fit_column(name: str, values: Values, *, missing: str, scale: str) -> ColumnTransform | None:
    """None for a column that does not change."""
    empty = np.isnan(values)
    count = int(np.count_nonzero(empty))
    if count == len(values):
        raise DataError(
            "data.column_all_null",
            f"Column '{name}' has no value in any row.",
            hint="Leave it out with `columns` in dataset.read.",
        )
    if count and missing == "refuse":
        raise _missing_values(name, count)
    present = values[~empty]
    fill = _fill(present, missing)
    filled = np.where(empty, 0.0 if fill is None else fill, values)
    low, high = float(filled.min()), float(filled.max())
    if low == high:
        return None
    shift, width = _scale(filled, low, high, scale)
    if not np.isfinite(width):
        raise _out_of_range(name)
    return ColumnTransform(name, fill, shift, width) if width > 0 else None


def _fill(present: Values, missing: str) -> float | None:
    if missing == "refuse":
        return None
    if missing == "zero":
        return 0.0
    return _mean(present) if missing == "mean" else _median(present)


def _scale(values: Values, low: float, high: float, scale: str) -> tuple[float, float]:
    if scale == "none":
        return 0.0, 1.0
    if scale == "minmax":
        return low, float(np.float64(high) - np.float64(low)) if abs(high / 2 - low / 2) < 8e307 else float("inf")
    size = max(abs(low), abs(high))
    return _mean(values), float(np.std(values / size)) * size


def _mean(values: Values) -> float:
    """Without overflow on the way."""
    size = float(np.abs(values).max())
    return float(np.mean(values / size)) * size if size > 0 else 0.0


def _median(values: Values) -> float:
    middle = np.sort(values)[(len(values) - 1) // 2 : len(values) // 2 + 1]
    return float(middle[0] / 2 + middle[-1] / 2) if len(middle) > 1 else float(middle[0])


def _apply_column(table: pa.Table, column: ColumnTransform) -> pa.Array:
    field = table.schema.field(column.name)
    if not is_number(field.type):
        raise DataError(
            "data.type_mismatch",
            f"Column '{column.name}' held numbers when the preprocessing was fitted.",
            found=str(field.type),
            expected="numbers",
            hint="Give its type in `types` of dataset.read.",
        )
    values = _values(table, column.name)
    empty = np.isnan(values)
    if column.fill is not None:
        values = np.where(empty, column.fill, values)
    elif empty.any():
        raise _missing_values(column.name, int(np.count_nonzero(empty)))
    with np.errstate(over="ignore"):
        values = (values - column.shift) / column.scale
    if not np.isfinite(values).all():
        raise _out_of_range(column.name)
    return pa.array(values)


def _values(table: pa.Table, name: str) -> Values:
    """float64 (rows,), NaN exactly where the cell is null."""
    column = table.column(name)
    if not is_number(column.type):
        raise DataError(
            "data.not_numeric",
            f"Feature column '{name}' does not hold numbers.",
            found=str(column.type),
            expected="integers, numbers or truth values",
            hint=f"Leave '{name}' out with `columns` in dataset.read, or declare its type in `types`.",
        )
    values = float_values(column)
    bad = len(values) - int(np.count_nonzero(np.isfinite(values))) - column.null_count
    if bad:
        raise not_finite(name, bad)
    return values


def _must_not_be_feature(field: pa.Field, todo: dict[str, ColumnTransform]) -> None:
    if field.name in todo:
        raise DataError(
            "data.role_conflict",
            f"Column '{field.name}' was a feature when the preprocessing was fitted.",
            found=role_of(field),
            expected=FEATURE,
            hint="Give the same `keys` and `label` in dataset.read as for training.",
        )


def _missing_values(name: str, count: int) -> DataError:
    return DataError(
        "data.missing_values",
        f"Column '{name}' has missing values, and they are refused here.",
        found=f"{count} empty cell{'s' if count != 1 else ''}",
        expected="a value in every row",
        hint="Fill them in the source, or set `missing` to mean, median or zero.",
    )


def _out_of_range(name: str) -> DataError:
    return DataError(
        "data.out_of_range",
        f"Column '{name}' has values too large or too far apart to be scaled.",
        expected="finite numbers after scaling",
        hint="Check the unit of the column, or leave it out.",
    )


def _check_choices(missing: str, scale: str, constant: str) -> None:
    choices = (("missing", missing, MISSING), ("scale", scale, SCALES), ("constant", constant, CONSTANT))
    for name, value, allowed in choices:
        if value not in allowed:
            raise ParameterError(
                "parameter.invalid", f"`{name}` has an unknown value.", found=value, expected=", ".join(allowed)
            )
