"""A party's own columns for a linear model: a float matrix of features and, at one party, labels of 0 and 1.

Everything is checked here, at the owner, before a byte is sent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.data.checks import float_values, is_number, not_finite
from tacit.data.columns import FEATURE, KEY, LABEL, columns_with_role, require_columns, role_of
from tacit.errors import DataError

FEATURE_BOUND = 64.0  # public: the range analysis of the protocol rests on it


def feature_names(table: pa.Table, named: Sequence[str] | None, label: str | None) -> tuple[str, ...]:
    """The named columns, or every numeric feature column but the label."""
    if named is None:
        numeric = [field.name for field in table.schema if role_of(field) == FEATURE and is_number(field.type)]
        return tuple(name for name in numeric if name != label)
    require_columns(table.column_names, named)
    for name in named:
        if role_of(table.schema.field(name)) != FEATURE or name == label:
            raise DataError(
                "data.role_conflict",
                f"Column '{name}' is a key or the label and cannot be a feature.",
                hint="Leave it out of `features`.",
            )
    return tuple(named)


def label_name(table: pa.Table, named: str | None) -> str:
    """The named label column, or the one marked as label. Raises DataError("data.label_missing")."""
    if named is not None:
        require_columns(table.column_names, [named])
        if role_of(table.schema.field(named)) == KEY:
            raise DataError("data.role_conflict", f"Column '{named}' is a key and cannot be the label.")
        return named
    marked = columns_with_role(table, LABEL)
    if len(marked) != 1:
        raise DataError(
            "data.label_missing",
            "The table has no column marked as label.",
            found=f"{len(marked)} such columns",
            expected="one label column",
            hint="Name it in the parameter `label`, or mark it in dataset.read.",
        )
    return marked[0]


def feature_matrix(table: pa.Table, names: Sequence[str], *, intercept: bool) -> NDArray[np.float64]:
    """(rows, columns) float64, with a leading column of ones if `intercept`.

    Raises DataError data.column_missing, data.not_numeric, data.missing_values, data.not_finite,
    data.feature_out_of_bound.
    """
    require_columns(table.column_names, names)
    matrix = np.ones((table.num_rows, len(names) + intercept))
    for position, name in enumerate(names, start=int(intercept)):
        values = _numbers(table, name)
        if np.abs(values).max(initial=0.0) > FEATURE_BOUND:
            raise DataError(
                "data.feature_out_of_bound",
                f"Feature column '{name}' has values too large for training on shares.",
                expected=f"magnitudes up to {FEATURE_BOUND:g}",
                hint="Standardise the features first (preprocess.fit with scale standard), or clip extreme values.",
            )
        matrix[:, position] = values
    return matrix


def label_values(table: pa.Table, name: str) -> NDArray[np.int64]:
    """(rows,) of 0 and 1. Raises DataError data.label_not_binary, data.label_one_class and as `feature_matrix`."""
    column = table.column(name)
    values = _numbers(table, name) if is_number(column.type) else np.full(1, np.nan)
    if not np.isin(values, (0.0, 1.0)).all():
        raise DataError(
            "data.label_not_binary",
            f"Label column '{name}' has values other than 0 and 1.",
            expected="0 and 1 (or false and true)",
            hint="Recode the label: 1 for the event to predict, 0 otherwise. For a label of two words, such as yes "
            "and no, name the first in `positive` of dataset.read.",
        )
    if len(values) == 0 or values.min() == values.max():
        raise DataError(
            "data.label_one_class",
            f"Label column '{name}' has one class only: there is nothing to tell apart.",
            expected="rows with 0 and rows with 1",
            hint="Check the join and the split, or choose another label.",
        )
    return values.astype(np.int64)


def _numbers(table: pa.Table, name: str) -> NDArray[np.float64]:
    column = table.column(name)
    if not is_number(column.type):
        raise DataError(
            "data.not_numeric",
            f"Column '{name}' does not hold numbers.",
            found=str(column.type),
            expected="integers, numbers or truth values",
            hint="Leave it out of `features`, or declare its type in `types` of dataset.read.",
        )
    if column.null_count:
        raise DataError(
            "data.missing_values",
            f"Column '{name}' has missing values.",
            found=f"{column.null_count} empty cells",
            expected="a value in every row",
            hint="Fill them with preprocess.fit.",
        )
    values = float_values(column)
    bad = len(values) - int(np.count_nonzero(np.isfinite(values)))
    if bad:
        raise not_finite(name, bad)
    return values
