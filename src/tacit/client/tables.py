"""Tables as people have them, as Arrow tables; what every estimator needs to hold is checked here, at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tacit.errors import DataError, ParameterError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def to_arrow(table: Any) -> pa.Table:
    """From pyarrow, pandas (without its index), polars, or a dict of columns."""
    import pyarrow as pa

    try:
        if isinstance(table, pa.Table):
            return table
        if type(table).__module__.split(".")[0] == "pandas":
            return pa.Table.from_pandas(table, preserve_index=False)
        return pa.table(table)
    except (TypeError, ValueError, pa.ArrowException):
        raise ParameterError(
            "estimator.bad_table",
            "A table with columns of one length and one type each is needed.",
            found=type(table).__name__,
            expected="pyarrow, pandas, polars or a dict of columns",
        ) from None


def require(table: pa.Table, which: str, *names: str) -> None:
    """The columns are there, once each. Raises DataError data.column_missing, data.column_duplicate."""
    for name in names:
        if name not in table.column_names:
            raise DataError(
                "data.column_missing",
                f"The {which} table has no column {name!r}.",
                found=", ".join(table.column_names[:24]) or "no columns",
                hint="Check the spelling of `key` and `label`.",
            )
    if len(set(table.column_names)) != table.num_columns:
        raise DataError("data.column_duplicate", f"The {which} table has two columns of the same name.")


def keyed(table: pa.Table, which: str, key: str) -> pa.Table:
    """Keys as text, as the alignment compares them. Raises DataError data.key_null, data.key_duplicate."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = pc.cast(table.column(key), pa.large_string())
    if keys.null_count:
        raise DataError(
            "data.key_null",
            f"Rows of the {which} table have no key.",
            found=f"{keys.null_count} rows",
            hint="Drop them first.",
        )
    repeated = len(keys) - pc.count_distinct(keys).as_py()
    if repeated:
        raise DataError(
            "data.key_duplicate",
            f"Keys of the {which} table stand there more than once.",
            found=f"{repeated} repetitions",
            hint="Keep one row per key.",
        )
    return table.set_column(table.column_names.index(key), key, keys).replace_schema_metadata()


def shared_rows(first: pa.Table, second: pa.Table, key: str) -> pa.Table:
    """Both tables' columns on the rows that both have. Columns of `second` end in a mark that tells them apart.

    Raises DataError("psi.no_overlap") if there are none.
    """
    left, right = keyed(first, "first", key), keyed(second, "second", key)
    names = [name if name == key else f"{name} (second)" for name in right.column_names]
    joined = left.join(right.rename_columns(names), keys=key, join_type="inner")
    if not joined.num_rows:
        raise DataError(
            "psi.no_overlap",
            "The two tables have no key in common.",
            hint="Compare how both sides write their keys: leading zeros, case, blanks.",
        )
    return joined


def feature_columns(table: pa.Table, *others: str) -> list[str]:
    """All numeric columns but `others`."""
    import pyarrow.types as types

    def is_number(kind: pa.DataType) -> bool:
        return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))

    return [field.name for field in table.schema if field.name not in others and is_number(field.type)]


def matrix(table: pa.Table, names: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(rows, columns) float64; missing values are NaN. Raises DataError data.column_missing, data.not_numeric."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    result = np.empty((table.num_rows, len(names)))
    for position, name in enumerate(names):
        shown = name.removesuffix(" (second)")
        if name not in table.column_names:
            raise DataError("data.column_missing", f"There is no column {shown!r}.", hint="Give the columns of `fit`.")
        try:
            result[:, position] = pc.cast(table.column(name), pa.float64()).to_numpy()
        except pa.ArrowException:
            raise DataError(
                "data.not_numeric", f"Column {shown!r} does not hold numbers.", found=str(table.column(name).type)
            ) from None
    return result


def binary_labels(table: pa.Table, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(rows,) of 0.0 and 1.0, both present. Raises DataError data.label_not_binary, data.label_one_class."""
    import numpy as np

    values: np.ndarray[Any, np.dtype[np.float64]] = matrix(table, [name])[:, 0]
    if not np.isin(values, (0.0, 1.0)).all():
        raise DataError(
            "data.label_not_binary",
            f"Label column {name!r} has values other than 0 and 1.",
            expected="0 and 1 (or false and true) in every row",
        )
    if values.min() == values.max():
        raise DataError(
            "data.label_one_class",
            f"Label column {name!r} has one class only in the shared rows.",
            expected="rows with 0 and rows with 1",
        )
    return values
