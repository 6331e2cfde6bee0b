"""From the key columns of a table to one digest per row: typed, exact, without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit import kernel
from tacit.data.columns import require_columns
from tacit.errors import DataError, ParameterError
from tacit.protocols.psi.rows import ByteRows, Indices, first_occurrences
from tacit.protocols.psi.wire import DIGEST_BYTES, MAX_KEY_COLUMNS

REFUSE = "refuse"
DROP = "drop"
FIRST = "first"


@dataclass(frozen=True, slots=True)
class KeyRules:
    """Which columns make the key; `nulls`: refuse or drop such rows; `duplicates`: refuse them or keep the first."""

    columns: tuple[str, ...]
    nulls: str = REFUSE
    duplicates: str = REFUSE


@dataclass(frozen=True, slots=True)
class KeySet:
    """`digests[i]` (n, 32) belongs to row `rows[i]` of the table; the counts say what became of the other rows."""

    digests: ByteRows
    rows: Indices
    types: bytes  # one letter per column: i(nteger), t(ext), d(ate)
    read: int
    null: int
    duplicate: int


def key_set(table: pa.Table, rules: KeyRules) -> KeySet:
    """The keys that take part. Raises DataError data.key_null, data.key_duplicate (counts only), data.key_type,
    data.column_missing, data.column_duplicate; ParameterError psi.key_columns."""
    digests, null, types = key_digests(table, rules.columns)
    kept = np.flatnonzero(~null).astype(np.int64, copy=False)
    nulls = len(digests) - len(kept)
    if nulls and rules.nulls == REFUSE:
        raise DataError(
            "data.key_null",
            "Rows have no key.",
            found=f"{nulls} of {len(digests)} rows with an empty key column",
            hint="Fill the keys, or set nulls to 'drop' to leave these rows out.",
        )
    present = digests[kept]
    first = first_occurrences(present)
    repeats = len(present) - len(first)
    if repeats and rules.duplicates == REFUSE:
        raise DataError(
            "data.key_duplicate",
            "Keys are not unique.",
            found=f"{repeats} of {len(digests)} rows repeat the key of an earlier row",
            hint="Remove them, or set duplicates to 'first' to keep the first row of each key.",
        )
    return KeySet(present[first], kept[first], types, len(digests), nulls, repeats)


def key_digests(table: pa.Table, columns: Sequence[str]) -> tuple[ByteRows, NDArray[np.bool_], bytes]:
    """Digest of every row's key (n, 32), which rows have a null in it, and the types of the columns.

    Encoding of a value: text as its UTF-8 bytes, unchanged (no Unicode normalisation, no trimming); integers as
    decimal digits; dates as the decimal number of days since 1970-01-01. Each column is hashed for itself, a key of
    several columns is the hash of their digests: the parts have fixed length, so that ("ab", "c") is not ("a", "bc").
    """
    _check_columns(table, columns)
    coded = [_encode(table, name) for name in columns]
    types = b"".join(letter for letter, _ in coded)
    null = np.zeros(table.num_rows, dtype=bool)
    parts = []
    for position, (_, values) in enumerate(coded):
        null |= np.asarray(values.is_null())
        parts.append(_hash_strings(values, _hash_key(types, f"column {position}")))
    if len(parts) == 1:
        return parts[0], null, types
    joined = np.hstack(parts).reshape(-1)
    ends = np.arange(table.num_rows + 1, dtype=np.int64) * (DIGEST_BYTES * len(parts))
    return kernel.blake3_strings(joined, ends, _hash_key(types, "row"), DIGEST_BYTES), null, types


def _check_columns(table: pa.Table, columns: Sequence[str]) -> None:
    if not 1 <= len(columns) <= MAX_KEY_COLUMNS or len(set(columns)) != len(columns):
        raise ParameterError(
            "psi.key_columns",
            f"A key has 1 to {MAX_KEY_COLUMNS} different columns.",
            found=", ".join(columns) or "none",
            hint="Name the key columns in the step, or in `keys` of dataset.read.",
        )
    require_columns(table.column_names, columns)


def _encode(table: pa.Table, name: str) -> tuple[bytes, pa.LargeStringArray]:
    column = table.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    letter = _letter(column.type, name)
    if letter == b"d":
        column = _days(column, name).cast(pa.int32())
    text = column.cast(pa.large_string())
    return letter, pa.concat_arrays(text.chunks) if text.num_chunks else pa.array([], pa.large_string())


def _days(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    try:
        return column.cast(pa.date32())
    except pa.ArrowInvalid:  # its text quotes the value
        raise DataError(
            "data.key_type",
            f"Column '{name}' cannot be a key: its dates have a time of day.",
            found=str(column.type),
            expected="whole days",
        ) from None


def _letter(kind: pa.DataType, name: str) -> bytes:
    if pa.types.is_integer(kind):
        return b"i"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return b"t"
    if pa.types.is_date(kind):
        return b"d"
    raise DataError(
        "data.key_type",
        f"Column '{name}' cannot be a key: equal values of its type need not be equal byte for byte.",
        found=str(kind),
        expected="integer, text or date",
        hint="Declare it as integer or text in `types` of dataset.read.",
    )


def _hash_strings(values: pa.LargeStringArray, key: bytes) -> ByteRows:
    """Keyed BLAKE3 of every string; a null counts as the empty string and is masked out by the caller."""
    filled = pc.fill_null(values, "")
    _, offsets, data = filled.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[filled.offset : filled.offset + len(filled) + 1]
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    return kernel.blake3_strings(text, ends, key, DIGEST_BYTES)


def _hash_key(types: bytes, use: str) -> bytes:
    """The same in every session: a table's digests may be kept. The session enters in the hash to the group."""
    return kernel.blake3_hash(b"tacit/psi/key/1/" + types + b"/" + use.encode())
