"""What a column is for: its role, kept in the Arrow field's metadata so that it travels with the table."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa

from tacit.errors import DataError

KEY = "key"  # identifies a row; compared in PSI, never a feature
LABEL = "label"  # the outcome to learn
FEATURE = "feature"  # everything else; the default
ROLES = (KEY, LABEL, FEATURE)

_ROLE = b"tacit.role"


def role_of(field: pa.Field) -> str:
    """Role of a column; a field without the mark, or with one we do not know, is a feature."""
    mark = (field.metadata or {}).get(_ROLE, b"").decode("ascii", "replace")
    return mark if mark in ROLES else FEATURE


def with_roles(table: pa.Table, *, keys: Sequence[str] = (), label: str | None = None) -> pa.Table:
    """The same table with these columns marked; roles set before are forgotten, other field metadata stays.

    Raises DataError data.column_missing, data.column_duplicate, data.role_conflict.
    """
    require_columns(table.column_names, [*keys, *([] if label is None else [label])])
    if label is not None and label in keys:
        raise DataError(
            "data.role_conflict",
            f"Column '{label}' is named both as a key and as the label.",
            hint="Name it in `keys` or as `label`, not in both.",
        )
    roles = dict.fromkeys(keys, KEY) | ({} if label is None else {label: LABEL})
    fields = [mark_role(field, roles.get(field.name, FEATURE)) for field in table.schema]
    return table.cast(pa.schema(fields, metadata=table.schema.metadata))


def mark_role(field: pa.Field, role: str) -> pa.Field:
    """The field with its role set. Feature is the default and is left unmarked. Raises ValueError on another word."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a column role")
    metadata = {key: value for key, value in (field.metadata or {}).items() if key != _ROLE}
    if role != FEATURE:
        metadata[_ROLE] = role.encode()
    return field.with_metadata(metadata or None)


def columns_with_role(table: pa.Table, role: str) -> list[str]:
    """Names of the columns with this role, in table order. Raises ValueError on a word that is no role."""
    if role not in ROLES:
        raise ValueError(f"{role!r} is not a column role")
    return [field.name for field in table.schema if role_of(field) == role]


def require_columns(present: Iterable[str], wanted: Iterable[str]) -> None:
    """Every wanted name is there exactly once. Raises DataError data.column_missing, data.column_duplicate."""
    counts = Counter(present)
    for name in wanted:
        if name not in counts:
            raise _missing(name, list(counts))
        if counts[name] > 1:
            raise duplicate_column(name, counts[name])


def duplicate_column(name: str, count: int) -> DataError:
    """The error for a name that heads several columns."""
    return DataError(
        "data.column_duplicate",
        f"Column '{name}' appears more than once.",
        found=f"{count} columns of that name",
        expected="column names that differ",
        hint="Rename the columns in the file.",
    )


def _missing(name: str, present: list[str]) -> DataError:
    near = difflib.get_close_matches(name, present, n=3, cutoff=0.6)
    folded = [other for other in present if other.strip().casefold() == name.strip().casefold()]
    guesses = list(dict.fromkeys([*folded, *near]))
    if guesses:
        hint = "Did you mean " + " or ".join(f"'{guess}'" for guess in guesses[:3]) + "?"
    else:
        hint = "Check the spelling, or the file's header line."
    return DataError(
        "data.column_missing",
        f"There is no column '{name}'.",
        found=", ".join(present[:20]) + (f" and {len(present) - 20} more" if len(present) > 20 else ""),
        hint=hint,
    )
