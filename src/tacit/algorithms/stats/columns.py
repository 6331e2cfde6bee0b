"""A party's columns for statistics: numeric matrices with what is missing, and groups with their labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.algorithms.stats.query import GroupBy, Query
from tacit.data.checks import float_values, is_number, not_finite
from tacit.data.columns import FEATURE, KEY, require_columns, role_of
from tacit.errors import DataError
from tacit.privacy.thresholds import published_groups

Label = str | int | bool | None

MAX_GROUPS = 1000
MAX_LABEL = 200  # characters
MAX_MAGNITUDE = 1e150  # squares of larger numbers do not fit float64


@dataclass(frozen=True, slots=True)
class Measured:
    """`values` (n, c) float64, 0 where missing; `valid` (n, c)."""

    names: tuple[str, ...]
    values: NDArray[np.float64]
    valid: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Groups:
    """`codes` (n,): 0..k-1 for the k shown groups, k for all withheld ones. `labels`, `rows` of the shown ones."""

    codes: NDArray[np.int64]
    labels: tuple[Label, ...]
    rows: NDArray[np.int64]
    total: int  # number of groups, shown or not


def measured_columns(table: pa.Table, query: Query, role: str) -> Measured:
    """The columns that `role` brings. Raises DataError data.column_missing, data.column_duplicate,
    stats.column_not_numeric, stats.key_column, data.not_finite, stats.value_too_large."""
    names = query.named(role)
    if names is None:
        names = _numeric_features(table, query.group if query.group and query.group.role == role else None)
    require_columns(table.column_names, names)
    values = np.zeros((table.num_rows, len(names)), dtype=np.float64)
    for position, name in enumerate(names):
        _check_type(table.schema.field(name))
        values[:, position] = _numbers(name, table.column(name))
    valid = ~np.isnan(values)
    values[~valid] = 0.0
    return Measured(tuple(names), values, valid)


def _numeric_features(table: pa.Table, group: GroupBy | None) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in table.schema
        if role_of(field) == FEATURE and is_number(field.type) and (group is None or field.name != group.column)
    )


def _check_type(field: pa.Field) -> None:
    if role_of(field) == KEY:
        raise DataError(
            "stats.key_column", f"Column '{field.name}' is a key: it identifies rows and is never measured."
        )
    if not is_number(field.type):
        raise DataError(
            "stats.column_not_numeric",
            f"Column '{field.name}' has no numbers to measure.",
            found=str(field.type),
            expected="a numeric column",
            hint="Leave it out of `columns`, or declare it as number in `types` of dataset.read.",
        )


def _numbers(name: str, column: pa.ChunkedArray) -> NDArray[np.float64]:
    numbers = float_values(column)
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        raise not_finite(name, infinite)
    if np.nanmax(np.abs(numbers), initial=0.0) > MAX_MAGNITUDE:
        raise DataError(
            "stats.value_too_large",
            f"Column '{name}' has values whose squares cannot be represented.",
            expected=f"magnitudes up to {MAX_MAGNITUDE:g}",
            hint="Rescale the column.",
        )
    return numbers


def group_rows(table: pa.Table, by: GroupBy, minimum: int) -> Groups:
    """Groups by the values of a column; a missing value is a group of its own, with the label None.

    Raises DataError data.column_missing, stats.group_type, stats.too_many_groups, stats.label_too_long.
    """
    require_columns(table.column_names, [by.column])
    encoded = _group_values(table.column(by.column), by.column).combine_chunks().dictionary_encode("encode")
    total = len(encoded.dictionary)
    if total > MAX_GROUPS:
        raise DataError(
            "stats.too_many_groups",
            f"Column '{by.column}' has too many different values to group by.",
            found=str(total),
            expected=f"at most {MAX_GROUPS}",
            hint="Group by a coarser column: a region instead of an address, an age band instead of an age.",
        )
    codes = np.asarray(encoded.indices, dtype=np.int64)
    rows = np.bincount(codes, minlength=total).astype(np.int64)
    return _shown_first(codes, encoded.dictionary.to_pylist(), rows, published_groups(rows, minimum), by.column)


def _group_values(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _group_values(column.cast(kind.value_type), name)
    if pa.types.is_date(kind):
        return column.cast(pa.date32()).cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_string(kind):
        return column
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(column, pa.string())
    raise DataError(
        "stats.group_type",
        f"Column '{name}' cannot be grouped by.",
        found=str(kind),
        expected="text, integer, boolean or date",
        hint="Cut the numbers into bands first.",
    )


def _exact_in_json(label: Label) -> Label:
    """Whole numbers beyond 2^53 as text: not every reader of JSON keeps them."""
    return str(label) if isinstance(label, int) and abs(label) >= 1 << 53 else label


def _shown_first(
    codes: NDArray[np.int64], labels: list[Label], rows: NDArray[np.int64], shown: NDArray[np.bool_], column: str
) -> Groups:
    """Shown groups in the order of their labels, the missing one last; all others under one last code."""
    order = sorted(np.flatnonzero(shown).tolist(), key=lambda code: (labels[code] is None, labels[code]))
    kept = tuple(_exact_in_json(labels[code]) for code in order)
    if any(isinstance(label, str) and len(label) > MAX_LABEL for label in kept):
        raise DataError(
            "stats.label_too_long",
            f"Column '{column}' has values that are too long to be names of groups.",
            expected=f"at most {MAX_LABEL} characters",
        )
    places = np.full(len(labels), len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return Groups(places[codes], kept, rows[order], len(labels))
