"""What a caller wants of a file: which columns, in which roles and types, and what counts as missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pyarrow as pa

from tacit.data.columns import KEY, LABEL, duplicate_column, mark_role, require_columns
from tacit.errors import DataError, ParameterError

TYPES: Mapping[str, pa.DataType] = MappingProxyType(
    {"integer": pa.int64(), "number": pa.float64(), "text": pa.string(), "boolean": pa.bool_()}
)
NULL_VALUES = ("", "NA", "NaN", "null", "NULL")


@dataclass(frozen=True, slots=True)
class Reading:
    """A wish list. `types` maps columns to names in TYPES; `columns` None means all.

    Key columns are text unless their type is declared, so that "00123" stays what it is; they are never floats.
    `bad_cells` says what happens to text in a column declared integer, number or boolean: "refuse" or "null".
    """

    columns: tuple[str, ...] | None = None
    keys: tuple[str, ...] = ()
    label: str | None = None
    null_values: tuple[str, ...] = NULL_VALUES
    types: Mapping[str, str] = field(default_factory=dict)
    bad_cells: str = "refuse"

    def __post_init__(self) -> None:
        for name, kind in self.types.items():
            if kind not in TYPES:
                raise ParameterError(
                    "dataset.type_unknown",
                    f"Column '{name}' is declared with a type that does not exist.",
                    found=kind,
                    expected=", ".join(TYPES),
                )
            if name in self.keys and kind == "number":
                raise key_not_exact(name)
        if self.bad_cells not in ("refuse", "null"):
            raise ParameterError("parameter.invalid", "`bad_cells` is refuse or null.", found=self.bad_cells)
        if self.columns == ():
            raise ParameterError("parameter.invalid", "`columns` names no column.", hint="Leave it out to read all.")
        if self.label is not None and self.label in self.keys:
            raise DataError(
                "data.role_conflict",
                f"Column '{self.label}' is named both as a key and as the label.",
                hint="Name it in `keys` or as `label`, not in both.",
            )

    @property
    def nan_is_missing(self) -> bool:
        """Whether a NaN in a number column is a missing value rather than an error."""
        return any(value.casefold() == "nan" for value in self.null_values)

    def select(self, names: Sequence[str]) -> list[str]:
        """Columns to read out of those of a file: the wanted ones in the wanted order, keys and label added.

        Raises DataError data.column_missing, data.column_duplicate.
        """
        special = [*self.keys, *([] if self.label is None else [self.label])]
        require_columns(names, [*special, *self.types])
        wanted = list(names) if self.columns is None else list(self.columns)
        for name in wanted if self.columns is not None else ():
            if wanted.count(name) > 1:
                raise duplicate_column(name, wanted.count(name))
        require_columns(names, wanted)
        return [*(name for name in special if name not in wanted), *wanted]

    def kind_of(self, name: str) -> str | None:
        """The declared type of a column; text for a key without one; None where the file decides."""
        return self.types.get(name, "text" if name in self.keys else None)

    def mark(self, schema: pa.Schema) -> pa.Schema:
        """The schema with the roles of this reading on its fields."""
        roles = dict.fromkeys(self.keys, KEY) | ({} if self.label is None else {self.label: LABEL})
        return pa.schema([mark_role(each, roles.get(each.name, "feature")) for each in schema])


def key_not_exact(name: str) -> DataError:
    """The error for a key that would be compared as a floating-point number."""
    return DataError(
        "data.key_not_exact",
        f"Key column '{name}' holds floating-point numbers, which do not compare exactly.",
        found="number",
        expected="text or integer",
        hint=f"Declare `types: {{{name}: integer}}` if all its values are whole, or store it as text.",
    )
