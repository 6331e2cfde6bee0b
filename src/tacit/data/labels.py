"""A label of two values, such as yes and no, becomes 1 and 0."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from tacit.errors import DataError


def with_binary_label(table: pa.Table, label: str, positive: str) -> pa.Table:
    """The table with 1 where its text column `label` is `positive`, 0 where it is the other value; empty stays empty.

    Raises DataError data.label_not_binary if there are more than two values, data.label_value_absent if none is
    `positive`. Neither tells a value.
    """
    index = table.column_names.index(label)
    column = table.column(index)
    values = pc.unique(column.drop_null())
    if len(values) > 2:
        raise DataError(
            "data.label_not_binary",
            f"Label column '{label}' has more than two values.",
            found=f"{len(values)} values",
            expected="two values",
            hint="Choose another label, or recode it: 1 for the event to predict, 0 otherwise.",
        )
    if not pc.is_in(pa.scalar(positive, column.type), value_set=values).as_py():
        raise DataError(
            "data.label_value_absent",
            f"No row of label column '{label}' has the value that is to count as 1.",
            hint="Check how `positive` of dataset.read is written: capital letters and spaces count, "
            "and a whole number is written without a point.",
        )
    hits = pc.cast(pc.equal(column, pa.scalar(positive, column.type)), pa.int64())
    return table.set_column(index, table.schema.field(index).with_type(pa.int64()), hits)
